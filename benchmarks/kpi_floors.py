"""The questions of each page of figures, asked of the same rows in the shortest statement one would write."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection

_HIRES_FROM = """
    FROM analytics_standing s JOIN crm_requisition r ON r.workspace_id = %(w)s AND r.id = s.requisition_id
    WHERE s.workspace_id = %(w)s AND s.accepted_at >= %(start)s AND s.accepted_at < %(end)s
"""
_DAYS = "extract(epoch FROM s.accepted_at - coalesce(r.approved_at, r.opened_at))"
_HIRES = f"""
    SELECT s.origin, count(*), avg({_DAYS}), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {_DAYS}),
        avg(extract(epoch FROM s.accepted_at - s.applied_at)),
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY s.accepted_at - s.applied_at),
        avg(extract(epoch FROM s.applied_at - s.known_since)),
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY s.applied_at - s.known_since),
        count(*) FILTER (WHERE s.is_assisted), count(*) FILTER (WHERE NOT s.has_offer)
    {_HIRES_FROM} GROUP BY ROLLUP (s.origin)"""
_VALUES = f"SELECT s.origin, {_DAYS}, s.accepted_at - s.applied_at {_HIRES_FROM}"
_MONTHS = (
    f"SELECT date_trunc('month', s.accepted_at), s.origin, count(*), avg({_DAYS}) {_HIRES_FROM} GROUP BY 1, 2"
)
_OFFERS = """
    SELECT nurtured_at IS NOT NULL, offer_state, count(*) FROM analytics_standing
    WHERE workspace_id = %(w)s AND extended_at >= %(start)s AND extended_at < %(end)s GROUP BY 1, 2"""
_COHORT = """
    SELECT is_lost, screened_at IS NULL, screening_started_at IS NULL, replied_at IS NULL, engaged_at IS NULL,
        delivered_at IS NULL, count(*),
        count(*) FILTER (WHERE screened_at <= contacted_at + interval '30 days'),
        count(*) FILTER (WHERE screened_at <= contacted_at + interval '60 days'),
        count(*) FILTER (WHERE screened_at <= contacted_at + interval '90 days')
    FROM analytics_outreach
    WHERE workspace_id = %(w)s AND contacted_at >= %(start)s AND contacted_at < %(end)s
    GROUP BY 1, 2, 3, 4, 5, 6"""
REPLIES = """
    SELECT count(*), count(answered_at) FROM analytics_outreach
    WHERE workspace_id = %(w)s AND delivered_at >= %(start)s AND delivered_at < %(end)s"""
_FILLS = """
    SELECT filled.requisition_id, filled.accepted_at - r.opened_at - coalesce(held.span, interval '0')
    FROM (
        SELECT requisition_id, accepted_at,
            row_number() OVER (PARTITION BY requisition_id ORDER BY accepted_at) AS opening
        FROM analytics_standing WHERE workspace_id = %(w)s AND accepted_at IS NOT NULL
    ) filled
    JOIN crm_requisition r ON r.workspace_id = %(w)s AND r.id = filled.requisition_id
    LEFT JOIN LATERAL (
        SELECT sum(h.ended_at - h.started_at) AS span FROM crm_requisitionhold h
        WHERE h.workspace_id = %(w)s AND h.requisition_id = r.id) held ON true
    WHERE filled.opening = r.openings AND filled.accepted_at >= %(start)s AND filled.accepted_at < %(end)s"""
_DAYS_COUNTED = """
    SELECT date_trunc('week', day), kind, sum(events) FROM analytics_daycount
    WHERE workspace_id = %(w)s AND day >= %(start)s AND day < %(end)s GROUP BY 1, 2"""
_STAYS = """
    WITH lengths AS (
        SELECT stage, coalesce(left_at, %(now)s) - entered_at AS span, count(left_at)::float8 AS ended,
            sum(count(*)) OVER (PARTITION BY stage ORDER BY coalesce(left_at, %(now)s) - entered_at DESC)
                ::float8 AS at_risk
        FROM analytics_stay WHERE workspace_id = %(w)s AND entered_at >= %(start)s AND entered_at < %(end)s
        GROUP BY 1, 2
    )
    SELECT stage, min(span) FILTER (WHERE alive <= 0.5) FROM (
        SELECT stage, span, exp(sum(ln(greatest(1 - ended / at_risk, 1e-9)))
            OVER (PARTITION BY stage ORDER BY span)) AS alive FROM lengths
    ) survival GROUP BY stage"""
_STUCK = """
    SELECT s.candidate_id, c.full_name, s.entered_at FROM analytics_stay s
    JOIN crm_candidate c ON c.workspace_id = %(w)s AND c.id = s.candidate_id
    WHERE s.workspace_id = %(w)s AND s.entered_at >= %(start)s AND s.entered_at < %(end)s
      AND s.left_at IS NULL
    ORDER BY s.entered_at LIMIT 50"""
_SOURCES = """
    SELECT source, count(*), count(*) FILTER (WHERE furthest_rank >= 2) FROM analytics_standing
    WHERE workspace_id = %(w)s AND applied_at >= %(start)s AND applied_at < %(end)s GROUP BY 1"""
_HIRES_BY_SOURCE = f"SELECT s.source, s.origin, count(*), avg({_DAYS}) {_HIRES_FROM} GROUP BY 1, 2"
_OPENINGS = """
    SELECT r.id, r.title, r.status, r.opened_at, a.* FROM (
        SELECT * FROM crm_requisition WHERE workspace_id = %(w)s AND opened_at < %(end)s
        ORDER BY opened_at DESC LIMIT 200) r
    LEFT JOIN LATERAL (
        SELECT count(*), count(*) FILTER (WHERE origin = 'crm'), count(accepted_at) FROM analytics_standing s
        WHERE s.workspace_id = %(w)s AND s.requisition_id = r.id) a ON true"""
_POOLS = """
    SELECT m.pool_id, count(*), count(*) FILTER (WHERE c.consent = 'granted' AND c.email_state = 'valid'
            AND c.unsubscribed_at IS NULL AND c.do_not_contact_at IS NULL),
        count(*) FILTER (WHERE c.engagement_key >= 1),
        count(*) FILTER (WHERE c.last_contacted_at >= %(start)s)
    FROM talentpools_member m JOIN crm_candidate c ON c.workspace_id = %(w)s AND c.id = m.candidate_id
    WHERE m.workspace_id = %(w)s AND m.left_at IS NULL AND c.archived_at IS NULL AND c.merged_into_id IS NULL
    GROUP BY 1"""
_GROWTH = """
    SELECT date_trunc('week', entered_at), pool_id, count(*) FROM talentpools_member
    WHERE workspace_id = %(w)s AND entered_at >= %(start)s AND entered_at < %(end)s GROUP BY 1, 2"""
_REACH = """
    SELECT grouping, key, count(*), count(replied_at) FROM analytics_reach
    WHERE workspace_id = %(w)s AND delivered_at >= %(start)s AND delivered_at < %(end)s GROUP BY 1, 2"""
_HOLDOUTS = """
    SELECT n.journey_id, n.state = 'holdout', count(DISTINCT n.candidate_id),
        count(DISTINCT n.candidate_id) FILTER (WHERE a.applied_at > n.enrolled_at),
        count(DISTINCT n.candidate_id) FILTER (WHERE s.entered_at > n.enrolled_at)
    FROM journeys_enrollment n
    LEFT JOIN crm_application a ON a.workspace_id = %(w)s AND a.candidate_id = n.candidate_id
    LEFT JOIN crm_stageentry s ON s.workspace_id = %(w)s AND s.application_id = a.id
    WHERE n.workspace_id = %(w)s AND n.enrolled_at >= %(start)s AND n.enrolled_at < %(end)s GROUP BY 1, 2"""
_PROMISES = """
    SELECT actor_id, kind, count(*) FROM crm_event
    WHERE workspace_id = %(w)s AND kind IN ('promise.made', 'promise.kept', 'promise.broken')
      AND occurred_at >= %(start)s AND occurred_at < %(end)s GROUP BY 1, 2"""
_ANSWERS = """
    SELECT o.sender_id, count(*), count(own.at),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY own.at - m.created_at)
    FROM crm_message m JOIN crm_message o ON o.workspace_id = %(w)s AND o.id = m.in_reply_to_id
    LEFT JOIN LATERAL (
        SELECT min(x.sent_at) AS at FROM crm_message x WHERE x.workspace_id = %(w)s
        AND x.candidate_id = m.candidate_id AND x.kind = 'one_to_one' AND x.sent_at > m.created_at
    ) own ON true
    WHERE m.workspace_id = %(w)s AND m.direction = 'in' AND m.created_at >= %(start)s
      AND m.created_at < %(end)s GROUP BY 1"""
_SENDERS = _REACH.replace("GROUP BY", "AND grouping = 'sender' GROUP BY")

FLOORS: Mapping[str, tuple[str, ...]] = {
    "overview": (_HIRES, _MONTHS, _OFFERS, _COHORT, REPLIES, _FILLS),
    "comparison": (_HIRES, _VALUES, _OFFERS, _COHORT, REPLIES, _FILLS, _STAYS) * 2,
    "funnel": (_COHORT, _DAYS_COUNTED),
    "velocity": (_STAYS, _STUCK),
    "journeys": (REPLIES, _REACH, _HOLDOUTS),
    "pools": (_POOLS, _GROWTH),
    "sources": (_HIRES, _SOURCES, _HIRES_BY_SOURCE),
    "recruiters": (_PROMISES, _ANSWERS, _SENDERS),
    "requisitions": (_OPENINGS, _FILLS),
    "api": (_HIRES, _VALUES, _FILLS, _COHORT, REPLIES, _REACH, _OFFERS, _STAYS, _POOLS),
}


def by_hand(statements: tuple[str, ...], parameters: Mapping[str, Any]) -> Callable[[], None]:
    """The statements one after another."""

    def floor() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, parameters)
                cursor.fetchall()

    return floor
