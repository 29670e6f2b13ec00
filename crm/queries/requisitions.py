"""Requisitions with what is going on in them, and the applications of people."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from crm.kernel.tenancy import current_workspace_id
from crm.models import Application, Membership, Offer, Requisition, StageEntry

SORTS = {"title": "title", "opened": "opened_at", "status": "status", "applications": "applications_total"}


@dataclass(frozen=True, slots=True)
class RequisitionFilters:
    """What the list is narrowed to; an empty value lets everything through."""

    text: str = ""
    status: str = ""
    department: str = ""
    recruiter: int | None = None
    role_family: str = ""
    opened_after: datetime | None = None


def requisitions(
    filters: RequisitionFilters | None = None, *, sort: str = "-opened"
) -> QuerySet[Requisition]:
    """Requisitions with `applications_total` and `applications_active`."""
    found = Requisition.objects.select_related("recruiter").annotate(
        applications_total=Count("applications"),
        applications_active=Count("applications", filter=Q(applications__outcome="active")),
    )
    column = SORTS.get(sort.removeprefix("-"), "opened_at")
    order = f"-{column}" if sort.startswith("-") else column
    return found.filter(_condition(filters or RequisitionFilters())).order_by(order, "-pk")


def departments() -> list[str]:
    """Every department a requisition names, in alphabetical order."""
    named = Requisition.objects.exclude(department="").values_list("department", flat=True)
    return sorted(set(named.order_by().distinct()), key=str.casefold)


def locations() -> list[str]:
    """Every location a requisition names, in alphabetical order."""
    named = Requisition.objects.exclude(location="").values_list("location", flat=True)
    return sorted(set(named.order_by().distinct()), key=str.casefold)


def opened_since(now: datetime, *, days: int = 14) -> QuerySet[Requisition]:
    """Open requisitions that opened in the last days, the newest first."""
    return Requisition.objects.filter(
        status=Requisition.Status.OPEN, opened_at__gte=now - timedelta(days=days), opened_at__lte=now
    ).order_by("-opened_at", "-pk")


def colleagues() -> list[tuple[int, str]]:
    """Active members by name: who may be recruiter or hiring manager."""
    members = Membership.objects.filter(workspace_id=current_workspace_id(), deactivated_at=None)
    ordered = members.select_related("user").order_by(Lower("user__name"), "user__email")
    return [(member.user_id, str(member.user)) for member in ordered]


def applications(
    *, candidate: int | None = None, requisition: int | None = None, outcome: str = ""
) -> QuerySet[Application]:
    """Applications with their stage history and offers loaded, oldest entries first."""
    found = Application.objects.select_related("requisition").prefetch_related(
        Prefetch("stage_entries", StageEntry.objects.order_by("entered_at", "pk")),
        Prefetch("offers", Offer.objects.order_by("version")),
    )
    if candidate is not None:
        found = found.filter(candidate_id=candidate)
    if requisition is not None:
        found = found.filter(requisition_id=requisition)
    return found.filter(outcome=outcome) if outcome else found


def _condition(filters: RequisitionFilters) -> Q:
    condition = Q()
    if filters.text:
        condition &= Q(title__icontains=filters.text) | Q(code__iexact=filters.text)
    for column, value in (
        ("status", filters.status),
        ("department", filters.department),
        ("recruiter_id", filters.recruiter),
        ("role_family", filters.role_family),
    ):
        if value:
            condition &= Q((column, value))
    if filters.opened_after:
        condition &= Q(opened_at__gte=filters.opened_after)
    return condition
