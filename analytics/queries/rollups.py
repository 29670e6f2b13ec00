"""The statements that fold facts into rollups. `people` and `days` say whose and which."""

from dataclasses import dataclass

from analytics.queries.contacts import STEPS_OF
from analytics.queries.offers import NURTURE
from analytics.queries.origins import REASONS, with_origin
from analytics.queries.statements import Relation


@dataclass(frozen=True, slots=True)
class Statement:
    """A write over relations."""

    sql: str
    reads: tuple[Relation, ...] = ()


_APPLIED = Relation(
    "applied",
    """
    SELECT a.id AS application_id, a.candidate_id, a.applied_at, a.is_pushed, latest.extended_at
    FROM crm_application a
    LEFT JOIN LATERAL (
        SELECT coalesce(o.extended_at, o.resolved_at) AS extended_at FROM crm_offer o
        WHERE o.workspace_id = %(workspace)s AND o.application_id = a.id ORDER BY o.version DESC LIMIT 1
    ) latest ON true
    WHERE a.workspace_id = %(workspace)s AND a.candidate_id = ANY(%(people)s::bigint[])
    """,
)
_DECIDED = with_origin("decided_now", _APPLIED)
_SAME = (
    "applied_at", "is_pushed", "extended_at", "origin", "is_assisted", "reason", "in_pool_since",
    "touch_kind", "touched_at", "delivered_at", "known_since", "nurtured_at", "terms",
)  # fmt: skip
_OLD = ", ".join(f"old.{name}" for name in _SAME)
_NEW = ", ".join(f"excluded.{name}" for name in _SAME)
_SET = ", ".join(f"{name} = excluded.{name}" for name in (*_SAME, "decided_at"))
FOLD_STANDINGS = Statement(
    f"""
    INSERT INTO analytics_standing AS old
        (workspace_id, application_id, {", ".join(_SAME)}, decided_at, is_final)
    SELECT %(workspace)s, f.application_id, f.applied_at, f.is_pushed, f.extended_at, f.origin, f.is_assisted,
        {REASONS}, f.in_pool_since, f.touch_kind, f.touched_at, f.delivered_at, f.known_since,
        nurture.delivered_at, %(terms)s, %(now)s, false
    FROM decided_now f CROSS JOIN LATERAL ({NURTURE}) nurture
    ON CONFLICT (workspace_id, application_id) DO UPDATE SET {_SET}
    WHERE NOT old.is_final AND ({_OLD}) IS DISTINCT FROM ({_NEW})
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
    "screened_at", "terms",
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
