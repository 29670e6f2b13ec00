"""What a public page shows of a workspace: its brand, its forms. Nothing of anybody."""

from dataclasses import dataclass

from crm.models import Brand, CaptureForm, Requisition, Workspace


@dataclass(frozen=True, slots=True)
class Look:
    """How the workspace looks; `version` changes with it, so that browsers may keep what they have."""

    name: str
    legal_name: str
    postal_address: str
    accent: str
    has_logo: bool
    privacy_url: str
    version: str


def look(workspace: Workspace) -> Look:
    """The brand of the workspace, or the product's own colors where it has none."""
    brand = Brand.objects.defer("logo").first()
    found = brand or Brand()
    return Look(
        name=workspace.name,
        legal_name=workspace.legal_name or workspace.name,
        postal_address=workspace.postal_address,
        accent=found.accent,
        has_logo=bool(found.logo_type),
        privacy_url=found.privacy_url,
        version=f"{int(brand.updated_at.timestamp())}" if brand else "0",
    )


def logo() -> tuple[bytes, str] | None:
    """The picture and its type."""
    brand = Brand.objects.exclude(logo=None).first()
    return (bytes(brand.logo or b""), brand.logo_type) if brand else None


def live_form(slug: str) -> CaptureForm | None:
    """A form that is or was open to everybody; drafts are nobody's business."""
    shown = CaptureForm.objects.exclude(state=CaptureForm.State.DRAFT).select_related("consent_text")
    return shown.filter(slug=slug).first()


def openings() -> list[Requisition]:
    """What is open and may be told: title, place and field, the newest first."""
    rows = Requisition.objects.filter(status=Requisition.Status.OPEN).order_by("-opened_at", "-pk")
    return list(rows.only("title", "department", "location", "is_remote")[:30])
