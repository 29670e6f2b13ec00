"""A merge carries every row of every app to the one who is kept; its undo brings every row back as it was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm.actions import contact_points, merges
from crm.kernel.jobs import enqueue
from crm.models import Candidate, Event, EventHandoff, InboundMail
from crm.queries.personal_data import relations
from integrations.models import ExternalRef
from journeys.models import Enrollment
from talentpools.actions import members, shortlists
from talentpools.models import Member, Pool, SegmentDecision, SegmentMember, ShortlistEntry
from tests.factories import CandidateFactory, DoNotContactFactory, RequisitionFactory, UserFactory
from tests.factories.rows import any_row

pytestmark = pytest.mark.usefixtures("scope")
# Counted or stamped anew by whoever writes; and what is written about the merge itself.
_OF_THE_MOMENT = {"updated_at", "engagement_key", "last_engaged_at", "last_replied_at"}
# What analytics has about people is counted anew from the facts of both, and checked there.
_PEOPLE = [
    r
    for r in relations()
    if r.related_model is not Candidate and r.related_model._meta.app_label != "analytics"
]
_TABLES = sorted({r.related_model for r in _PEOPLE}, key=lambda m: m._meta.label)
_PAIRS = {model for model in _TABLES if sum(r.related_model is model for r in _PEOPLE) > 1}
Follow = Callable[[], None]


@pytest.fixture
def pair() -> tuple[Candidate, Candidate]:
    return CandidateFactory.create(first_name="Ada"), CandidateFactory.create(first_name="Augusta")


@pytest.fixture
def follow(on_commit: Any) -> Follow:
    """What the workers do: every handoff that waits, then nothing."""

    def run() -> None:
        with on_commit():
            for subscriber in set(EventHandoff.objects.values_list("subscriber", flat=True)):
                enqueue(subscriber)

    return run


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row about anybody, but for facts about merging."""
    found = {}
    for model in [Candidate, ExternalRef, *_TABLES]:
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in _OF_THE_MOMENT]
        kept = model.objects.exclude(kind__in=_NOTED) if model is Event else model.objects.all()
        found[model._meta.label] = list(kept.order_by("pk").values(*names))
    return found


_NOTED = (
    "candidate.merged", "candidate.merged_undone", "candidate.split", "candidate.carried",
    "candidate.returned", "journey.exited",
)  # fmt: skip


def owned_by(candidate: Candidate) -> set[tuple[str, int]]:
    """What hangs on the person; pairs of people are settled by a merge, not carried."""
    return {
        (relation.related_model._meta.label, pk)
        for relation in _PEOPLE
        if relation.related_model not in _PAIRS
        for pk in relation.related_model.objects.filter(**{relation.field.name: candidate})
        .exclude(**({"kind__in": _NOTED} if relation.related_model is Event else {}))
        .values_list("pk", flat=True)
    }


def everything_about(candidate: Candidate) -> None:
    for relation in (found for found in _PEOPLE if found.related_model not in _PAIRS):
        row: Any = any_row(relation.related_model)
        if isinstance(row, Event):
            Event.objects.filter(pk=row.pk).update(candidate_id=candidate.pk)
        else:
            setattr(row, relation.field.name, candidate)
            if hasattr(row, "company_folded"):
                row.company_folded = ""
            if isinstance(row, InboundMail):
                row.read_at = timezone.now()  # one that waits is read by what follows, and finds its person
            row.save()
    contact_points.make_primary(candidate=candidate, address="")


def test_every_row_goes_to_the_one_kept_and_comes_back(pair: Any, follow: Follow) -> None:
    keep, other = pair
    everything_about(other)
    before, theirs = rows(), owned_by(other)
    assert {label for label, _ in theirs} >= {"talentpools.Member", "journeys.Enrollment", "crm.Task"}
    receipt = merges.Merge(keep, other).run()
    follow()
    assert owned_by(other) == set()
    assert theirs <= owned_by(keep)
    merges.undo(receipt=receipt)
    follow()
    assert rows() == before


