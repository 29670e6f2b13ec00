"""Events with who registered, who came and who waits."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from crm.kernel.tenancy import current_workspace_id
from crm.models import Registration, TalentEvent
from crm.policies import tickets
from crm.queries.rule_columns import folded


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event and its counts."""

    event: TalentEvent
    registered: int
    waiting: int
    present: int
    missed: int

    @property
    def free(self) -> int | None:
        """Places left; None where there is no limit."""
        taken = self.registered + self.present
        return None if self.event.capacity is None else max(0, self.event.capacity - taken)


def events_with_counts(*, now: datetime) -> tuple[list[EventRow], list[EventRow]]:
    """(Coming ones, the next first; past ones, the latest first). One statement."""
    rows = [_row(event) for event in _counted().select_related("owner").order_by("starts_at", "pk")]
    coming = [row for row in rows if row.event.ends_at >= now]
    return coming, [row for row in reversed(rows) if row.event.ends_at < now]


def row_of(event_id: int) -> EventRow | None:
    """One event and its counts."""
    event = _counted().select_related("owner", "form").filter(pk=event_id).first()
    return _row(event) if event else None


def registrations(event: TalentEvent, *, q: str = "", state: str = "") -> QuerySet[Registration]:
    """Who is on the list, by name; `q` finds in names and addresses, and is a ticket's code."""
    rows = Registration.objects.filter(talent_event=event).select_related("candidate")
    if q and (holder := _holder(event, q)):
        return rows.filter(pk=holder)
    if q:
        text = folded(" ".join(q.split()))
        rows = rows.filter(Q(candidate__full_name_folded__contains=text) | Q(candidate__email__contains=text))
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("candidate__first_name_folded", "candidate__last_name_folded", "pk")


def locale_of_holder(registration_id: int) -> str:
    """The locale of whose ticket it is; blank for nobody's."""
    holder = Registration.objects.filter(pk=registration_id)
    return holder.values_list("candidate__locale", flat=True).first() or ""


def _holder(event: TalentEvent, q: str) -> int | None:
    """Whose ticket was typed, if it is one."""
    here = current_workspace_id()
    if found := tickets.registration_in(q, here):
        return found
    if not tickets.typed(q):
        return None
    ids = Registration.objects.filter(talent_event=event).values_list("pk", flat=True)
    return tickets.meant(q, here, ids)


def public_event(slug: str) -> TalentEvent | None:
    """An event anybody may open; drafts are nobody's business."""
    shown = TalentEvent.objects.exclude(state=TalentEvent.State.DRAFT)
    return shown.select_related("form__consent_text").filter(slug=slug).first()


def _counted() -> QuerySet[TalentEvent]:
    def count(*states: str) -> Count:
        return Count("registrations", filter=Q(registrations__state__in=states))

    return TalentEvent.objects.annotate(
        n_registered=count(Registration.State.REGISTERED),
        n_waiting=count(Registration.State.WAITING),
        n_present=count(Registration.State.PRESENT),
        n_missed=count(Registration.State.MISSED),
    )


def _row(event: TalentEvent) -> EventRow:
    counts = (event.n_registered, event.n_waiting, event.n_present, event.n_missed)  # type: ignore[attr-defined]
    return EventRow(event, *counts)
