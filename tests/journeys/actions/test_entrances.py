"""People who enter because a day has come: a date of theirs, or the one their reply named."""

import datetime as dt
from typing import Any

import pytest

from crm.actions import outcomes as reply_outcomes
from crm.models import Candidate, ContactPoint, CustomField, Message, Suppression, Task, User, Workspace
from journeys.actions import date_triggers, enrollments, reactions, returns
from journeys.models import Enrollment, Journey
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, message
from tests.journeys.conftest import Publish

DAY = dt.timedelta(days=1)
BERLIN = {"time_zone": "Europe/Berlin"}


def on(field: str, **offset: Any) -> dict[str, Any]:
    return {"on": "date", "field": field} | ({"offset": offset} if offset else {})


@pytest.mark.parametrize(
    ("trigger", "moment"),
    [
        (on("custom.leaves_on"), "2026-03-02T23:00+00:00"),
        (on("custom.leaves_on", days=0, at="00:00"), "2026-03-02T23:00+00:00"),
        (on("custom.leaves_on", days=2, at="09:30"), "2026-03-05T08:30+00:00"),
        (on("custom.leaves_on", days=-7, at="09:30"), "2026-02-24T08:30+00:00"),
        (on("custom.leaves_on", months=1), "2026-04-02T22:00+00:00"),
        (on("custom.leaves_on", working_days=-2), "2026-02-26T23:00+00:00"),
        (on("last_replied_at", hours=3), "2026-03-01T15:00+00:00"),
        (on("last_replied_at", weeks=1, at="09:00"), "2026-03-08T08:00+00:00"),
        (on("last_replied_at", days=-1, at="23:00"), "2026-02-28T22:00+00:00"),
    ],
)
def test_a_date_of_the_person_enrolls_at_its_instant_and_once(
    publish: Publish, trigger: dict[str, Any], moment: str
) -> None:
    CustomField.objects.create(key="leaves_on", label="Leaves", kind="date")
    person = ReachableFactory.create(
        custom={"leaves_on": "2026-03-03"},
        last_replied_at=dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC),
        **BERLIN,
    )
    ReachableFactory.create(custom={"leaves_on": "2026-02-31"})
    journey = publish(message(), trigger=trigger, reentry={"after_days": 0})
    at = dt.datetime.fromisoformat(moment)

    assert date_triggers.next_moment(after=at - 9 * DAY, until=at + DAY) == at
    assert date_triggers.enroll_due(now=at - dt.timedelta(seconds=1)) == 0
    assert date_triggers.enroll_due(now=at) == 1
    assert date_triggers.enroll_due(now=at + DAY) == 0
    (entered,) = Enrollment.objects.filter(journey=journey)
    assert (entered.candidate_id, entered.enrolled_at) == (person.pk, at)
    enrollments.exit_people(enrollment_ids=[entered.pk], reason="manual", now=at)
    assert date_triggers.enroll_due(now=at + DAY) == 0


def test_a_date_long_past_enrolls_nobody(publish: Publish) -> None:
    publish(message(), trigger=on("last_replied_at"))
    ReachableFactory.create(last_replied_at=NOW - 3 * DAY)
    ReachableFactory.create(last_replied_at=None)
    assert date_triggers.enroll_due(now=NOW) == 0
    assert date_triggers.next_moment(after=NOW, until=NOW + DAY) is None


@pytest.fixture
def left(publish: Publish, grace: User) -> tuple[Enrollment, Message]:
    """Somebody who answered the journey's first message and left it for that."""
    person = ReachableFactory.create(first_name="Mia", email="mia@people.example", owner=grace, **BERLIN)
    ContactPoint.objects.create(
        candidate=person, kind="email", value=person.email, normalized=person.email, is_primary=True
    )
    journey = publish(message())
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW)
    row = Enrollment.objects.get()
    enrollments.exit_people(enrollment_ids=[row.pk], reason="replied", now=NOW)
    reply = Message.objects.create(
        candidate=person, direction="in", kind="journey", state="received", from_address=person.email
    )
    return row, reply


def settle(reply: Message, by: User, outcome: str, day: dt.date | None = None) -> None:
    choice = reply_outcomes.Choice(outcome, not_before=day)
    reply_outcomes.settle(message=reply, choice=choice, by=by)
    while reactions.follow(now=NOW):
        pass


def test_not_now_enters_again_on_the_day_it_named(left: tuple[Enrollment, Message], grace: User) -> None:
    row, reply = left
    day = dt.datetime.now(dt.UTC).date() + 90 * DAY
    settle(reply, grace, "not_now", day)
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC) - dt.timedelta(hours=1)

    row.refresh_from_db()
    assert row.returns_on == day
    assert returns.enroll_due(now=midnight - 2 * DAY) == 0
    moment = returns.next_moment(after=NOW)
    assert moment is not None
    assert returns.enroll_due(now=moment - dt.timedelta(seconds=1)) == 0
    Journey.objects.update(state="paused")
    assert returns.enroll_due(now=moment) == 0
    Journey.objects.update(state="live")
    assert returns.enroll_due(now=moment) == 1
    assert returns.enroll_due(now=moment) == 0
    again = Enrollment.objects.get(state="active")
    assert (again.candidate_id, again.enrolled_at) == (row.candidate_id, moment)
    assert Enrollment.objects.filter(returns_on__isnull=False).count() == 0


def test_a_reply_put_back_on_the_list_brings_nobody_back(
    left: tuple[Enrollment, Message], grace: User
) -> None:
    row, reply = left
    settle(reply, grace, "not_now", dt.datetime.now(dt.UTC).date() + 90 * DAY)
    reply_outcomes.undo(message=reply, by=grace)
    while reactions.follow(now=NOW):
        pass
    row.refresh_from_db()
    assert row.returns_on is None
    assert returns.next_moment(after=NOW) is None


def test_the_wrong_person_is_left_alone_without_having_unsubscribed(
    left: tuple[Enrollment, Message], publish: Publish, grace: User, workspace: Workspace
) -> None:
    row, reply = left
    other = publish(message(), name="Other", exit_on=["applied"])
    enrollments.enroll(journey=other, candidate_ids=[row.candidate_id], now=NOW)

    settle(reply, grace, "wrong_person")

    person = Candidate.objects.get()
    assert (person.unsubscribed_at, person.consent, person.archived_at) == (None, "granted", None)
    assert person.email_state == "suppressed"
    assert Suppression.objects.get().reason == "wrong_person"
    assert ContactPoint.objects.get().label == "wrong person"
    assert Enrollment.objects.get(journey=other).exit_reason == "wrong_person"
    task = Task.objects.get()
    assert (task.assignee, task.title) == (
        grace,
        f"Find the right address of {person.full_name}: mia@people.example is somebody else's",
    )
