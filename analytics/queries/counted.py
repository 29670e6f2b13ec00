"""The rows behind counts that are no KPI: what happened, who came and went, who promised what."""

from analytics.queries import activity, holdouts, openings, pool_growth, recruiters, sources, stuck, velocity
from analytics.queries.proofs import Part, Proof
from analytics.queries.statements import ACTIVITIES

_REACHED = {"applied": "p.has_applied", "screened": "p.is_screened"}
_OF_COLLEAGUE = "p.user_id::text = %(of)s"

COUNTED: dict[str, Proof] = {
    "activity": Proof(
        activity.HAPPENED,
        {kind: f"p.kind = '{kind}'" for kind in ACTIVITIES},
        ("occurred_at",),
        "p.occurred_at DESC, p.id DESC",
    ),
    "hold_out": Proof(
        holdouts.ENTERED,
        {"written_to": "NOT p.is_held_out", "held_out": "p.is_held_out"}
        | {f"written_to_{outcome}": f"NOT p.is_held_out AND {sql}" for outcome, sql in _REACHED.items()}
        | {f"held_out_{outcome}": f"p.is_held_out AND {sql}" for outcome, sql in _REACHED.items()},
        ("enrolled_at",),
        "p.enrolled_at DESC, p.candidate_id",
        parts={"journey": Part(holdouts.ENTERED, "p.journey_id::text = %(of)s")},
    ),
    "pool_moves": Proof(
        pool_growth.STAYS_IN_POOLS,
        {
            "entered": "p.entered_at >= %(start)s AND p.entered_at < %(end)s",
            "left": "p.left_at >= %(start)s AND p.left_at < %(end)s",
        },
        ("entered_at", "left_at"),
        "coalesce(p.left_at, p.entered_at) DESC, p.candidate_id",
        given=lambda question: {"known": pool_growth.known(question)},
        parts={"pool": Part(pool_growth.STAYS_IN_POOLS, "p.pool_id::text = %(of)s")},
    ),
    "applications": Proof(
        sources.APPLIED,
        {"all": "true", "past_screening": sources.PAST_SCREENING},
        ("applied_at",),
        "p.applied_at DESC, p.application_id",
        parts={"source": Part(sources.APPLIED, f"{sources.NAMED.format(of='p')} = %(of)s")},
    ),
    "stuck": Proof(
        velocity.STAYS,
        {"all": stuck.IS_STUCK} | {s: f"{stuck.IS_STUCK} AND p.stage = '{s}'" for s in velocity.STAGES},
        ("entered_at",),
        "p.days DESC, p.candidate_id",
        "days",
        stuck.given,
    ),
    "openings": Proof(
        openings.APPLICATIONS,
        {"all": "true", "crm": "p.origin = 'crm'", "hired": "p.is_hired"},
        ("applied_at", "in_pool_since", "touched_at"),
        "p.applied_at DESC, p.application_id",
        parts={"requisition": Part(openings.APPLICATIONS, "p.requisition_id::text = %(of)s")},
    ),
    "requisitions": Proof(
        openings.EVERY,
        {"all": "true", "open": "p.is_open"},
        ("opened_at", "filled_at"),
        "p.opened_at DESC, p.requisition_id",
        "days_open",
    ),
    "promises": Proof(
        recruiters.PROMISED,
        {word: f"p.kind = 'promise.{word}'" for word in ("made", "kept", "broken")},
        ("occurred_at",),
        "p.occurred_at DESC, p.id DESC",
        parts={"colleague": Part(recruiters.PROMISED, _OF_COLLEAGUE)},
    ),
    "reply_times": Proof(
        recruiters.RECEIVED,
        {
            "received": "true",
            "answered": "p.answered_at IS NOT NULL",
            "waiting": "p.answered_at IS NULL",
        },
        ("received_at", "answered_at"),
        "p.received_at DESC, p.id DESC",
        parts={"colleague": Part(recruiters.RECEIVED, _OF_COLLEAGUE)},
    ),
}
ABOUT_COLLEAGUES = frozenset({"promises", "reply_times"})
"""Shown only where the workspace lets figures be about single colleagues."""
