"""After whatever happened to people, looking at the changed ones gives what looking at everybody gives."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crm.actions import (
    activities,
    candidates,
    consents,
    contact_points,
    custom_fields,
    do_not_contact,
    erasures,
    hiring,
    merges,
    requisitions,
    tags,
    upserts,
)
from crm.kernel.errors import DomainError
from crm.models import (
    Application,
    Candidate,
    ContactPoint,
    Event,
    Requisition,
    StageEntry,
    Suppression,
    User,
    Workspace,
)
from crm.policies import people
from crm.policies.people import Basis
from crm.queries.people import custom_fields as fields_here
from talentpools.actions import changes, decisions, members, refreshes
from talentpools.actions import merges as merges_here
from talentpools.models import Pool, Segment, SegmentMember, SegmentWatch
from tests.conftest import NOW
from tests.factories import CandidateFactory, ContactPointFactory

PEOPLE = 6
Act = Callable[[Candidate, Any], object]


def _rules(pool: Pool, requisition: Requisition) -> list[dict[str, Any]]:
    """Rules that never change their answer by time alone, one for each thing a door can change."""
    applied = {"requisition": requisition.pk, "outcome": "rejected"}
    return [
        {"field": "stage", "op": "eq", "value": "screening"},
        {"field": "country", "op": "neq", "value": "DE"},
        {"field": "full_name", "op": "contains", "value": "an"},
        {"field": "skills", "op": "any_of", "value": ["Python"]},
        {"field": "tags", "op": "none_of", "value": ["vip"]},
        {"field": "custom.level", "op": "gte", "value": 3},
        {"field": "email", "op": "is_empty"},
        {"field": "reachable", "op": "is_true"},
        {"field": "consent", "op": "in", "value": ["granted", "withdrawn"]},
        {"field": "engagement", "op": "is_not_empty"},
        {"activity": "event.attended", "op": "at_least", "count": 2},
        {"application": applied},
        {"application": {"role_family_in": ["sales"], "was_in_stage": "offer"}},
        {"pool": pool.pk},
    ]


def test_taking_in_changes_equals_looking_at_everybody(scope: Workspace, grace: User) -> None:
    pool = Pool.objects.create(name="Pool")
    requisition = Requisition.objects.create(title="One", role_family="sales")
    custom_fields.ensure(label="Level", kind="number", key="level")
    crowd = [_person(number) for number in range(PEOPLE)]
    made = [Segment.objects.create(name=str(n), rules=r) for n, r in enumerate(_rules(pool, requisition))]
    first = made[0].pk
    made.append(Segment.objects.create(name="not the first", rules={"not": {"segment": first}}))
    changes.take_in(workspace_id=scope.pk, now=NOW)
    doors = _doors(pool, requisition, grace)
    steps = st.tuples(st.sampled_from(sorted(doors)), st.integers(0, PEOPLE - 1), st.integers(0, 3))

    @settings(max_examples=15, phases=[Phase.generate], deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.lists(st.lists(steps, min_size=2, max_size=7), min_size=1, max_size=2))
    def agrees(rounds: list[list[tuple[str, int, int]]]) -> None:
        with transaction.atomic():
            for number, done in enumerate(rounds, 1):
                _see_only_what_follows()
                for door, who, what in done:
                    _through(doors[door], crowd[who], what)
                merges_here.follow(now=NOW)
                _take_in(scope, number)
            incremental = _members(made)
            refreshes.refresh_all(now=NOW)
            assert incremental == _members(made), rounds
            transaction.set_rollback(True)

    agrees()


def _person(number: int) -> Candidate:
    email = f"person{number}-{Candidate.objects.count()}@x.example"
    person = CandidateFactory.create(
        first_name=["Ana", "Bo"][number % 2], country=["DE", "FR"][number % 2], email=email,
        email_state="ok", consent="granted",
    )  # fmt: skip
    ContactPointFactory.create(candidate=person, kind="email", value=email, normalized=email, is_primary=True)
    return person


def _see_only_what_follows() -> None:
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    SegmentWatch.objects.update(floor_event_id=newest)


def _take_in(workspace: Workspace, number: int) -> None:
    changes.take_in(workspace_id=workspace.pk, now=NOW + timedelta(seconds=number))


def _members(made: list[Segment]) -> dict[str, tuple[int, set[int]]]:
    """How many each segment says it holds, and who is in it."""
    inside: dict[int, set[int]] = {one.pk: set() for one in made}
    for segment, candidate in SegmentMember.objects.filter(left_at=None).values_list("segment", "candidate"):
        inside[segment].add(candidate)
    sizes = Segment.objects.values_list("pk", "name", "size")
    return {name: (size, inside[pk]) for pk, name, size in sizes}


def _through(act: Act, person: Candidate, what: int) -> None:
    living = Candidate.objects.filter(pk=person.pk, anonymized_at=None, merged_into=None).first()
    if living is None:
        return
    try:
        with transaction.atomic():
            act(living, what)
    except DomainError:
        pass


def _doors(pool: Pool, requisition: Requisition, by: User) -> dict[str, Act]:
    """What people, programs and systems do to a candidate, by name."""
    return _doors_of_the_record(by) | _doors_of_contact(by) | _doors_around(pool, requisition, by)


def _doors_of_the_record(by: User) -> dict[str, Act]:
    given: list[dict[str, Any]] = [
        {"country": "FR"},
        {"first_name": "Anna", "skills": ["Python"]},
        {"custom": {"level": 5}},
        {"tags": []},
    ]
    stages = ["screening", "offer_ready", "initial_interest", "screening"]

    def undone(person: Candidate, what: int) -> None:
        candidates.undo_stages(
            receipt=candidates.set_stage(candidate_ids=[person.pk], stage=stages[what], by=by)
        )

    def merge(person: Candidate, what: int) -> None:
        other = Candidate.objects.filter(anonymized_at=None, merged_into=None).exclude(pk=person.pk)[what]
        receipt = merges.Merge(person, other, [], by).run()
        if what % 2:
            merges_here.follow(now=NOW)
            merges.undo(receipt=receipt, by=by)

    def upsert(person: Candidate, what: int) -> None:
        row = {"email": person.email or f"new{what}@x.example", "stage": stages[what], "skills": ["Python"]}
        upserts.Upsert([people.read(row, custom_fields=fields_here())], "csv", NOW, by).run()

    def archive(person: Candidate, what: int) -> None:
        act = candidates.restore if person.archived_at else candidates.archive
        act(candidate_ids=[person.pk], by=by)

    return {
        "change": lambda person, what: candidates.change(candidate=person, given=given[what], by=by),
        "stage": lambda person, what: candidates.set_stage(
            candidate_ids=[person.pk], stage=stages[what], by=by
        ),
        "stage undone": undone,
        "tag": lambda person, what: tags.add(candidate_ids=[person.pk], name=["vip", "Ada"][what % 2], by=by),
        "tag undone": lambda person, _: tags.undo(
            receipt=tags.add(candidate_ids=[person.pk], name="vip", by=by), by=by
        ),
        "archive": archive,
        "merge": merge,
        "import": upsert,
        "erase": lambda person, what: what == 3 and erasures.erase(candidate=person, by=by),
    }


def _doors_of_contact(by: User) -> dict[str, Act]:
    def forget(person: Candidate, _: int) -> None:
        if point := ContactPoint.objects.filter(candidate=person).first():
            contact_points.remove(contact_point=point)

    def unsuppress(person: Candidate, _: int) -> None:
        consents.suppress(address=person.email, reason="bounced")
        consents.unsuppress(suppression=Suppression.objects.latest("pk"), by=by)

    return {
        "grant": lambda person, _: consents.grant(candidate=person, basis=Basis(source="x"), by=by),
        "withdraw": lambda person, _: consents.withdraw(candidate=person, channel="mail", by=by),
        "unsubscribe": lambda person, _: consents.unsubscribe(candidate=person, channel="mail", by=by),
        "suppress": lambda person, _: consents.suppress(address=person.email, reason="bounced", by=by),
        "unsuppress": unsuppress,
        "restrict": lambda person, _: do_not_contact.restrict(candidate=person, reason="asked", by=by),
        "lift": lambda person, _: do_not_contact.lift(candidate=person, by=by),
        "take an address off": forget,
    }


def _doors_around(pool: Pool, requisition: Requisition, by: User) -> dict[str, Act]:
    def attend(person: Candidate, what: int) -> None:
        for place in range(1 + what % 2):
            activities.record(candidate=person, kind="event.attended", at=NOW - timedelta(days=place), by=by)

    def apply(person: Candidate, what: int) -> None:
        known = Application.objects.filter(candidate=person).first()
        row = {"outcome": ["active", "rejected"][what % 2], "rejection_reason": "timing"}
        if known is None:
            pk = (Application.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
            new = row | {
                "id": pk,
                "candidate_id": person.pk,
                "requisition_id": requisition.pk,
                "applied_at": NOW,
            }
            hiring.save_applications(new=[new | _BLANK], changed=[])
        else:
            hiring.save_applications(new=[], changed=[row | {"id": known.pk}])

    def staged(person: Candidate, what: int) -> None:
        application = Application.objects.filter(candidate=person).first()
        if application is None:
            return
        if entry := StageEntry.objects.filter(application=application).first():
            told = {
                "id": entry.pk,
                "application_id": application.pk,
                "stage": ["offer", "screening"][what % 2],
            }
            hiring.save_stage_entries(new=[], changed=[told], candidates={application.pk: person.pk})
            return
        pk = (StageEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        new = {"id": pk, "application_id": application.pk, "stage": "offer", "vendor_stage": "x"}
        new |= {"entered_at": NOW, "left_at": None}
        hiring.save_stage_entries(new=[new], changed=[], candidates={application.pk: person.pk})

    return _doors_of_groups(pool, by) | {
        "attend": attend,
        "apply": apply,
        "reach a stage": staged,
        "another role family": lambda _, what: requisitions.change(
            requisition=requisition, columns={"role_family": ["engineering", "sales"][what % 2]}, by=by
        ),
    }


def _doors_of_groups(pool: Pool, by: User) -> dict[str, Act]:
    return {
        "into the pool": lambda person, _: members.add(pool=pool, candidate_ids=[person.pk], by=by),
        "out of the pool": lambda person, _: members.remove(pool=pool, candidate_ids=[person.pk], by=by),
        "always in": lambda person, _: decisions.include(
            segment=Segment.objects.get(name="0"), candidate=person, by=by
        ),
        "never in": lambda person, _: decisions.exclude(
            segment=Segment.objects.get(name="0"), candidate=person, by=by
        ),
    }


_BLANK = {
    "ended_at": None, "hired_at": None, "current_stage": "", "current_stage_name": "", "source": "",
    "rejection_reason_text": "",
}  # fmt: skip
