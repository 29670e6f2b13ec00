import datetime as dt

import pytest
import time_machine

from crm.actions import requisitions
from crm.actions.requisitions import ClosedBeforeOpened, UntitledRequisition
from crm.models import Event, Requisition, RequisitionHold, User, Workspace

NOW = dt.datetime(2026, 6, 15, 9, 0, tzinfo=dt.UTC)


def _kinds() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_a_requisition_opens_now_and_says_so(
    scope: Workspace, ada: User, clock: time_machine.Traveller
) -> None:
    made = requisitions.create(columns={"title": " Engineer ", "skills": ["Go", " go ", "", "Rust"]}, by=ada)

    assert (made.title, made.skills, made.status, made.opened_at) == ("Engineer", ["Go", "Rust"], "open", NOW)
    event = Event.objects.get()
    assert (event.kind, event.occurred_at, event.data) == (
        "requisition.opened",
        NOW,
        {"requisition": made.pk},
    )


def test_a_hold_starts_and_ends_with_the_status(
    scope: Workspace, ada: User, clock: time_machine.Traveller
) -> None:
    made = requisitions.create(columns={"title": "Engineer"}, by=ada)
    requisitions.change(requisition=made, columns={"status": "on_hold"}, by=ada)
    clock.shift(dt.timedelta(days=3))
    requisitions.change(requisition=made, columns={"status": "on_hold", "title": "Engineer II"}, by=ada)
    requisitions.change(requisition=made, columns={"status": "open"}, by=ada)

    hold = RequisitionHold.objects.get()
    assert (hold.started_at, hold.ended_at) == (NOW, NOW + dt.timedelta(days=3))
    # Opened again, but not for the first time: the fact is known.
    assert _kinds() == ["requisition.opened", "requisition.held", "requisition.changed"]


def test_closing_and_reopening_keeps_the_dates_honest(
    scope: Workspace, ada: User, clock: time_machine.Traveller
) -> None:
    made = requisitions.create(columns={"title": "Engineer"}, by=ada)
    clock.shift(dt.timedelta(days=2))
    closed = requisitions.change(requisition=made, columns={"status": "closed"}, by=ada)
    assert closed.closed_at == NOW + dt.timedelta(days=2)

    reopened = requisitions.change(requisition=made, columns={"status": "open"}, by=ada)
    assert (reopened.closed_at, reopened.opened_at) == (None, NOW)


def test_changing_nothing_records_nothing(scope: Workspace, ada: User) -> None:
    made = requisitions.create(columns={"title": "Engineer"}, by=ada)
    requisitions.change(requisition=made, columns={"title": "Engineer"}, by=ada)

    assert _kinds() == ["requisition.opened"]


def test_a_requisition_needs_a_title(scope: Workspace, ada: User) -> None:
    with pytest.raises(UntitledRequisition):
        requisitions.create(columns={"title": "  "}, by=ada)
    assert not Requisition.objects.exists()


def test_it_cannot_end_before_it_opened(scope: Workspace, ada: User) -> None:
    made = requisitions.create(columns={"title": "Engineer", "opened_at": NOW}, by=ada)
    with pytest.raises(ClosedBeforeOpened):
        requisitions.change(
            requisition=made, columns={"status": "closed", "closed_at": NOW - dt.timedelta(days=1)}, by=ada
        )
    assert Requisition.objects.get().status == "open"
