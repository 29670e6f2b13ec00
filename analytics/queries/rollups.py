"""The statements that fold facts into rollups. `people` and `days` say whose and which."""

from dataclasses import dataclass

from analytics.queries.contacts import STEPS_OF
from analytics.queries.offers import NURTURE
from analytics.queries.origins import REASONS, with_origin
from analytics.queries.reach import reached
from analytics.queries.statements import Relation
from analytics.queries.velocity import stays_of


@dataclass(frozen=True, slots=True)
class Statement:
    """A write over relations."""

    sql: str
    reads: tuple[Relation, ...] = ()


_APPLIED = Relation(
    "applied",
    """
    SELECT a.id AS application_id, a.candidate_id, a.requisition_id, a.applied_at, a.is_pushed, a.source,
        a.furthest_rank, min(a.applied_at) OVER (PARTITION BY a.candidate_id) AS first_applied_at,
        latest.extended_at, latest.resolved_at, coalesce(latest.status, '') AS offer_state,
        coalesce(latest.is_accepted, false) AS has_offer,
        CASE WHEN latest.is_accepted THEN latest.resolved_at
             WHEN a.outcome = 'hired' THEN coalesce(a.hired_at, a.ended_at) END AS accepted_at
    FROM crm_application a
    LEFT JOIN LATERAL (
        SELECT coalesce(o.extended_at, o.resolved_at) AS extended_at, o.resolved_at, o.status,
            o.status = 'accepted' AND o.resolved_at IS NOT NULL AS is_accepted
        FROM crm_offer o
        WHERE o.workspace_id = %(workspace)s AND o.application_id = a.id ORDER BY o.version DESC LIMIT 1
    ) latest ON true
    WHERE a.workspace_id = %(workspace)s AND a.candidate_id = ANY(%(people)s::bigint[])
    """,
)
_DECIDED = with_origin("decided_now", _APPLIED)
_FACTS = (
    "candidate_id", "requisition_id", "applied_at", "is_pushed", "furthest_rank", "accepted_at",
    "has_offer", "offer_state", "extended_at", "resolved_at", "first_applied_at",
)  # fmt: skip
_DECISIONS = (
    "source", "origin", "is_assisted", "reason", "in_pool_since", "touch_kind", "touched_at", "delivered_at",
    "known_since", "nurtured_at", "terms",
)  # fmt: skip


