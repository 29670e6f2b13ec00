import datetime as dt

import pytest
from django.utils import timezone

from crm.actions import events
from crm.models import Event, Message, Workspace
from journeys.actions import enrollments, journeys, pauses, reactions, runs
from journeys.actions.enrollments import JourneyNotLive, NotInside
from journeys.actions.journeys import InvalidJourney, PeopleInside
from journeys.models import Enrollment, Journey, StepRun
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, TemplateFactory, document, message
from tests.journeys.conftest import Publish

DAY = dt.timedelta(days=1)


def test_enroll_says_who_does_not_enter_and_why(publish: Publish) -> None:
    journey = publish(message(), exit_on=["in_process"])
    fine, gone, busy = ReachableFactory.create(), ReachableFactory.create(unsubscribed_at=NOW), None
    busy = ReachableFactory.create(in_process=True)
    ids = [fine.pk, gone.pk, busy.pk, 999_999, fine.pk]
    done = enrollments.enroll(journey=journey, candidate_ids=ids, now=NOW)
    assert done.count == 1
    assert [(one.candidate_id, one.code) for one in done.refused] == [
        (gone.pk, "unsubscribed"),
        (busy.pk, "in_process"),
        (999_999, "not_found"),
    ]


def test_enroll_twice_is_once(publish: Publish) -> None:
    journey = publish(message())
    person = ReachableFactory.create()
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW)
    again = enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW)
    assert (again.count, again.refused[0].code) == (0, "already_inside")
    assert Enrollment.objects.count() == 1
    assert Event.objects.filter(kind="journey.enrolled").count() == 1


def test_enroll_again_only_after_the_days_of_re_entry(publish: Publish) -> None:
    journey = publish(message(), reentry={"after_days": 180})
    person = ReachableFactory.create()
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW)
    enrollments.exit(enrollment=Enrollment.objects.get(), now=NOW)
    early = enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW + 179 * DAY)
    assert early.refused[0].code == "too_soon"
    late = enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW + 181 * DAY)
    assert late.count == 1


def test_enroll_leaves_the_control_group_out(publish: Publish) -> None:
    journey = publish(message(), holdout_percent=50)
    people = ReachableFactory.create_batch(40)
    done = enrollments.enroll(journey=journey, candidate_ids=[person.pk for person in people], now=NOW)
    held_out = Enrollment.objects.filter(state="holdout").count()
    assert done.count + held_out == 40
    assert 8 <= held_out <= 32
    assert {one.code for one in done.refused} == {"holdout"}


def test_enroll_needs_a_live_journey(publish: Publish) -> None:
    journey = publish(message())
    paused = journeys.pause(journey=journey, by=None, now=NOW)
    with pytest.raises(JourneyNotLive):
        enrollments.enroll(journey=paused, candidate_ids=[], now=NOW)


def test_enroll_rolls_the_first_step_into_the_window(publish: Publish) -> None:
    window = {"days": ["wed"], "ranges": [["09:00", "10:00"]], "zone": "candidate"}
    journey = publish(message(after={"days": 1}), window=window)
    person = ReachableFactory.create(time_zone="America/New_York")
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW)
    stands = Enrollment.objects.get()
    assert (stands.due_at, stands.waits_for) == (dt.datetime(2026, 6, 17, 13, tzinfo=dt.UTC), "window")


def test_exit_and_its_undo(publish: Publish) -> None:
    journey = publish(message(after={"days": 3}))
    enrollments.enroll(journey=journey, candidate_ids=[ReachableFactory.create().pk], now=NOW)
    enrollment = Enrollment.objects.get()
    enrollments.exit(enrollment=enrollment, now=NOW)
    with pytest.raises(NotInside):
        enrollments.exit(enrollment=enrollment, now=NOW)
    assert runs.run_due(now=NOW + 3 * DAY).seen == 0
    back = enrollments.return_to(enrollment=enrollment)
    assert (back.state, back.due_at) == ("active", NOW + 3 * DAY)


def test_who_is_taken_back_goes_on_where_they_stood(publish: Publish) -> None:
    call = {"id": "call", "type": "task", "title": "Call", "hold": True}
    held, called = ReachableFactory.create(email="", email_state="none"), ReachableFactory.create()
    busy = ReachableFactory.create()
    write, ask = publish(message(), name="Write"), publish(call, name="Ask")
    enrollments.enroll(journey=write, candidate_ids=[called.pk], now=NOW)
    Enrollment.objects.create(
        journey=write, version=write.version, candidate=held, enrolled_at=NOW, step_id="m1", due_at=NOW
    )
    enrollments.enroll(journey=ask, candidate_ids=[busy.pk], now=NOW)
    runs.run_due(now=NOW)
    for row in Enrollment.objects.filter(state="active"):
        enrollments.exit(enrollment=row, now=NOW)
        enrollments.return_to(enrollment=row)
    stands = {row.candidate_id: row for row in Enrollment.objects.all()}
    assert (stands[busy.pk].due_at, stands[busy.pk].waits_for) == (None, "task")
    assert [stands[one.pk].visit for one in (called, held)] == [2, 1]
    while reactions.follow(now=timezone.now()):
        pass
    runs.run_due(now=timezone.now())
    assert Enrollment.objects.get(candidate=held).waits_for == "no_address"
    assert [mail.state for mail in Message.objects.filter(candidate=called).order_by("pk")] == [
        "canceled", "queued",
    ]  # fmt: skip


