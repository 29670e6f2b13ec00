"""How colleagues keep in touch: promises kept, replies answered. Shown only where the workspace allows it."""

from typing import Any

from analytics.policies.questions import Question
from analytics.queries.statements import Relation, rows

_NAME = "coalesce(nullif(u.name, ''), u.email) AS name"
_ASKED = "(%(recruiters)s::bigint[] IS NULL OR u.id = ANY(%(recruiters)s::bigint[]))"
# A reply is the colleague's it answers, else the one's who looks after the person.
RECEIVED = Relation(
    "received",
    f"""
    SELECT m.id, m.candidate_id, u.id AS user_id, {_NAME}, m.created_at AS received_at,
        least(m.settled_at, own.sent_at) AS answered_at
    FROM crm_message m
    LEFT JOIN crm_message original ON original.workspace_id = %(workspace)s
        AND original.id = m.in_reply_to_id
    JOIN crm_user u ON u.id = coalesce(original.sender_id, (
        SELECT c.owner_id FROM crm_candidate c
        WHERE c.workspace_id = %(workspace)s AND c.id = m.candidate_id))
    LEFT JOIN LATERAL (
        SELECT min(written.sent_at) AS sent_at FROM crm_message written
        WHERE written.workspace_id = %(workspace)s AND written.candidate_id = m.candidate_id
        AND written.direction = 'out' AND written.kind = 'one_to_one' AND written.sent_at > m.created_at
    ) own ON true
    WHERE m.workspace_id = %(workspace)s AND m.direction = 'in' AND NOT m.is_automatic
      AND m.created_at >= %(start)s AND m.created_at < %(end)s AND {_ASKED}
    UNION ALL
    SELECT t.id, t.candidate_id, u.id, {_NAME}, t.began_at, t.ended_at
    FROM analytics_trace t JOIN crm_user u ON u.id::text = t.key
    WHERE t.workspace_id = %(workspace)s AND t.kind = 'reply'
      AND t.began_at >= %(start)s AND t.began_at < %(end)s AND {_ASKED}
    """,  # noqa: S608 - our own statement
)
PROMISED = Relation(
    "promised",
    f"""
    SELECT e.id, e.candidate_id, e.kind, e.occurred_at, u.id AS user_id, {_NAME}
    FROM crm_event e
    JOIN crm_user u ON u.id = coalesce(CASE WHEN e.data->>'owner' ~ '^[0-9]+$'
        THEN (e.data->>'owner')::bigint END, e.actor_id)
    WHERE e.workspace_id = %(workspace)s AND e.kind IN ('promise.made', 'promise.kept', 'promise.broken')
      AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s AND {_ASKED}
    """,  # noqa: S608 - our own statement
)


def reply_times(question: Question) -> list[dict[str, Any]]:
    """Per colleague: replies to their messages in the period, how many were answered, median hours until."""
    return rows(
        """
        SELECT user_id, name, count(*) AS replies, count(answered_at) AS answered,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', answered_at - received_at) / 3600)
                FILTER (WHERE answered_at IS NOT NULL) AS median_hours
        FROM received GROUP BY user_id, name ORDER BY name, user_id
        """,
        reads=[RECEIVED],
        question=question,
    )


def promises(question: Question) -> list[dict[str, Any]]:
    """Per colleague: promises made, kept and broken in the period."""
    return rows(
        """
        SELECT user_id, name, count(*) FILTER (WHERE kind = 'promise.made') AS made,
            count(*) FILTER (WHERE kind = 'promise.kept') AS kept,
            count(*) FILTER (WHERE kind = 'promise.broken') AS broken
        FROM promised GROUP BY user_id, name ORDER BY name, user_id
        """,
        reads=[PROMISED],
        question=question,
    )
