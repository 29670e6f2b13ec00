"""Which pools and segments a person is in, was in, and why: the profile's panel and the API's `why`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.models import Candidate
from talentpools.models import Member, SegmentDecision, SegmentMember
from talentpools.queries import pools, rule_readings
from talentpools.queries.rule_readings import Reading


@dataclass(frozen=True, slots=True)
class InPool:
    """A stay in a pool, put there by somebody."""

    stay: Member


@dataclass(frozen=True, slots=True)
class InSegment:
    """A stay in a segment, the rules that made it, and what somebody decided, if anybody did."""

    stay: SegmentMember
    reading: Reading | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Groups:
    """Everything a person is in now, and what they were in before."""

    pools: list[InPool]
    segments: list[InSegment]
    waiting: list[InSegment]
    left: list[SegmentMember]


def groups_of(candidate_id: int, *, user_id: int | None) -> Groups:
    """The person's pools and segments this user may know of."""
    visible = pools.visible_to(user_id)
    stays = Member.objects.filter(candidate_id=candidate_id, left_at=None, pool__in=visible.values("pk"))
    filled = _stays(candidate_id, user_id)
    verdicts = dict(
        SegmentDecision.objects.filter(candidate_id=candidate_id).values_list("segment_id", "verdict")
    )
    now = [
        InSegment(stay, rule_readings.read(stay.segment.rules), verdicts.get(stay.segment_id, ""))
        for stay in filled.filter(left_at=None)
    ]
    return Groups(
        [InPool(stay) for stay in stays.select_related("pool", "added_by").order_by("pool__name")],
        [one for one in now if one.stay.is_reviewed],
        [one for one in now if not one.stay.is_reviewed],
        list(filled.filter(left_at__isnull=False, is_reviewed=True).order_by("-left_at")[:10]),
    )


def why(candidate: Candidate, *, now: datetime) -> dict[str, Any]:
    """For the API: segments and shared pools of the person, when and by which version of the rules."""
    stays = _stays(candidate.pk, None)
    shared = pools.visible_to(None).values("pk")
    members = Member.objects.filter(candidate=candidate, pool__in=shared).select_related("pool")
    return {
        "segments": [_segment(stay) for stay in stays.order_by("-entered_at")[:100]],
        "pools": [
            {
                "pool": stay.pool_id,
                "name": stay.pool.name,
                "entered_at": stay.entered_at,
                "left_at": stay.left_at,
                "added_by": stay.added_by_id,
            }
            for stay in members.order_by("-entered_at")[:100]
        ],
    }


def _segment(stay: SegmentMember) -> dict[str, Any]:
    return {
        "segment": stay.segment_id,
        "name": stay.segment.name,
        "member": stay.left_at is None and stay.is_reviewed,
        "waits_for_review": stay.left_at is None and not stay.is_reviewed,
        "entered_at": stay.entered_at,
        "entered_by_version": stay.entered_by_version,
        "left_at": stay.left_at,
        "left_by_version": stay.left_by_version,
    }


def _stays(candidate_id: int, user_id: int | None) -> Any:
    visible = pools.segments_visible_to(user_id).values("pk")
    found = SegmentMember.objects.filter(candidate_id=candidate_id, segment__in=visible)
    return found.select_related("segment", "segment__pool").order_by("segment__name", "pk")
