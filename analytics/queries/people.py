"""The people behind a figure: one row each, with its dates and why it counts where it does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from analytics.policies.asking import InvalidQuestion
from analytics.policies.definitions import LISTS
from analytics.policies.figures import days
from analytics.policies.questions import Filters, Question
from analytics.queries import origins, pool_health, replies
from analytics.queries.counted import ABOUT_COLLEAGUES, COUNTED
from analytics.queries.exclusions import EXCLUDED, question_of
from analytics.queries.preferences import shows_recruiters
from analytics.queries.proofs import PROOFS, Proof
from analytics.queries.reach import GROUPINGS
from analytics.queries.statements import rows
from crm.models import SearchCandidate


@dataclass(frozen=True, slots=True)
class Behind:
    """One person (for time to fill: the one who took the last opening) behind a figure."""

    candidate: int | None
    name: str
    dates: dict[str, datetime | None]
    application: int | None = None
    requisition: int | None = None
    requisition_title: str = ""
    days: float | None = None
    origin: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which list of a figure: the group, and the one part (`of`) of those told apart `by` something."""

    group: str
    by: str = ""
    of: str = ""


def has_list(key: str) -> bool:
    """Whether there is such a list here; about single colleagues only where the workspace shows those."""
    return key in LISTS and (key not in ABOUT_COLLEAGUES or shows_recruiters())


def groups_of(key: str) -> list[str]:
    """The lists of people a figure opens; the first is everybody it counts, the last those it leaves out."""
    counted = list(_PROOFS[key].groups) if key in _PROOFS else list(pool_health.GROUPS)
    return list(dict.fromkeys([*counted, *EXCLUDED.get(key, ())]))


def choose(key: str, asked: Mapping[str, str], question: Question) -> Chosen:
    """The list that `group`, `by` and `of` name. Refuses what there is not."""
    groups = groups_of(key)
    parts = list(_PROOFS[key].parts) if key in _PROOFS else []
    found = Chosen(asked.get("group") or groups[0], asked.get("by", ""), asked.get("of", "").strip())
    if found.group not in groups:
        raise InvalidQuestion(fields={"group": f"One of {', '.join(groups)}."})
    if found.by and found.by not in parts:
        raise InvalidQuestion(fields={"by": f"One of {', '.join(parts)}." if parts else "Nothing here."})
    if bool(found.by) != bool(found.of):
        raise InvalidQuestion(fields={"of" if found.by else "by": "Give both by and of, or neither."})
    if found.by == "pool" and not _is_known_pool(found.of, question):
        raise InvalidQuestion(fields={"of": "There is no such pool."})
    return found


def part_of(chosen: Chosen, question: Question) -> str:
    """The part in words: the name of the step, of the source, of the colleague."""
    if chosen.by == "requisition":
        ids = {int(chosen.of)} if chosen.of.isdecimal() and len(chosen.of) < 19 else set()
        return _titles(ids, question).get(next(iter(ids), 0), chosen.of)
    if chosen.by == "colleague":
        return replies.name_of("sender", chosen.of, question)
    return replies.name_of(chosen.by, chosen.of, question) if chosen.by in GROUPINGS else chosen.of


def people_behind(
    key: str, chosen: Chosen | str, question: Question, *, limit: int, offset: int = 0
) -> tuple[list[Behind], int]:
    """One page of the people behind a figure, and how many there are in all."""
    if isinstance(chosen, str):
        chosen = Chosen(chosen)
    question = question_of(key, question)
    if key == "pool_health" and chosen.group in pool_health.GROUPS:
        return _pool_people(chosen.group, question, limit=limit, offset=offset)
    proof, part = _proof(key, chosen.group), None
    if chosen.by:
        part = proof.parts[chosen.by]
    relation = part.relation if part else proof.relation
    condition = f"({proof.groups[chosen.group]}) AND {part.condition if part else 'true'}"
    found = rows(
        _SELECT.replace("[source]", relation.name)
        .replace("[condition]", condition)
        .replace("[order]", proof.order),
        reads=[relation],
        question=question,
        extra={**proof.given(question), "of": chosen.of, "limit": limit, "offset": offset},
    )
    titles = _titles({row["requisition_id"] for row in found if row.get("requisition_id")}, question)
    return [_behind(proof, row, titles) for row in found], found[0]["behind_total"] if found else 0


_PROOFS = PROOFS | COUNTED


def _proof(key: str, group: str) -> Proof:
    """How the rows of a list are read: those counted, or those left out."""
    if key in _PROOFS and group in _PROOFS[key].groups:
        return _PROOFS[key]
    one = EXCLUDED[key][group]
    return Proof(one.relation, {group: one.condition}, one.dates, one.order, one.days, one.given)


# Whoever a row is about; a fact may be about nobody.
_SELECT = """
    SELECT p.*, coalesce(c.full_name, '') AS full_name, count(*) OVER () AS behind_total FROM [source] p
    LEFT JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = p.candidate_id
    WHERE [condition] ORDER BY [order] LIMIT %(limit)s OFFSET %(offset)s
"""


def _is_known_pool(of: str, question: Question) -> bool:
    asked = replace(question, filters=Filters(pools=(int(of),))) if of.isdecimal() and len(of) < 19 else None
    return asked is not None and not pool_health.unknown_pools(asked)


def _titles(ids: set[int], question: Question) -> dict[int, str]:
    if not ids:
        return {}
    found = rows(
        "SELECT id, title FROM crm_requisition WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s)",
        reads=[],
        question=question,
        extra={"ids": list(ids)},
    )
    return {row["id"]: row["title"] for row in found}


def _behind(proof: Proof, row: dict[str, Any], titles: dict[int, str]) -> Behind:
    requisition = row.get("requisition_id")
    return Behind(
        candidate=row["candidate_id"],
        name=row["full_name"] or ("Somebody" if row["candidate_id"] or not requisition else "–"),
        dates={name: row[name] for name in proof.dates},
        application=row.get("application_id"),
        requisition=requisition,
        requisition_title=titles.get(requisition, "") if requisition else "",
        days=days(row[proof.days]) if proof.days else None,
        origin=row.get("origin", ""),
        why=_why(row),
    )


def _why(row: dict[str, Any]) -> str:
    notes = []
    if row.get("origin"):
        notes.append(origins.reason(row))
    if row.get("has_offer") is False:
        notes.append("The ATS reports the hire without an accepted offer; its own hire date counts.")
    if "is_nurtured" in row:
        notes.append(str(row["state"]).capitalize() + ".")
        notes.append(
            "Nurtured before the offer." if row["is_nurtured"] else "No journey message before the offer."
        )
    if row.get("held_seconds"):
        notes.append(f"{days(row['held_seconds'] / 86_400)} days on hold taken out.")
    if row.get("is_waiting"):
        notes.append("Still there.")
    return " ".join(notes)


def _pool_people(group: str, question: Question, *, limit: int, offset: int) -> tuple[list[Behind], int]:
    found = pool_health.pool_people(group, question)
    page = found.order_by("full_name_folded", "pk")[offset : offset + limit]
    return [_member(person) for person in page], found.count()


def _member(person: SearchCandidate) -> Behind:
    dates = {
        "last_contacted_at": person.last_contacted_at,
        "last_engaged_at": person.last_engaged_at,
        "consent_expires_at": person.consent_expires_at,
    }
    return Behind(candidate=person.pk, name=str(person), dates=dates)
