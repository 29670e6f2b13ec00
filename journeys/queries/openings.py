"""Open requisitions and what people look for, for job alerts."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from crm.models import Candidate, CandidateSkill, Requisition
from journeys.policies.job_matching import Opening, Seeker

_COLUMNS = ("pk", "title", "location", "country", "is_remote", "role_family", "seniority", "skills")


def openings() -> list[Opening]:
    """Every open requisition of the workspace."""
    rows = Requisition.objects.filter(status=Requisition.Status.OPEN).order_by("pk").values(*_COLUMNS)
    return [_opening(row) for row in rows]


def seekers(ids: Collection[int]) -> dict[int, Seeker]:
    """These people as job alerts see them."""
    skills: dict[int, set[str]] = defaultdict(set)
    known = CandidateSkill.objects.filter(candidate_id__in=ids).values_list("candidate_id", "skill__name")
    for candidate_id, name in known:
        skills[candidate_id].add(name.casefold())
    rows = Candidate.objects.filter(pk__in=ids).values_list(
        "pk", "role_family", "seniority", "country", "relocation"
    )
    return {
        pk: Seeker(family, seniority, country, bool(moves), frozenset(skills[pk]))
        for pk, family, seniority, country, moves in rows
    }


def _opening(row: dict[str, Any]) -> Opening:
    skills = frozenset(skill.casefold() for skill in row.pop("skills"))
    return Opening(id=row.pop("pk"), skills=skills, **row)