def test_what_both_have_stays_once_and_comes_back_twice(pair: Any, follow: Follow) -> None:
    keep, other = pair
    pool: Any = any_row(Pool)
    segment = any_row(SegmentMember).segment  # type: ignore[attr-defined]
    for person in pair:
        Member.objects.create(pool=pool, candidate=person, entered_at=keep.created_at)
        SegmentMember.objects.create(segment=segment, candidate=person, entered_at=keep.created_at)
    SegmentDecision.objects.create(segment=segment, candidate=keep, verdict="include")
    SegmentDecision.objects.create(segment=segment, candidate=other, verdict="exclude")
    requisition = RequisitionFactory.create()
    for person, verdict in ((keep, ""), (other, "star")):
        ShortlistEntry.objects.create(requisition=requisition, candidate=person, verdict=verdict)
    mine: Any = any_row(Enrollment)
    Enrollment.objects.filter(pk=mine.pk).update(candidate_id=keep.pk, state="active")
    same = {"journey": mine.journey, "version": mine.version, "enrolled_at": mine.enrolled_at}
    theirs = Enrollment.objects.create(candidate=other, waits_for="gap", waits_why="Slid.", **same)
    before = rows()

    receipt = merges.Merge(keep, other).run()
    follow()
    assert Member.objects.filter(pool=pool, left_at=None).get().candidate_id == keep.pk
    assert SegmentMember.objects.filter(segment=segment, left_at=None, candidate__in=pair).count() == 1
    assert SegmentDecision.objects.get(candidate=keep).verdict == "exclude"
    assert ShortlistEntry.objects.get(candidate=keep).verdict == "star"
    standing = Enrollment.objects.filter(candidate=keep).order_by("pk").values_list("state", "exit_reason")
    assert list(standing) == [("active", ""), ("exited", "merged")]

    merges.undo(receipt=receipt)
    follow()
    theirs.refresh_from_db()
    assert (theirs.state, theirs.waits_why, theirs.candidate_id) == ("active", "Slid.", other.pk)
    assert rows() == before


def test_following_twice_changes_nothing_more(pair: Any, follow: Follow) -> None:
    keep, other = pair
    everything_about(other)
    receipt = merges.Merge(keep, other).run()
    follow()
    once = rows()
    for task in ("talentpools.follow_merges", "integrations.follow_merges", "journeys.follow_events"):
        EventHandoff.objects.create(event_id=receipt, subscriber=task)
    follow()
    assert rows() == once


def test_an_undo_before_anybody_followed_moves_nothing(pair: Any, follow: Follow) -> None:
    keep, other = pair
    everything_about(other)
    before = rows()
    merges.undo(receipt=merges.Merge(keep, other).run())
    follow()
    assert rows() == before


def test_ats_ids_stand_for_the_one_kept(pair: Any, follow: Follow) -> None:
    keep, other = pair
    ref: Any = any_row(ExternalRef)
    ExternalRef.objects.filter(pk=ref.pk).update(kind="candidate", object_id=other.pk)
    receipt = merges.Merge(keep, other).run()
    follow()
    ref.refresh_from_db()
    assert ref.object_id == keep.pk
    merges.undo(receipt=receipt)
    follow()
    ref.refresh_from_db()
    assert ref.object_id == other.pk


def test_a_do_not_contact_and_the_wishes_of_both_hold(pair: Any) -> None:
    keep, other = pair
    DoNotContactFactory.create(candidate=other)
    Candidate.objects.filter(pk=keep.pk).update(topics_declined=["jobs"], preferred_gap_days=30)
    Candidate.objects.filter(pk=other.pk).update(
        topics_declined=["articles"], preferred_gap_days=90, not_before="2027-01-01"
    )
    merges.Merge(keep, other).run()
    keep.refresh_from_db()
    assert keep.do_not_contacts.count() == 1
    assert (keep.topics_declined, keep.preferred_gap_days) == (["articles", "jobs"], 90)
    assert str(keep.not_before) == "2027-01-01"


def test_a_chain_of_merges_ends_at_one_person_and_is_undone_from_its_end(follow: Follow) -> None:
    first, second, third = CandidateFactory.create_batch(3)
    everything_about(first)
    before = rows()
    one = merges.Merge(second, first).run()
    two = merges.Merge(third, second).run()
    first.refresh_from_db()
    assert first.merged_into_id == third.pk
    with pytest.raises(merges.CannotMerge):
        merges.undo(receipt=one)
    follow()
    merges.undo(receipt=two)
    merges.undo(receipt=one)
    follow()
    assert rows() == before


def test_a_receipt_of_a_pool_or_a_shortlist_finds_who_they_are_now(pair: Any, follow: Follow) -> None:
    keep, other = pair
    by, pool, requisition = UserFactory.create(), any_row(Pool), RequisitionFactory.create()
    added = members.add(pool=pool, candidate_ids=[other.pk], by=by)  # type: ignore[arg-type]
    listed = shortlists.add(requisition=requisition, candidate_ids=[other.pk], by=by)
    merges.Merge(keep, other).run()
    follow()
    members.undo(receipt=added, by=by)
    shortlists.undo(receipt=listed, by=by)
    assert not Member.objects.filter(left_at=None).exists()
    assert not ShortlistEntry.objects.exists()


def test_the_application_may_move_every_table_that_knows_a_person() -> None:
    """An append-only table must leave its person's column open, or a merge stops at it."""
    closed = []
    with connection.cursor() as cursor:
        for relation in _PEOPLE:
            table, column = relation.related_model._meta.db_table, relation.field.column
            cursor.execute("SELECT has_column_privilege(%s, %s, 'UPDATE')", [table, column])
            if not cursor.fetchone()[0]:
                closed.append(table)
    assert closed == []
