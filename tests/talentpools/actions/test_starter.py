from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm.models import HiringStage, Workspace
from talentpools.actions import starter
from talentpools.models import SegmentMember
from tests.factories import ApplicationFactory, CandidateFactory

SILVER, TIMING = "Silver medalists", "Strong, wrong moment"
FINAL, INTERVIEW = {"furthest_stage": "final_interview"}, {"furthest_stage": "interview"}
# What became of somebody's applications, months ago, and where that puts them.
HISTORIES: dict[str, tuple[list[tuple[str, int, dict[str, str]]], set[str]]] = {
    "runner-up": ([("rejected", 2, FINAL | {"rejection_reason": "runner_up"})], {SILVER}),
    "reason unknown": ([("rejected", 2, FINAL)], {SILVER}),
    "final, bad timing": ([("rejected", 2, FINAL | {"rejection_reason": "timing"})], {SILVER, TIMING}),
    "long ago, no headcount": ([("rejected", 20, FINAL | {"rejection_reason": "headcount"})], {TIMING}),
    "interview, no headcount": ([("rejected", 2, INTERVIEW | {"rejection_reason": "headcount"})], {TIMING}),
    "interview, skills": ([("rejected", 2, INTERVIEW | {"rejection_reason": "skills"})], set()),
    "screening, timing": (
        [("rejected", 2, {"furthest_stage": "screening", "rejection_reason": "timing"})],
        set(),
    ),
    "withdrew": ([("withdrawn", 2, FINAL)], set()),
    "in another process": ([("rejected", 2, FINAL), ("active", 0, {})], set()),
    "hired since": ([("rejected", 8, FINAL), ("hired", 2, FINAL)], set()),
}


def test_stage_history_and_reasons_decide_who_is_a_silver_medalist_or_came_at_the_wrong_moment(
    scope: Workspace,
) -> None:
    for name, (applications, _) in HISTORIES.items():
        person = CandidateFactory.create(first_name=name, role_family="engineering")
        for outcome, months, facts in applications:
            rank = HiringStage.values.index(facts["furthest_stage"]) if facts else -1
            ended = _ended(outcome, months)
            ApplicationFactory.create(candidate=person, furthest_rank=rank, **ended, **facts)

    starter.make(keys=["engineering:silver", "engineering:timing"], by=None)

    found: dict[str, set[str]] = {name: set() for name in HISTORIES}
    for stay in SegmentMember.objects.filter(left_at=None).select_related("candidate", "segment"):
        found[stay.candidate.first_name].add(stay.segment.name)
    assert found == {name: segments for name, (_, segments) in HISTORIES.items()}


def _ended(outcome: str, months: int) -> dict[str, Any]:
    at = timezone.now() - timedelta(days=30 * months)
    return {"outcome": outcome, "ended_at": None if outcome == "active" else at} | (
        {"hired_at": at} if outcome == "hired" else {}
    )
