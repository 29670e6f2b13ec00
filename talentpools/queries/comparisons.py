"""A few people of a shortlist side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.models import CandidateSkill, Requisition
from crm.policies import engagement
from crm.queries.duplicates import folded_words
from crm.queries.engagement import scale
from talentpools.models import ReviewVerdict, ShortlistEntry
from talentpools.queries import matches, shortlist_reviews, shortlists

MOST = 5


@dataclass(frozen=True, slots=True)
class Compared:
    """One person: their place on the list, why they fit, and which wanted skills they have or lack."""

    entry: ShortlistEntry
    match: matches.Match | None
    skills: list[str]
    lacking: list[str]
    engagement: int
    said: list[ReviewVerdict]


def compare(requisition: Requisition, candidate_ids: Sequence[int], *, now: datetime) -> list[Compared]:
    """The first five of these people who are on the list, in the list's order; seven statements."""
    listed = shortlists.entries(requisition).filter(candidate_id__in=candidate_ids[:MOST])
    entries = list(listed)
    ids = [entry.candidate_id for entry in entries]
    fits = matches.of_people(ids, requisition, now=now)
    skills = _skills(ids)
    wanted, scored = folded_words(requisition.skills), scale()
    said = shortlist_reviews.verdicts_on(entries)
    return [
        Compared(
            entry=entry,
            match=fits.get(entry.candidate_id),
            skills=[name for name, _ in skills[entry.candidate_id]],
            lacking=_lacking(wanted, [folded for _, folded in skills[entry.candidate_id]]),
            engagement=engagement.shown(engagement.score_at(entry.candidate.engagement_key, now, scored)),
            said=said.get(entry.pk, []),
        )
        for entry in entries
    ]


def _skills(candidate_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {pk: [] for pk in candidate_ids}
    held = CandidateSkill.objects.filter(candidate_id__in=candidate_ids).order_by("skill__name")
    for candidate_id, name, folded in held.values_list("candidate_id", "skill__name", "skill__folded"):
        found[candidate_id].append((name, folded))
    return found


def _lacking(wanted: dict[str, str], held: Sequence[str]) -> list[str]:
    return [name for name, folded in wanted.items() if folded not in held]
