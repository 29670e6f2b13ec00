import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.actions import events
from crm.models import Candidate, DoNotContact, Event, Message, Task, User, Workspace
from journeys.actions import enrollments, outcomes, reactions, runs
from journeys.actions.mailboxes import set_pace
from journeys.models import Enrollment, Journey, StepRun
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, message
from tests.journeys.conftest import Publish

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


def enroll(journey: Journey, *people: Candidate) -> list[Enrollment]:
    enrollments.enroll(journey=journey, candidate_ids=[person.pk for person in people], now=NOW)
    return list(Enrollment.objects.filter(journey=journey).order_by("pk"))


def run_all(now: dt.datetime) -> None:
    while reactions.follow(now=now) or runs.run_due(now=now).seen:
        pass


def deliver(now: dt.datetime) -> None:
    """What the mail server's yes leads to."""
    Message.objects.filter(state="queued").update(state="sent", sent_at=now)
    outcomes.settle(now=now)


def only_run(enrollment: Enrollment, step: str = "m1") -> StepRun:
    return StepRun.objects.get(enrollment=enrollment, step_id=step)


def test_run_queues_a_message_and_goes_on_once_it_was_sent(publish: Publish) -> None:
    journey = publish(message(), message("m2", after={"days": 7}))
    (enrollment,) = enroll(journey, ReachableFactory.create(first_name="Mia"))

    run_all(NOW)

    sent = Message.objects.get()
    assert (sent.subject, sent.state, sent.kind) == ("Hello Mia", "queued", "journey")
    enrollment.refresh_from_db()
    assert (enrollment.step_id, enrollment.due_at) == ("m1", None)
    deliver(NOW + SECOND)
    enrollment.refresh_from_db()
    assert (enrollment.step_id, enrollment.due_at) == ("m2", NOW + SECOND + 7 * DAY)
    assert only_run(enrollment).state == StepRun.State.DONE


def test_run_before_the_due_time_does_nothing(publish: Publish) -> None:
    enroll(publish(message(after={"days": 3})), ReachableFactory.create())
    assert runs.run_due(now=NOW + 3 * DAY - SECOND).seen == 0
    assert runs.run_due(now=NOW + 3 * DAY).seen == 1


def test_run_again_sends_nothing_twice(publish: Publish) -> None:
    enroll(publish(message()), ReachableFactory.create())
    run_all(NOW)
    run_all(NOW + DAY)
    assert Message.objects.count() == 1


