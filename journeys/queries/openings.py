"""Open requisitions and what people look for, for job alerts."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, CandidateSkill, JobPreference, Requisition, Workspace
from crm.queries import job_preferences
from journeys.policies.job_matching import Opening, Seeker

_COLUMNS = ("pk", "title", "location", "country", "is_remote", "role_family", "seniority", "skills", "pay_to")


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
    columns = ("pk", "role_family", "seniority", "country", "relocation", "custom")
    rows = Candidate.objects.filter(pk__in=ids).values(*columns)
    stated, currency = job_preferences.stated(ids), _currency()
    return {row["pk"]: _seeker(row, skills[row["pk"]], stated.get(row["pk"]), currency) for row in rows}


def _seeker(row: dict[str, Any], skills: set[str], said: JobPreference | None, currency: str) -> Seeker:
    """What they said on their own page comes first; a floor in another currency cannot be compared."""
    place = str(row["custom"].get("preferred_location") or "")
    is_comparable = said is not None and said.currency in ("", currency)
    return Seeker(
        role_families=frozenset(said.role_families if said else ()) or frozenset({row["role_family"]}),
        seniorities=frozenset(said.seniorities if said else ()) or frozenset({row["seniority"]}),
        country=row["country"],
        relocation=bool(row["relocation"]),
        skills=frozenset(skills | {skill.casefold() for skill in (said.skills if said else ())}),
        places=tuple(said.places if said else ()) or ((place,) if place else ()),
        remote=said.remote if said else "",
        salary_floor=said.salary_floor if said and is_comparable else None,
    )


def _currency() -> str:
    return Workspace.objects.values_list("currency", flat=True).get(pk=current_workspace_id())


def _opening(row: dict[str, Any]) -> Opening:
    skills = frozenset(skill.casefold() for skill in row.pop("skills"))
    return Opening(id=row.pop("pk"), skills=skills, **row)