def _listed(alias: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


# What was decided of an erased person stays; the dates of their applications still follow the ATS.
_SET = ", ".join(
    [
        *(f"{name} = excluded.{name}" for name in _FACTS),
        *(
            f"{name} = CASE WHEN old.is_final THEN old.{name} ELSE excluded.{name} END"
            for name in (*_DECISIONS, "decided_at")
        ),
    ]
)
FOLD_STANDINGS = Statement(
    f"""
    INSERT INTO analytics_standing AS old
        (workspace_id, application_id, {", ".join((*_FACTS, *_DECISIONS))}, decided_at, is_final)
    SELECT %(workspace)s, f.application_id, {_listed("f", _FACTS)}, f.source, f.origin, f.is_assisted,
        {REASONS}, f.in_pool_since, f.touch_kind, f.touched_at, f.delivered_at, f.known_since,
        nurture.delivered_at, %(terms)s, %(now)s, false
    FROM decided_now f CROSS JOIN LATERAL ({NURTURE}) nurture
    ON CONFLICT (workspace_id, application_id) DO UPDATE SET {_SET}
    WHERE ({_listed("old", _FACTS)}) IS DISTINCT FROM ({_listed("excluded", _FACTS)})
       OR (NOT old.is_final
           AND ({_listed("old", _DECISIONS)}) IS DISTINCT FROM ({_listed("excluded", _DECISIONS)}))
    """,  # noqa: S608 - columns of our own
    (_DECIDED,),
)
FINISH_STANDINGS = Statement(
    """
    UPDATE analytics_standing SET is_final = true WHERE workspace_id = %(workspace)s AND application_id IN (
        SELECT id FROM crm_application
        WHERE workspace_id = %(workspace)s AND candidate_id = ANY(%(people)s::bigint[]))
    """
)
_FIRST_CONTACT = """
    SELECT e.candidate_id, min(e.occurred_at) AS contacted_at FROM crm_event e
    WHERE e.workspace_id = %(workspace)s AND e.kind = ANY(%(contacts)s)
      AND e.candidate_id = ANY(%(people)s::bigint[])
    GROUP BY e.candidate_id
"""
_STEPS = (
    "contacted_at", "delivered_at", "engaged_at", "replied_at", "answered_at", "screening_started_at",
    "screened_at", "is_lost", "machine_clicked_at", "auto_replied_at", "terms",
)  # fmt: skip
FOLD_OUTREACH = Statement(
    f"""
    INSERT INTO analytics_outreach AS old (workspace_id, candidate_id, {", ".join(_STEPS)})
    SELECT %(workspace)s, steps.candidate_id, {", ".join(f"steps.{name}" for name in _STEPS[:-1])}, %(terms)s
    FROM ({STEPS_OF.replace("[source]", f"({_FIRST_CONTACT})")}) steps
    ON CONFLICT (workspace_id, candidate_id)
    DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _STEPS)}
    WHERE ({", ".join(f"old.{name}" for name in _STEPS)})
        IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _STEPS)})
    """  # noqa: S608 - columns of our own
)
FORGET_OUTREACH = Statement(
    """
    DELETE FROM analytics_outreach o
    WHERE o.workspace_id = %(workspace)s AND o.candidate_id = ANY(%(people)s::bigint[])
      AND NOT EXISTS (
        SELECT FROM crm_event e WHERE e.workspace_id = %(workspace)s AND e.candidate_id = o.candidate_id
        AND e.kind = ANY(%(contacts)s))
    """
)
_OF_STAY = ("stage", "entered_at", "left_at", "next_stage", "archived_at")
FOLD_STAYS = Statement(
    f"""
    WITH counted AS (SELECT * FROM ({stays_of("{id} = ANY(%(people)s::bigint[])")}) stays),
    gone AS (
        DELETE FROM analytics_stay old
        WHERE old.workspace_id = %(workspace)s AND old.candidate_id = ANY(%(people)s::bigint[])
          AND (old.candidate_id, old.ordinal) NOT IN (SELECT c.candidate_id, c.ordinal FROM counted c)
    )
    INSERT INTO analytics_stay AS old (workspace_id, candidate_id, ordinal, {", ".join(_OF_STAY)})
    SELECT %(workspace)s, c.candidate_id, c.ordinal, {_listed("c", _OF_STAY)} FROM counted c
    ON CONFLICT (workspace_id, candidate_id, ordinal)
    DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _OF_STAY)}
    WHERE ({_listed("old", _OF_STAY)}) IS DISTINCT FROM ({_listed("excluded", _OF_STAY)})
    """  # noqa: S608 - columns of our own
)
FOLD_REACH = Statement(
    f"""
    WITH counted AS ({reached("m.candidate_id = ANY(%(people)s::bigint[])")}),
    gone AS (
        DELETE FROM analytics_reach old
        WHERE old.workspace_id = %(workspace)s AND old.candidate_id = ANY(%(people)s::bigint[])
          AND NOT old.is_final
          AND (old.candidate_id, old.grouping, old.key) NOT IN (
            SELECT c.candidate_id, c.grouping, c.key FROM counted c)
    )
    INSERT INTO analytics_reach AS old (workspace_id, candidate_id, grouping, key, delivered_at, replied_at)
    SELECT %(workspace)s, c.candidate_id, c.grouping, c.key, c.delivered_at, c.replied_at FROM counted c
    ON CONFLICT (workspace_id, candidate_id, grouping, key)
    DO UPDATE SET delivered_at = excluded.delivered_at, replied_at = excluded.replied_at
    WHERE NOT old.is_final AND (old.delivered_at, old.replied_at)
        IS DISTINCT FROM (excluded.delivered_at, excluded.replied_at)
    """  # noqa: S608 - columns of our own
)
FINISH_REACH = Statement(
    """
    UPDATE analytics_reach SET is_final = true
    WHERE workspace_id = %(workspace)s AND candidate_id = ANY(%(people)s::bigint[])
    """
)
OF_PEOPLE = (FORGET_OUTREACH, FOLD_OUTREACH, FOLD_STANDINGS, FOLD_STAYS, FOLD_REACH)
FORGET_DAYS = Statement(
    "DELETE FROM analytics_daycount WHERE workspace_id = %(workspace)s AND day = ANY(%(days)s::date[])"
)
DAYS = """
    SELECT (e.occurred_at AT TIME ZONE %(zone)s)::date AS day, e.kind, count(*) AS events,
        count(DISTINCT e.candidate_id) AS people
    FROM crm_event e
    WHERE e.workspace_id = %(workspace)s AND e.kind = ANY(%(activities)s)
      AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s [only]
    GROUP BY 1, 2
"""
FOLD_DAYS = Statement(
    f"""
    INSERT INTO analytics_daycount (workspace_id, day, kind, events, people)
    SELECT %(workspace)s, counted.day, counted.kind, counted.events, counted.people
    FROM ({DAYS.replace("[only]", "")}) counted
    """  # noqa: S608 - columns of our own
)
