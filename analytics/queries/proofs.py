"""Which rows prove a figure: over which relation they are read, under which condition per group and part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics.policies.questions import Question
from analytics.queries import contacts, fills, hires, offers, reach, replies, sources, velocity
from analytics.queries.statements import Relation


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the rows, one source or one step: which of `relation`, `%(of)s` being what it is called."""

    relation: Relation
    condition: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How the rows behind a figure are read. Each group is a condition on a row `p`, the first is everybody;
    `parts` are what one may look at alone, `needs_part` says that the whole is no figure."""

    relation: Relation
    groups: Mapping[str, str]
    dates: tuple[str, ...]
    order: str
    days: str = ""
    given: Callable[[Question], Mapping[str, Any]] = lambda question: {}
    parts: Mapping[str, Part] = field(default_factory=dict)
    needs_part: bool = False


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
        {group: f"p.clock_started_at IS NOT NULL AND {sql}" for group, sql in _BY_ORIGIN.items()},
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
        parts={"source": Part(hires.TIMED, f"{sources.NAMED.format(of='p')} = %(of)s")},
    ),
    "cost_per_hire": Proof(_HIRES.relation, _BY_ORIGIN, _HIRES.dates, _HIRES.order),
    "relationship_age": Proof(
        hires.TIMED,
        {"all": "p.origin = 'crm' AND p.known_since IS NOT NULL"},
        ("known_since", "applied_at", "accepted_at"),
        "p.accepted_at DESC, p.application_id",
        "days_known",
    ),
    "time_to_fill": Proof(
        fills.FILLED,
        {"all": "p.opened_at IS NOT NULL"},
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
        parts={by: Part(reach.REACH, f"p.grouping = '{by}' AND p.key = %(of)s") for by in reach.GROUPINGS},
    ),
    "offer_acceptance": Proof(
        offers.OFFERS,
        {"all": "true", "nurtured": "p.is_nurtured", "cold": "NOT p.is_nurtured"}
        | {state: f"p.state = '{state}'" for state in ("accepted", "declined", "pending", "withdrawn")}
        | {
            "accepted_nurtured": "p.state = 'accepted' AND p.is_nurtured",
            "accepted_cold": "p.state = 'accepted' AND NOT p.is_nurtured",
        },
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
        lambda question: {"stages": velocity.STAGES},
    ),
}
