"""The why-ledger: every refusal code of the rules, and every way in, by API and by page."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.actions import api_keys, events, messages
from crm.models import Candidate, DoNotContact, Message, Role, Suppression, User, Workspace
from crm.queries.suppressions import hash_of
from journeys.actions import enrollments, journeys, outcomes, reactions, runs
from journeys.actions.mailboxes import set_pace
from journeys.models import Enrollment, Journey
from journeys.queries import why
from talentpools.actions import segments
from talentpools.models import SegmentMember
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, TemplateFactory, message
from tests.journeys.conftest import Publish

DAY = dt.timedelta(days=1)
Signed = Callable[[User], Client]


@pytest.fixture
def ask(scope: Workspace, grace: User, client: Client) -> Callable[[str], Any]:
    key = api_keys.create(name="Why", role=Role.ADMIN, by=grace)
    return lambda path: client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key.text}"}).json()


def enroll(journey: Journey, person: Candidate, by: User | None = None) -> Enrollment:
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], by=by, now=NOW)
    return Enrollment.objects.get(journey=journey, candidate=person)


def change(**columns: Any) -> Callable[[Candidate], Any]:
    return lambda person: Candidate.objects.filter(pk=person.pk).update(**columns)


def due(ago: dt.timedelta) -> Callable[[Candidate], Any]:
    return lambda person: Enrollment.objects.filter(candidate=person).update(due_at=NOW - ago)


def pace(person: Candidate) -> None:
    """Somebody before them takes the mailbox's only message of the day."""
    enroll(Journey.objects.get(name="pace"), ReachableFactory.create())
    due(-dt.timedelta(0))(person)
    Enrollment.objects.filter(journey__name="pace").exclude(candidate=person).update(due_at=NOW - DAY)
    for sender in (None, User.objects.get(email__startswith="grace")):
        set_pace(sender=sender, daily_limit=1, spacing_seconds=60)


_WEEKEND = {"days": ["sat", "sun"], "ranges": [["09:00", "17:00"]]}
_ALWAYS = {"days": ["mon"], "ranges": [["00:00", "24:00"]]}
# What makes each code true for a person whose message is due at NOW: the journey's settings, what happens.
REFUSALS: dict[str, tuple[dict[str, Any], Callable[[Candidate], Any]]] = {
    "unsubscribed": ({}, change(unsubscribed_at=NOW)),
    "suppressed": (
        {}, lambda person: Suppression.objects.create(address_hash=hash_of(person.email), reason="bounced"),
    ),
    "no_basis": ({}, change(consent="none")),
    "do_not_contact": ({}, lambda person: DoNotContact.objects.create(candidate=person)),
    "in_process": ({"exit_on": ["in_process"]}, change(in_process=True)),
    "missing_value": ({}, change(first_name="")),
    "cap": ({}, lambda person: _heard(person, 10, 15, 20)),
    "gap": ({}, lambda person: _heard(person, 2)),
    "window": ({"window": _WEEKEND}, due(dt.timedelta(0))),
    "holiday": ({"window": _ALWAYS, "holidays": "AZ"}, due(dt.timedelta(0))),
    "pace": ({}, pace),
    "overdue": ({}, due(4 * DAY)),
    "no_address": ({}, change(email="", email_state="none")),
    "paused": ({}, lambda _: journeys.pause(journey=Journey.objects.get(name="paused"), by=None, now=NOW)),
}  # fmt: skip


def _heard(person: Candidate, *days: int) -> None:
    for ago in days:
        sent = messages.write(candidate=person, subject="Hello", text="Hello", by=None)
        Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=NOW - ago * DAY)


def test_every_refusal_is_told_where_somebody_asks(
    publish: Publish, grace: User, ask: Callable[[str], Any], client_as: Signed
) -> None:
    rows = {}
    for code, (settings, _) in REFUSALS.items():
        rows[code] = enroll(publish(message(), name=code, **settings), ReachableFactory.create())
    for code, (_, make_true) in REFUSALS.items():
        make_true(rows[code].candidate)

    runs.run_due(now=NOW)

    for code, row in rows.items():
        (told,) = why.why(row.candidate, now=NOW)["journeys"]
        assert code in {step["code"] for step in told["steps"]}, code
        assert told["why"], code
        assert not Message.objects.filter(candidate_id=row.candidate_id, kind="journey").exists(), code
    held = rows["missing_value"]
    (told,) = ask(f"candidates/{held.candidate_id}/why")["journeys"]
    shown = ask(f"enrollments/{held.pk}")
    assert told["steps"][0]["code"] == shown["code"] == shown["steps"][0]["code"] == "missing_value"
    page = client_as(grace).get(f"/w/acme/enrollments/{held.pk}/why/").content.decode()
    assert ">missing_value<" in page
    assert told["why"] in page