def test_a_segment_enrolls_and_lets_go_by_itself(publish: Publish) -> None:
    from talentpools.models import Segment

    segment = Segment.objects.create(name="Warm", rules={"match": "all", "rules": []})
    trigger = {"on": "segment.entered", "segment": segment.pk}
    publish(message(after={"days": 9}), trigger=trigger, exit_on=["left_segment"])
    person = ReachableFactory.create()
    events.record("segment.entered", candidate=person, data={"segment": segment.pk})
    events.record("segment.entered", candidate=person, data={"segment": 999})
    reactions.follow(now=NOW)
    assert Enrollment.objects.get().state == "active"
    events.record("segment.left", candidate=person, data={"segment": segment.pk})
    reactions.follow(now=NOW)
    assert Enrollment.objects.get().exit_reason == "left_segment"


def test_a_rejection_enrolls_those_its_rules_match(publish: Publish) -> None:
    trigger = {"on": "application.rejected", "rules": {"field": "city", "op": "eq", "value": "Graz"}}
    publish(message(after={"days": 9}), trigger=trigger)
    inside, outside = ReachableFactory.create(city="Graz"), ReachableFactory.create(city="Wien")
    events.record("application.rejected", candidate=inside)
    events.record("application.rejected", candidate=outside)
    reactions.follow(now=NOW)
    assert Enrollment.objects.get().candidate_id == inside.pk


def test_publishing_moves_only_those_before_the_first_change(publish: Publish) -> None:
    journey = publish(message("m1", after={"days": 1}), message("m2", after={"days": 30}))
    ahead, behind = ReachableFactory.create_batch(2)
    enrollments.enroll(journey=journey, candidate_ids=[ahead.pk, behind.pk], now=NOW)
    Enrollment.objects.filter(candidate=ahead).update(step_id="m2")
    changed = document(message("m1", after={"days": 1}), message("m2", after={"days": 60}))
    journeys.save_draft(document=changed, by=None, journey=journey)
    published = journeys.publish(journey=journey, by=None, inside="move", now=NOW)
    assert (published.version.number, published.moved) == (2, 1)
    assert Enrollment.objects.get(candidate=behind).version_id == published.version.pk
    assert Enrollment.objects.get(candidate=ahead).version_id != published.version.pk


def test_publishing_can_end_those_inside(publish: Publish) -> None:
    journey = publish(message(after={"days": 1}))
    enrollments.enroll(journey=journey, candidate_ids=[ReachableFactory.create().pk], now=NOW)
    journeys.save_draft(document=document(message(after={"days": 2})), by=None, journey=journey)
    assert journeys.publish(journey=journey, by=None, inside="end", now=NOW).ended == 1
    assert Enrollment.objects.get().exit_reason == "ended"


def test_a_pause_freezes_the_clock_and_resuming_sends_no_burst(publish: Publish) -> None:
    journey = publish(message(after={"days": 2}))
    enrollments.enroll(journey=journey, candidate_ids=[ReachableFactory.create().pk], now=NOW)
    journeys.pause(journey=journey, by=None, now=NOW + DAY)
    assert not StepRun.objects.exists()  # nobody was due
    assert runs.run_due(now=NOW + 10 * DAY).seen == 0
    assert [pauses.note(now=NOW + 10 * DAY), pauses.note(now=NOW + 10 * DAY)] == [1, 0]
    told = StepRun.objects.get()
    assert (told.step_id, told.kind, told.state, told.refusal, told.reason) == (
        "m1", "message", "waiting", "paused", "The journey is paused.",
    )  # fmt: skip
    journeys.resume(journey=journey, by=None, now=NOW + 11 * DAY)
    told.refresh_from_db()
    assert (told.refusal, told.reason[:12]) == ("", "Waited from ")
    assert Enrollment.objects.get().due_at == NOW + 12 * DAY
    assert runs.run_due(now=NOW + 11 * DAY).seen == 0
    assert not Message.objects.exists()
    runs.run_due(now=NOW + 12 * DAY)
    assert StepRun.objects.get().state == "sending"


def test_draining_lets_people_finish_and_then_stops(publish: Publish) -> None:
    journey = publish({"id": "w", "type": "wait", "after": {"days": 1}})
    enrollments.enroll(journey=journey, candidate_ids=[ReachableFactory.create().pk], now=NOW)
    draining = journeys.drain(journey=journey, by=None, now=NOW)
    with pytest.raises(JourneyNotLive):
        enrollments.enroll(journey=draining, candidate_ids=[], now=NOW)
    runs.run_due(now=NOW + DAY)
    assert journeys.stop_drained(now=NOW + DAY) == 1
    assert Journey.objects.get().state == "stopped"


def test_delete_is_refused_while_people_are_inside(publish: Publish) -> None:
    journey = publish(message())
    enrollments.enroll(journey=journey, candidate_ids=[ReachableFactory.create().pk], now=NOW)
    with pytest.raises(PeopleInside):
        journeys.delete(journey=journey, by=None)
    enrollments.exit(enrollment=Enrollment.objects.get(), now=NOW)
    journeys.delete(journey=journey, by=None)
    assert not Journey.objects.exists()


def test_save_draft_names_each_fault_and_saves_nothing(scope: Workspace) -> None:
    TemplateFactory.create(key="hello")
    broken = document(
        message("m1"), message("m1", "nowhere"), {"id": "e", "type": "end"}, message("m2"), colour="red"
    )
    with pytest.raises(InvalidJourney) as refused:
        journeys.save_draft(document=broken, by=None)
    assert set(refused.value.fields) == {"settings.colour", "steps.1.id"}
    assert "“m1”" in refused.value.fields["steps.1.id"]
    assert not Journey.objects.exists()
