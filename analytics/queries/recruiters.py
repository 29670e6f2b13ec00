"""How colleagues keep in touch: promises kept, replies answered. Shown only where the workspace allows it."""

from typing import Any

from analytics.policies.questions import Question
from analytics.queries.statements import rows


def reply_times(question: Question) -> list[dict[str, Any]]:
    """Per colleague: replies to their messages in the period, how many were answered, median hours until."""
    return rows(
        """
        SELECT u.id AS user_id, coalesce(nullif(u.name, ''), u.email) AS name, count(*) AS replies,
            count(answer.at) AS answered,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', answer.at - m.created_at) / 3600)
                FILTER (WHERE answer.at IS NOT NULL) AS median_hours
        FROM crm_message m
        JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = m.candidate_id
        LEFT JOIN crm_message original ON original.workspace_id = %(workspace)s
            AND original.id = m.in_reply_to_id
        JOIN crm_user u ON u.id = coalesce(original.sender_id, c.owner_id)
        LEFT JOIN LATERAL (
            SELECT least(m.settled_at, (
                SELECT min(own.sent_at) FROM crm_message own
                WHERE own.workspace_id = %(workspace)s AND own.candidate_id = m.candidate_id
                AND own.direction = 'out' AND own.kind = 'one_to_one' AND own.sent_at > m.created_at)) AS at
        ) answer ON true
        WHERE m.workspace_id = %(workspace)s AND m.direction = 'in' AND NOT m.is_automatic
          AND m.created_at >= %(start)s AND m.created_at < %(end)s
          AND (%(recruiters)s::bigint[] IS NULL OR u.id = ANY(%(recruiters)s::bigint[]))
        GROUP BY u.id, 2 ORDER BY 2
        """,
        reads=[],
        question=question,
    )


def promises(question: Question) -> list[dict[str, Any]]:
    """Per colleague: promises made, kept and broken in the period."""
    return rows(
        """
        SELECT u.id AS user_id, coalesce(nullif(u.name, ''), u.email) AS name,
            count(*) FILTER (WHERE e.kind = 'promise.made') AS made,
            count(*) FILTER (WHERE e.kind = 'promise.kept') AS kept,
            count(*) FILTER (WHERE e.kind = 'promise.broken') AS broken
        FROM crm_event e
        JOIN crm_user u ON u.id = coalesce(CASE WHEN e.data->>'owner' ~ '^[0-9]+$'
            THEN (e.data->>'owner')::bigint END, e.actor_id)
        WHERE e.workspace_id = %(workspace)s AND e.kind IN ('promise.made', 'promise.kept', 'promise.broken')
          AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s
          AND (%(recruiters)s::bigint[] IS NULL OR u.id = ANY(%(recruiters)s::bigint[]))
        GROUP BY u.id, 2 ORDER BY 2
        """,
        reads=[],
        question=question,
    )