def test_the_hold_out_and_those_outside_are_told_too(
    publish: Publish, grace: User, ask: Callable[[str], Any], client_as: Signed
) -> None:
    person = ReachableFactory.create()
    control = publish(message(), name="Control", holdout_percent=90)
    people = ReachableFactory.create_batch(6)
    enrollments.enroll(journey=control, candidate_ids=[one.pk for one in people], now=NOW)
    held = Enrollment.objects.filter(state="holdout").first()
    assert held is not None
    (told,) = ask(f"candidates/{held.candidate_id}/why")["journeys"]
    assert (told["code"], told["state"]) == ("holdout", "holdout")
    publish(message(), name="Open")
    publish(message(), name="Busy", exit_on=["in_process"])
    change(in_process=True)(person)
    Journey.objects.filter(name="Control").update(state="stopped")
    said = {one["name"]: one["code"] for one in ask(f"candidates/{person.pk}/why")["not_in_journeys"]}
    assert said == {"Open": "", "Busy": "in_process"}
    page = client_as(grace).get(f"/w/acme/candidates/{person.pk}/why/").content.decode()
    assert "Is in an active hiring process." in page


def test_a_mail_says_why_it_went_out(
    publish: Publish, grace: User, ask: Callable[[str], Any], client_as: Signed
) -> None:
    person = ReachableFactory.create()
    segment = segments.create(
        draft=segments.Draft("Warm", {"field": "email", "op": "is_not_empty"}), by=grace
    )
    trigger = {"on": "segment.entered", "segment": segment.pk}
    journey = publish(message(), name="First", trigger=trigger, priority=90)
    low = publish(message(), name="Second")
    with_segment = enroll(journey, person)
    enroll(low, person, by=grace)

    runs.run_due(now=NOW)

    mail = Message.objects.get()
    told = ask(f"messages/{mail.pk}/why")
    assert (told["journey"], told["step"]["id"]) == (
        {"id": journey.pk, "name": "First", "version": 1}, "m1",
    )  # fmt: skip
    assert told["origin"]["how"] == "segment.entered"
    assert (told["origin"]["segment"], told["origin"]["rules_version"]) == (segment.pk, None)
    assert told["origin"]["why"] == "Entered the segment “Warm”."
    SegmentMember.objects.update_or_create(
        segment=segment, candidate=person, left_at=None, defaults={"entered_at": NOW - DAY}
    )
    told = ask(f"messages/{mail.pk}/why")
    assert told["origin"]["rules_version"] == 1
    assert "by version 1 of its rules" in told["origin"]["why"]
    assert told["origin"]["rules"]
    assert told["template"] == "hello"
    waiting = Enrollment.objects.get(journey=low)
    assert told["waiting_for_it"] == [waiting.pk]
    assert any("“Second” waits because of it" in sentence for sentence in told["sentences"])
    page = client_as(grace).get(f"/w/acme/messages/{mail.pk}/").content.decode()
    assert "“Second” waits because of it" in page
    assert f"/enrollments/{with_segment.pk}/why/" in page
    loser = client_as(grace).get(f"/w/acme/enrollments/{waiting.pk}/why/").content.decode()
    assert "grace" in loser.lower()
    assert "from “First”" in loser


def test_an_event_that_let_them_in_is_named(publish: Publish, ask: Callable[[str], Any]) -> None:
    person = ReachableFactory.create()
    trigger = {"on": "event.attended", "event": "devday"}
    publish(message(), trigger=trigger)
    events.record("event.attended", candidate=person, at=NOW - DAY, data={"event": "other"})
    right = events.record("event.attended", candidate=person, at=NOW - DAY, data={"event": "devday"})
    reactions.follow(now=NOW)
    assert right is not None
    (told,) = ask(f"candidates/{person.pk}/why")["journeys"]
    assert (told["origin"]["how"], told["origin"]["event"]) == ("event.attended", right.pk)
    assert "devday" in told["origin"]["why"]


def test_another_journeys_step_is_named(publish: Publish, ask: Callable[[str], Any]) -> None:
    target = publish({"id": "e", "type": "end"}, name="Target")
    person = ReachableFactory.create()
    enroll(publish({"id": "go", "type": "enroll", "journey": target.pk}, name="Source"), person)
    runs.run_due(now=NOW)
    told = {one["journey"]["name"]: one for one in ask(f"candidates/{person.pk}/why")["journeys"]}
    assert told["Target"]["origin"]["why"] == "Step “go” of “Source” enrolled them."


def test_a_mail_by_hand_and_one_that_did_not_leave(
    publish: Publish, grace: User, ask: Callable[[str], Any]
) -> None:
    person = ReachableFactory.create()
    mail = messages.write(candidate=person, subject="Coffee?", text="Hello", by=grace)
    assert ask(f"messages/{mail.pk}/why")["sentences"][0] == f"{grace} wrote it by hand."
    messages.cancel(message_ids=[mail.pk], code="unsubscribed")
    told = ask(f"messages/{mail.pk}/why")
    assert (told["code"], told["sentences"][-1]) == (
        "unsubscribed", "It did not leave. They unsubscribed.",
    )  # fmt: skip
    TemplateFactory.create(key="later")
    outcomes.settle(now=NOW)
