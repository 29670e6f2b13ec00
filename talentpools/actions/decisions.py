"""What people decide about members of a segment: always in, never in, and the review of what matches."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import event_sets, events
from crm.models import Candidate, User
from talentpools.actions import refreshes
from talentpools.actions.members import AlreadyUndone
from talentpools.models import Receipt, Segment, SegmentDecision, SegmentMember


@transaction.atomic
def include(*, segment: Segment, candidate: Candidate, by: User) -> None:
    """Keep the person in, whatever the rules say. Twice is once."""
    _decide(segment, candidate, SegmentDecision.Verdict.INCLUDE, by)


@transaction.atomic
def exclude(*, segment: Segment, candidate: Candidate, by: User) -> None:
    """Keep the person out, whatever the rules say. Twice is once."""
    _decide(segment, candidate, SegmentDecision.Verdict.EXCLUDE, by)


@transaction.atomic
def undecide(*, segment: Segment, candidate: Candidate, by: User) -> None:
    """Let the rules decide about the person again."""
    deleted, _ = SegmentDecision.objects.filter(segment=segment, candidate=candidate).delete()
    if deleted:
        events.record(
            "segment.decided", candidate=candidate, by=by, data={"segment": segment.pk, "verdict": ""}
        )
        _look_again(segment, [candidate.pk])


@transaction.atomic
def accept(*, segment: Segment, candidate_ids: Sequence[int], by: User) -> Receipt:
    """Let matches that wait for a review in. Those who no longer wait are left alone."""
    waiting = _waiting(segment, candidate_ids)
    ids = sorted(waiting.select_for_update(of=("self",)).values_list("candidate_id", flat=True))
    waiting.update(is_reviewed=True)
    _record(segment, "segment.entered", ids, by)
    _recount(segment)
    refreshes.spread(segment_id=segment.pk, people=ids, now=timezone.now())
    return _receipt(Receipt.Kind.SEGMENT_ACCEPT, segment, ids, len(candidate_ids), by)


@transaction.atomic
def refuse(*, segment: Segment, candidate_ids: Sequence[int], by: User, reason: str = "") -> Receipt:
    """Keep matches that wait for a review out for good, and remember why."""
    ids = sorted(_waiting(segment, candidate_ids).values_list("candidate_id", flat=True))
    verdict = SegmentDecision.Verdict.EXCLUDE
    refused = [
        SegmentDecision(
            segment=segment, candidate_id=pk, verdict=verdict, decided_by=by, reason=reason.strip()[:200]
        )
        for pk in ids
    ]
    SegmentDecision.objects.bulk_create(
        refused,
        update_conflicts=True,
        unique_fields=["workspace", "segment", "candidate"],
        update_fields=["verdict", "decided_by", "reason"],
    )
    if ids:
        _look_again(segment, ids)
    return _receipt(Receipt.Kind.SEGMENT_REFUSE, segment, ids, len(candidate_ids), by)


@transaction.atomic
def undo(*, receipt: Receipt, by: User) -> Receipt:
    """Let those of an accepting or refusing wait again. Refuses the second time; who left since stays out."""
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if receipt.undone_at is not None:
        raise AlreadyUndone
    segment = Segment.objects.get(pk=receipt.target_id)
    ids: list[int] = receipt.undo["candidates"]
    if receipt.kind == Receipt.Kind.SEGMENT_ACCEPT:
        _wait_again(segment, ids, by)
    else:
        SegmentDecision.objects.filter(segment=segment, candidate_id__in=ids, verdict="exclude").delete()
        _look_again(segment, ids)
    receipt.undone_at = timezone.now()
    receipt.save(update_fields=["undone_at"])
    return receipt


def _wait_again(segment: Segment, ids: Sequence[int], by: User) -> None:
    inside = SegmentMember.objects.filter(
        segment=segment, candidate_id__in=ids, left_at=None, is_reviewed=True
    )
    back = sorted(inside.select_for_update(of=("self",)).values_list("candidate_id", flat=True))
    inside.update(is_reviewed=False)
    _record(segment, "segment.left", back, by)
    _recount(segment)
    refreshes.spread(segment_id=segment.pk, people=ids, now=timezone.now())


def _waiting(segment: Segment, candidate_ids: Sequence[int]) -> Any:
    return SegmentMember.objects.filter(
        segment=segment, candidate_id__in=candidate_ids, left_at=None, is_reviewed=False
    )


def _decide(segment: Segment, candidate: Candidate, verdict: str, by: User) -> None:
    SegmentDecision.objects.update_or_create(
        segment=segment, candidate=candidate, defaults={"verdict": verdict, "decided_by": by, "reason": ""}
    )
    data = {"segment": segment.pk, "verdict": verdict}
    events.record("segment.decided", candidate=candidate, by=by, data=data)
    _look_again(segment, [candidate.pk])


def _record(segment: Segment, kind: str, ids: Sequence[int], by: User) -> None:
    about = {"segment": segment.pk, "version": segment.rules_version}
    event_sets.record_for(ids, kind, by=by, at=timezone.now(), data=about)


def _receipt(kind: str, segment: Segment, ids: Sequence[int], asked: int, by: User) -> Receipt:
    return Receipt.objects.create(
        kind=kind,
        target_id=segment.pk,
        changed=len(ids),
        unchanged=asked - len(ids),
        undo={"candidates": list(ids)},
        made_by=by,
        made_at=timezone.now(),
    )


def _look_again(segment: Segment, candidate_ids: Sequence[int]) -> None:
    """Refresh the segment over these people, and the segments that build on it over whoever moved."""
    now = timezone.now()
    done = refreshes.refresh(segment=segment, now=now, only=candidate_ids)
    refreshes.spread(segment_id=segment.pk, people=done.touched, now=now)


def _recount(segment: Segment) -> None:
    size = SegmentMember.objects.filter(segment=segment, left_at=None, is_reviewed=True).count()
    Segment.objects.filter(pk=segment.pk).update(size=size)
