"""A rehearsal says what the real run then does: every instant, every refusal."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, DoNotContact, Message, User, Workspace
from journeys.actions import enrollments, journeys, rehearsals
from journeys.actions.mailboxes import set_pace
from journeys.actions.rehearsals import Wish
from journeys.models import Enrollment, Journey, Rehearsal, RehearsedPerson, StepRun
from journeys.policies.rehearsal_record import stamp
from tests.conftest import NOW
from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory
from tests.factories.journeys import ReachableFactory, TemplateFactory, document, message
from tests.journeys.conftest import Sink

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)
OFFICE = {
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "ranges": [["09:00", "12:00"], ["13:30", "17:00"]],
    "zone": "candidate",
}
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Auckland")
WAIT = {"id": "w", "type": "wait", "after": {"days": 3, "at": "10:00"}}
SPLIT = {
    "id": "s1", "type": "split",
    "arms": [
        {"name": "A", "weight": 50, "steps": [message("a1", after={"weeks": 1})]},
        {"name": "B", "weight": 50, "steps": [WAIT]},
    ],
}  # fmt: skip
BRANCH = {
    "id": "b1", "type": "branch", "if": {"message": {"step": "m1", "was": "clicked"}}, "wait": {"weeks": 2},
    "then": [message("t1")], "else": [{"id": "task", "type": "task", "title": "Call"}],
}  # fmt: skip
NURTURE = (message("m1", after={"days": 3}), BRANCH, SPLIT, message("m2", after={"weeks": 2}))
RIVAL = (message("r1", after={"days": 4}), message("r2", after={"months": 1}), {"id": "e", "type": "end"})


@pytest.fixture
def acme(transactional_db: None) -> Workspace:
    workspace: Workspace = WorkspaceFactory.create(slug="acme", time_zone="Europe/Berlin")
    with workspace_scope(workspace.pk):
        TemplateFactory.create(key="hello")
    return workspace


@pytest.fixture
def colleague(acme: Workspace) -> User:
    user: User = UserFactory.create(name="Ada")
    MembershipFactory.create(workspace=acme, user=user)
    return user


def a_crowd(colleague: User) -> list[Candidate]:
    """Everybody there can be something about."""
    people: list[Candidate] = [
        ReachableFactory.create(
            time_zone=ZONES[n % 4],
            country=("DE", "US", "JP", "NZ")[n % 4],
            owner=colleague if n % 3 else None,
            preferred_gap_days=21 if n % 5 == 0 else None,
        )
        for n in range(27)  # however their ids split them, enough is sent
    ]
    return people


def trouble(people: list[Candidate]) -> None:
    """What came up after they entered."""
    special: tuple[dict[str, Any], ...] = (
        {"first_name": ""}, {"consent_expires_at": NOW + 20 * DAY}, {"unsubscribed_at": NOW},
        {"not_before": dt.date(2026, 7, 20), "time_zone": "Asia/Tokyo"}, {"email_state": "none"},
        {"topics_declined": ["talent_community"]},
    )  # fmt: skip
    for person, change in zip(people, special, strict=False):
        Candidate.objects.filter(pk=person.pk).update(**change)
    DoNotContact.objects.create(candidate=people[7], expires_at=NOW + 10 * DAY)
    DoNotContact.objects.create(candidate=people[8])


def live(*steps: dict[str, Any], people: list[Candidate], **settings: Any) -> Journey:
    draft = journeys.save_draft(document=document(*steps, **settings), by=None)
    journeys.publish(journey=draft, by=None)
    journey = Journey.objects.get(pk=draft.pk)
    enrollments.enroll(journey=journey, candidate_ids=[person.pk for person in people], now=NOW)
    return journey


def play(journey: Journey, *, days: int = 84, **assumptions: Any) -> Rehearsal:
    workspace_id, entering = journey.workspace_id or 0, assumptions.pop("entering", None)
    with workspace_scope(workspace_id):
        wish = Wish(NOW, days, assumptions, entering)
        made = rehearsals.start(journey=journey, wish=wish, by=None, in_background=False)
    rehearsals.play(workspace_id=workspace_id, rehearsal_id=made.pk)
    with workspace_scope(workspace_id):
        found = Rehearsal.objects.get(pk=made.pk)
    assert found.state == "finished", found.failure
    return found


def told(rehearsal: Rehearsal, *kinds: str) -> set[tuple[Any, ...]]:
    """(person, journey, step, what, at, code) of these kinds."""
    with workspace_scope(rehearsal.workspace_id or 0):
        rows = RehearsedPerson.objects.filter(rehearsal=rehearsal)
        return {
            (row.candidate_id, journey, step, what, at, code)
            for row in rows
            for at, journey, step, what, code, _ in row.path
            if what in kinds
        }


def happened(workspace: Workspace) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """What the real run did: the messages with their instants, the refusals with theirs."""
    with workspace_scope(workspace.pk):
        runs = list(StepRun.objects.select_related("enrollment", "message"))
    sent = {
        (run.enrollment.candidate_id, run.journey_id, run.step_id, "sent", stamp(run.message.sent_at), "")
        for run in runs
        if run.message and run.message.sent_at
    }
    refused = {
        (
            run.enrollment.candidate_id,
            run.journey_id,
            run.step_id,
            run.state,
            stamp(run.started_at),
            run.refusal,
        )
        for run in runs
        if run.state in ("held", "refused")
    }
    return sent, refused


def test_what_was_rehearsed_is_what_then_happens(acme: Workspace, colleague: User, sink: Sink) -> None:
    with workspace_scope(acme.pk):
        people = a_crowd(colleague)
        for sender in (None, colleague):
            set_pace(sender=sender, daily_limit=3, spacing_seconds=60)
        settings = {"window": OFFICE, "holidays": "candidate_country"}
        journey = live(*NURTURE, people=people, name="Nurture", priority=40, **settings)
        live(*RIVAL, people=people[:15], name="Rival", priority=60, **settings)
        trouble(people)
    rehearsal = play(journey)
    until = (NOW + 84 * DAY).isoformat()
    call_command("tick", "--workspace", "acme", "--at", NOW.isoformat(), "--until", until, stdout=StringIO())
    sent, refused = happened(acme)
    assert told(rehearsal, "sent") == sent
    assert told(rehearsal, "held", "refused") == refused
    assert len(sent) >= 60
    assert len(sink.mails) == len(sent)
    assert {code for *_, code in refused} >= {"missing_value", "no_address", "do_not_contact", "unsubscribed"}
    with workspace_scope(acme.pk):
        ends = dict(Enrollment.objects.filter(journey=journey).values_list("candidate_id", "state"))
        assert dict(rehearsal.people.values_list("candidate_id", "state")) == ends
    assert rehearsal.result["collisions"]["people"] > 5
    assert {box["name"] for box in rehearsal.result["mailboxes"]} == {"", "Ada"}
    assert all(
        day["sent"] + day["others"] <= 3 for box in rehearsal.result["mailboxes"] for day in box["days"]
    )


def test_a_rehearsal_writes_nothing_but_itself(acme: Workspace, colleague: User) -> None:
    with workspace_scope(acme.pk):
        journey = live(*NURTURE, people=a_crowd(colleague))
    with CaptureQueriesContext(connection) as captured:
        play(journey)
    writes = [
        query["sql"] for query in captured.captured_queries
        if query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    ]  # fmt: skip
    assert writes
    assert all("rehears" in statement.split("WHERE")[0] for statement in writes)


def test_assumed_replies_let_people_out_and_a_seed_repeats_them(acme: Workspace, colleague: User) -> None:
    with workspace_scope(acme.pk):
        people = [ReachableFactory.create() for _ in range(60)]
        for sender in (None, colleague):
            set_pace(sender=sender, daily_limit=1_000, spacing_seconds=0)
        journey = live(*NURTURE, people=people)
    quiet, first = play(journey), play(journey, reply_rate=0.5, seed=7)
    again, other = play(journey, reply_rate=0.5, seed=7), play(journey, reply_rate=0.5, seed=8)
    assert quiet.result["states"] == {"completed": 60}
    assert 15 < first.result["states"]["exited"] < 60
    assert told(first, "sent", "exited") == told(again, "sent", "exited")
    assert told(first, "exited") != told(other, "exited")
    clicked = play(journey, click_rate=1.0)
    assert {step for _, _, step, *_ in told(clicked, "sent")} >= {"m1", "t1"}


def test_a_draft_is_rehearsed_with_who_would_enter(acme: Workspace) -> None:
    with workspace_scope(acme.pk):
        people = [ReachableFactory.create(), ReachableFactory.create(consent="none")]
        draft = journeys.save_draft(document=document(message("m1", after={"days": 1})), by=None)
    rehearsal = play(draft, days=7, entering=tuple(person.pk for person in people))
    assert (rehearsal.result["entered"], rehearsal.result["not_entered"]) == (1, {"no_basis": 1})
    with workspace_scope(acme.pk):
        states = dict(rehearsal.people.values_list("candidate_id", "state"))
        assert not Enrollment.objects.exists()
        assert not Message.objects.exists()
    assert states == {people[0].pk: "completed", people[1].pk: "refused"}


def test_a_stopped_rehearsal_keeps_nothing(acme: Workspace) -> None:
    with workspace_scope(acme.pk):
        journey = live(message("m1", after={"days": 1}), people=[ReachableFactory.create()])
        made = rehearsals.start(journey=journey, wish=Wish(NOW, 7, {}), by=None, in_background=False)
        rehearsals.cancel(rehearsal=made)
    rehearsals.play(workspace_id=acme.pk, rehearsal_id=made.pk)
    with workspace_scope(acme.pk):
        assert Rehearsal.objects.get().state == "canceled"
        assert not RehearsedPerson.objects.exists()


@pytest.mark.parametrize(
    ("days", "assumptions"),
    [(0, {}), (401, {}), (7, {"reply_rate": 2}), (7, {"open_rate": "x"}), (7, {"seed": -1})],
)
def test_what_cannot_be_assumed_is_refused(acme: Workspace, days: int, assumptions: dict[str, Any]) -> None:
    with workspace_scope(acme.pk):
        draft = journeys.save_draft(document=document(message("m1")), by=None)
        with pytest.raises(rehearsals.BadAssumptions):
            rehearsals.start(journey=draft, wish=Wish(NOW, days, assumptions), by=None)
