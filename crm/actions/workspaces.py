from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.text import slugify

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.models import Membership, Role, User, Workspace

RESERVED = {"new", "api", "accounts", "static", "admin"}


class NameTaken(DomainError):
    """No address is left for a workspace of that name; choose another name."""


@transaction.atomic
def create(*, name: str, owner: User, slug: str = "", time_zone: str = "UTC", country: str = "") -> Workspace:
    """A new workspace with its owner and what settings.WORKSPACE_STARTERS put into it."""
    workspace = Workspace.objects.create(
        name=name, slug=_free_slug(slug or name), time_zone=time_zone, country=country, legal_name=name
    )
    Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
    with workspace_scope(workspace.pk):
        events.record("workspace.created", by=owner)
        for path in settings.WORKSPACE_STARTERS:
            import_string(path)(owner)
    return workspace


@transaction.atomic
def change(*, workspace: Workspace, by: User, **fields: object) -> Workspace:
    """Change what the workspace is called and how it writes to people."""
    for name, value in fields.items():
        setattr(workspace, name, value)
    workspace.save(update_fields=[*fields])
    events.record("workspace.changed", by=by, data={"fields": sorted(fields)})
    return workspace


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    for candidate in [base, *(f"{base}-{number}" for number in range(2, 1_000))]:
        if candidate not in taken:
            return candidate
    raise NameTaken
