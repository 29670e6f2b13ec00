"""The people behind a figure: one row each, with its dates and why it counts where it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from analytics.policies.figures import days
from analytics.policies.questions import Question
from analytics.queries import contacts, fills, hires, offers, origins, pool_health, replies, velocity
from analytics.queries.statements import Relation, rows
from crm.models import SearchCandidate


@dataclass(frozen=True, slots=True)
class Behind:
    """One person (for time to fill: the one who took the last opening) behind a figure."""

    candidate: int
    name: str
    dates: dict[str, datetime | None]
    application: int | None = None
    requisition: int | None = None
    requisition_title: str = ""
    days: float | None = None
    origin: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """How a KPI's rows are read: over which relation, under which condition per group, with which dates."""

    relation: Relation
    groups: Mapping[str, str]
    dates: tuple[str, ...]
    order: str
    days: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


_BY_ORIGIN = {"all": "true", "crm": "p.origin = 'crm'", "external": "p.origin = 'external'"}
_HIRES = Proof(
    hires.TIMED,
    _BY_ORIGIN | {"assisted": "p.is_assisted"},
    ("clock_started_at", "applied_at", "accepted_at", "in_pool_since", "touched_at"),
    "p.accepted_at DESC, p.application_id",
    "days_to_hire",
)
_CONTACTS = (
    "contacted_at",
    "delivered_at",
    "engaged_at",
    "replied_at",
    "screening_started_at",
    "screened_at",
)
PROOFS: dict[str, Proof] = {
    "time_to_hire": Proof(
        _HIRES.relation,
        {group: f"p.clock_started_at IS NOT NULL AND {sql}" for group, sql in _BY_ORIGIN.items()}
        | {name: sql for name, sql in hires.EXCLUSIONS.items() if name != "without_touch"},
        _HIRES.dates,
        _HIRES.order,
        "days_to_hire",
    ),
    "time_to_accept": Proof(_HIRES.relation, _BY_ORIGIN, _HIRES.dates, _HIRES.order, "days_to_accept"),
    "share_of_hires_from_crm": Proof(
        _HIRES.relation,
        {**_HIRES.groups, "first_touch": "p.known_since < p.first_applied_at"},
        _HIRES.dates,
        _HIRES.order,
        _HIRES.days,
    ),
    "cost_per_hire": Proof(_HIRES.relation, _BY_ORIGIN, _HIRES.dates, _HIRES.order),
    "relationship_age": Proof(
        hires.TIMED,
        {
            "all": "p.origin = 'crm' AND p.known_since IS NOT NULL",
            "without_touch": hires.EXCLUSIONS["without_touch"],
        },
        ("known_since", "applied_at", "accepted_at"),
        "p.accepted_at DESC, p.application_id",
        "days_known",
    ),
    "time_to_fill": Proof(
        fills.FILLED,
        {"all": "true"},
        ("opened_at", "filled_at"),
        "p.filled_at DESC, p.requisition_id",
        "days_to_fill",
    ),
    "conversion_to_screening": Proof(
        contacts.PROGRESS,
        {
            "contacted": "true",
            "screened": "p.screened_at IS NOT NULL",
            "not_screened": "p.screened_at IS NULL",
        }
        | {
            f"within_{cut}": f"p.screened_at <= p.contacted_at + interval '{24 * cut} hours'"
            for cut in contacts.CUTS
        },
        ("contacted_at", "screened_at"),
        "p.contacted_at DESC, p.candidate_id",
    ),
    "drop_off": Proof(
        contacts.DEPTH,
        {step: f"p.depth >= {depth}" for depth, step in enumerate(contacts.STEPS)}
        | {f"waiting_{s}": f"p.depth = {d} AND NOT p.is_lost" for d, s in enumerate(contacts.STEPS)}
        | {f"gone_{s}": f"p.depth = {d} AND p.is_lost" for d, s in enumerate(contacts.STEPS)},
        _CONTACTS,
        "p.contacted_at DESC, p.candidate_id",
    ),
    "reply_rate": Proof(
        replies.FIRST_DELIVERIES,
        {"delivered": "true", "replied": "p.replied_at IS NOT NULL"},
        ("delivered_at", "replied_at"),
        "p.delivered_at DESC, p.candidate_id",
    ),
    "offer_acceptance": Proof(
        offers.OFFERS,
        {"all": "true", "nurtured": "p.is_nurtured", "cold": "NOT p.is_nurtured"}
        | {state: f"p.state = '{state}'" for state in ("accepted", "declined", "pending", "withdrawn")},
        ("applied_at", "nurtured_at", "extended_at", "resolved_at"),
        "p.extended_at DESC, p.application_id",
    ),
    "velocity": Proof(
        velocity.STAYS,
        {stage: f"p.stage = '{stage}'" for stage in velocity.STAGES}
        | {
            f"advanced_{stage}": f"p.stage = '{stage}' AND array_position(%(stages)s, p.next_stage)"
            f" > array_position(%(stages)s, p.stage)"
            for stage in velocity.STAGES
        }
        | {f"waiting_{stage}": f"p.stage = '{stage}' AND p.is_waiting" for stage in velocity.STAGES},
        ("entered_at", "left_at"),
        "p.entered_at DESC, p.candidate_id",
        "days",
        {"stages": velocity.STAGES},
    ),
}


def groups_of(key: str) -> list[str]:
    """The lists of people a figure opens; the first is everybody it counts."""
    return list(PROOFS[key].groups) if key in PROOFS else list(pool_health.GROUPS)


def people_behind(
    key: str, group: str, question: Question, *, limit: int, offset: int = 0
) -> tuple[list[Behind], int]:
    """One page of the people behind a figure, and how many there are in all."""
    if key == "pool_health":
        return _pool_people(group, question, limit=limit, offset=offset)
    proof = PROOFS[key]
    found = rows(
        _SELECT.replace("[source]", proof.relation.name)
        .replace("[condition]", proof.groups[group])
        .replace("[order]", proof.order),
        reads=[proof.relation],
        question=question,
        extra={**proof.extra, "limit": limit, "offset": offset},
    )
    titles = _titles({row["requisition_id"] for row in found if row.get("requisition_id")}, question)
    return [_behind(proof, row, titles) for row in found], found[0]["behind_total"] if found else 0


_SELECT = """
    SELECT p.*, c.full_name, count(*) OVER () AS behind_total FROM [source] p
    JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = p.candidate_id
    WHERE [condition] ORDER BY [order] LIMIT %(limit)s OFFSET %(offset)s
"""


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
        name=row["full_name"],
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
    if "origin" in row:
        notes.append(origins.reason(row))
    if row.get("has_offer") is False:
        notes.append("The ATS reports the hire without an accepted offer; its own hire date counts.")
    if "state" in row:
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