def test_run_keeps_the_time_of_its_own_clock(publish: Publish) -> None:
    """A simulated clock years away from the mail server's still schedules on the simulated one."""
    (enrollment,) = enroll(publish(message(), message("m2", after={"weeks": 4})), ReachableFactory.create())
    run_all(NOW)
    queued = Message.objects.get()
    Message.objects.update(state="sent", sent_at=queued.created_at + SECOND)
    outcomes.settle(now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.due_at == NOW + SECOND + 28 * DAY


@pytest.mark.parametrize(
    ("change", "code", "state", "exited"),
    [
        ({"unsubscribed_at": NOW}, "unsubscribed", "refused", True),
        ({"email_state": "suppressed"}, "suppressed", "refused", True),
        ({"email_state": "none"}, "no_address", "held", False),
        ({"consent": "none"}, "no_basis", "held", False),
        ({"consent_expires_at": NOW - SECOND}, "no_basis", "held", False),
        ({"in_process": True}, "in_process", "refused", True),
        ({"topics_declined": ["talent_community"]}, "unsubscribed", "refused", False),
        ({"first_name": ""}, "missing_value", "held", False),
        ({"not_before": dt.date(2026, 9, 1)}, "gap", "waiting", False),
    ],
)
def test_run_refuses_with_a_code(
    publish: Publish, change: dict[str, Any], code: str, state: str, exited: bool
) -> None:
    journey = publish(message(), exit_on=["replied", "in_process"])
    person = ReachableFactory.create()
    (enrollment,) = enroll(journey, person)
    Candidate.objects.filter(pk=person.pk).update(**change)

    run_all(NOW)

    run = only_run(enrollment)
    assert (run.refusal, run.state) == (code, state)
    assert run.reason
    enrollment.refresh_from_db()
    assert (enrollment.state == "exited") is exited
    assert not Message.objects.exists()


def test_run_leaves_a_company_alone(publish: Publish) -> None:
    person = ReachableFactory.create(current_company="Globex")
    (enrollment,) = enroll(publish(message()), person)
    DoNotContact.objects.create(company_folded="globex")
    run_all(NOW)
    assert only_run(enrollment).refusal == "do_not_contact"


def test_run_holds_what_is_overdue_until_a_person_releases_it(publish: Publish) -> None:
    (enrollment,) = enroll(publish(message()), ReachableFactory.create())
    late = NOW + dt.timedelta(hours=72, seconds=1)
    run_all(late)
    assert only_run(enrollment).refusal == "overdue"
    enrollments.release(enrollment=enrollment, now=late)
    run_all(late)
    assert only_run(enrollment).state == "sending"


def test_run_sends_what_is_72_hours_late(publish: Publish) -> None:
    (enrollment,) = enroll(publish(message()), ReachableFactory.create())
    run_all(NOW + dt.timedelta(hours=72))
    assert only_run(enrollment).state == "sending"


def test_two_journeys_want_the_same_slot_and_the_higher_priority_goes(publish: Publish) -> None:
    person = ReachableFactory.create()
    (low,) = enroll(publish(message(), name="Low", priority=10), person)
    (high,) = enroll(publish(message(), name="High", priority=90), person)

    run_all(NOW)

    assert only_run(high).state == "sending"
    assert only_run(high).reason == "Went first; “Low” waits."
    low.refresh_from_db()
    assert (low.waits_for, low.due_at) == ("gap", NOW + 7 * DAY)


def test_the_cap_counts_all_journeys(publish: Publish, scope: Workspace) -> None:
    Workspace.objects.filter(pk=scope.pk).update(minimum_gap_days=0)
    person = ReachableFactory.create()
    for index in range(4):
        enroll(publish(message(), name=f"J{index}"), person)
    run_all(NOW)
    assert Message.objects.count() == 3
    waiting = Enrollment.objects.get(waits_for="cap")
    assert waiting.due_at == NOW + 30 * DAY


def test_the_persons_own_gap_wins(publish: Publish) -> None:
    person = ReachableFactory.create(preferred_gap_days=90)
    journey = publish(message(), message("m2", after={"days": 10}))
    (enrollment,) = enroll(journey, person)
    run_all(NOW)
    deliver(NOW)
    run_all(NOW + 10 * DAY)
    enrollment.refresh_from_db()
    assert (enrollment.waits_for, enrollment.due_at) == ("gap", NOW + 90 * DAY)


def test_a_mailbox_keeps_its_pace(publish: Publish, grace: User) -> None:
    journey = publish(message())
    set_pace(sender=grace, daily_limit=2, spacing_seconds=60)
    people = enroll(journey, *ReachableFactory.create_batch(3))
    run_all(NOW)
    assert Message.objects.count() == 1
    waiting = Enrollment.objects.filter(waits_for="pace").order_by("due_at")
    dues = list(waiting.values_list("due_at", flat=True))
    assert dues == [NOW + dt.timedelta(minutes=1), dt.datetime(2026, 6, 16, tzinfo=dt.UTC)]
    assert len(people) == 3


def test_a_reply_stops_what_is_due_before_the_next_claim(publish: Publish) -> None:
    person = ReachableFactory.create()
    (enrollment,) = enroll(publish(message()), person)
    events.record("message.replied", candidate=person, at=NOW)
    assert runs.run_due(now=NOW).seen == 0
    run_all(NOW)
    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.exit_reason) == ("exited", "replied")
    assert not Message.objects.exists()


def test_an_automatic_reply_stops_nothing(publish: Publish) -> None:
    person = ReachableFactory.create()
    (enrollment,) = enroll(publish(message()), person)
    events.record("message.replied", candidate=person, at=NOW, data={"automatic": True})
    run_all(NOW)
    assert only_run(enrollment).state == "sending"


def test_a_goal_reached_since_enrolment_ends_the_journey(publish: Publish) -> None:
    goal = {"activity": "meeting.booked", "op": "at_least", "count": 1}
    journey = publish(message(after={"days": 5}), goal=goal, exit_on=[])
    early, late = ReachableFactory.create_batch(2)
    events.record("meeting.booked", candidate=early, at=NOW - 9 * DAY)
    first, second = enroll(journey, early, late)
    events.record("meeting.booked", candidate=late, at=NOW + DAY)
    run_all(NOW + 5 * DAY)
    assert only_run(first).state == "sending"
    second.refresh_from_db()
    assert second.exit_reason == "goal"


