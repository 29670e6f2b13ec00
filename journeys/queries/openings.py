"""Open requisitions and what people look for, for job alerts."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from crm.models import Candidate, CandidateSkill, Requisition
from journeys.policies.job_matching import Opening, Seeker

_COLUMNS = ("pk", "title", "location", "country", "is_remote", "role_family", "seniority", "skills", "pay_to")

# The choices of the field “Remote work” (policies/starter_templates.py).
_REMOTE = {"only from home": "only", "not from home": "no"}


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
        "pk", "role_family", "seniority", "country", "relocation", "custom"
    )
    return {
        pk: Seeker(family, seniority, country, bool(moves), frozenset(skills[pk]), *_wishes(custom))
        for pk, family, seniority, country, moves, custom in rows
    }


def _wishes(custom: dict[str, Any]) -> tuple[str, str, int | None]:
    """Where they want to work, whether from home, and what it has to pay, as they told us."""
    floor = custom.get("salary_floor")
    return (
        str(custom.get("preferred_location") or ""),
        _REMOTE.get(str(custom.get("remote_work") or ""), ""),
        int(floor) if isinstance(floor, int | float) else None,
    )


def _opening(row: dict[str, Any]) -> Opening:
    skills = frozenset(skill.casefold() for skill in row.pop("skills"))
    return Opening(id=row.pop("pk"), skills=skills, **row)