def test_a_branch_waits_and_goes_as_soon_as_its_condition_holds(publish: Publish) -> None:
    branch = {
        "id": "b",
        "type": "branch",
        "if": {"activity": "event.attended", "op": "at_least", "count": 1},
        "wait": {"weeks": 2},
        "then": [
            {
                "id": "t",
                "type": "task",
                "title": "Call {{ candidate.first_name }}",
                "due": {"working_days": 2},
            }
        ],
        "else": [message("m1")],
    }
    yes, no = ReachableFactory.create_batch(2)
    enroll(publish(branch), yes, no)
    run_all(NOW)
    assert not StepRun.objects.filter(state="done").exists()
    events.record("event.attended", candidate=yes, at=NOW + DAY)
    run_all(NOW + DAY)
    assert Task.objects.get().title == f"Call {yes.first_name}"
    assert Task.objects.get().due_on == dt.date(2026, 6, 18)
    run_all(NOW + 14 * DAY)
    assert Message.objects.get().candidate_id == no.pk


def test_a_task_that_holds_keeps_the_person_until_it_is_done(publish: Publish) -> None:
    step = {"id": "t", "type": "task", "title": "Call", "hold": True}
    (enrollment,) = enroll(publish(step, message(after={"days": 1})), ReachableFactory.create())
    run_all(NOW)
    enrollment.refresh_from_db()
    assert (enrollment.waits_for, enrollment.due_at) == ("task", None)
    Task.objects.update(done_at=NOW + DAY)
    reactions.finish_tasks(now=NOW + DAY)
    enrollment.refresh_from_db()
    assert (enrollment.step_id, enrollment.due_at) == ("m1", NOW + 2 * DAY)


def test_steps_without_mail_do_what_they_say(publish: Publish) -> None:
    second = publish(message(after={"days": 9}), name="Second")
    update = {
        "id": "u",
        "type": "update",
        "stage": "screening",
        "add_tags": ["warm"],
        "fields": {"city": "Graz"},
    }
    person = ReachableFactory.create()
    journey = publish(
        update,
        {"id": "n", "type": "notify", "text": "Look"},
        {"id": "e", "type": "enroll", "journey": second.pk},
    )
    (enrollment,) = enroll(journey, person)
    run_all(NOW)
    person.refresh_from_db()
    assert (person.stage, person.city) == ("screening", "Graz")
    assert list(person.candidate_tags.values_list("tag__name", flat=True)) == ["warm"]
    assert Task.objects.get().title == "Look"
    assert Enrollment.objects.get(journey=second).candidate_id == person.pk
    enrollment.refresh_from_db()
    assert enrollment.state == "completed"


def test_a_failed_message_waits_for_a_person(publish: Publish) -> None:
    (enrollment,) = enroll(publish(message(), message("m2")), ReachableFactory.create())
    run_all(NOW)
    Message.objects.update(state="failed", failure="550 no such user")
    outcomes.settle(now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.waits_for, enrollment.waits_why) == ("failed", "550 no such user")
    assert only_run(enrollment).state == "failed"


def test_an_unknown_outcome_is_settled_by_what_becomes_known(publish: Publish) -> None:
    (enrollment,) = enroll(publish(message(), message("m2", after={"days": 1})), ReachableFactory.create())
    run_all(NOW)
    Message.objects.update(state="unknown")
    assert outcomes.settle(now=NOW) == 1
    assert outcomes.settle(now=NOW) == 0
    enrollment.refresh_from_db()
    assert enrollment.waits_for == "unknown"
    Message.objects.update(state="delivered", sent_at=NOW)
    outcomes.settle(now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.step_id == "m2"


def test_a_batch_takes_the_same_number_of_queries_for_one_and_for_twenty(publish: Publish) -> None:
    journey = publish(message())
    enroll(journey, ReachableFactory.create())
    runs.run_due(now=NOW)  # the first mail with these words keeps them
    enroll(journey, ReachableFactory.create())
    with CaptureQueriesContext(connection) as one:
        runs.run_due(now=NOW)
    enroll(journey, *ReachableFactory.create_batch(20))
    with CaptureQueriesContext(connection) as many:
        assert runs.run_due(now=NOW).seen == 20
    assert len(many) == len(one)


def test_the_end_is_a_fact(publish: Publish) -> None:
    person = ReachableFactory.create()
    enroll(publish({"id": "w", "type": "wait", "after": {"days": 1}}), person)
    run_all(NOW + DAY)
    kinds = Event.objects.filter(candidate=person).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["journey.enrolled", "journey.completed"]
