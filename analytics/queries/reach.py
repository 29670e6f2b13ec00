"""Whom messages reached: per journey, step, template, sender, variant and pool, when the first one was
delivered to a person and when they first answered one of them."""

from typing import Literal

from analytics.queries.filters import person_passes
from analytics.queries.statements import FOLDED, UNFOLDED, Relation

Grouping = Literal["journey", "step", "template", "sender", "variant", "pool"]
# Within one journey, keyed "journey:template" and "journey:sender".
Inside = Literal["journey_template", "journey_sender"]
GROUPINGS: tuple[Grouping, ...] = ("journey", "step", "template", "sender", "variant", "pool")

_FACTS = """
    WITH sent AS (
        SELECT m.id, m.candidate_id, m.sender_id, m.delivered_at,
            min(coalesce(answer.sent_at, answer.created_at)) AS replied_at
        FROM crm_message m
        LEFT JOIN crm_message answer ON answer.workspace_id = %(workspace)s AND answer.in_reply_to_id = m.id
            AND answer.direction = 'in' AND NOT answer.is_automatic
        WHERE m.workspace_id = %(workspace)s AND m.direction = 'out' AND m.delivered_at IS NOT NULL
            AND m.candidate_id IS NOT NULL AND [whose]
        GROUP BY m.id, m.candidate_id, m.sender_id, m.delivered_at
    ),
    run AS (
        SELECT s.candidate_id, s.sender_id, s.delivered_at, s.replied_at, sr.journey_id, sr.step_id,
            sr.started_at, sr.enrollment_id, en.version_id
        FROM sent s
        JOIN journeys_steprun sr ON sr.workspace_id = %(workspace)s AND sr.message_id = s.id
        JOIN journeys_enrollment en ON en.workspace_id = %(workspace)s AND en.id = sr.enrollment_id
    )
    SELECT told.candidate_id, told.grouping, told.key, min(told.delivered_at) AS delivered_at,
        min(told.replied_at) AS replied_at
    FROM (
        SELECT s.candidate_id, s.delivered_at, s.replied_at, 'sender'::text AS grouping,
            s.sender_id::text AS key
        FROM sent s WHERE s.sender_id IS NOT NULL
        UNION ALL
        SELECT s.candidate_id, s.delivered_at, s.replied_at, 'pool', stay.pool_id::text
        FROM sent s
        JOIN (
            SELECT m.candidate_id, m.pool_id, m.entered_at, m.left_at FROM talentpools_member m
            WHERE m.workspace_id = %(workspace)s
            UNION ALL
            SELECT f.candidate_id, g.pool_id, f.entered_at, f.left_at FROM talentpools_segmentmember f
            JOIN talentpools_segment g ON g.workspace_id = %(workspace)s AND g.id = f.segment_id
            WHERE f.workspace_id = %(workspace)s AND f.is_reviewed AND g.pool_id IS NOT NULL
        ) stay ON stay.candidate_id = s.candidate_id AND stay.entered_at <= s.delivered_at
            AND (stay.left_at IS NULL OR stay.left_at > s.delivered_at)
        UNION ALL
        SELECT r.candidate_id, r.delivered_at, r.replied_at, named.grouping, named.key
        FROM run r CROSS JOIN LATERAL (VALUES
            ('journey', r.journey_id::text), ('step', r.journey_id || ':' || r.step_id),
            ('journey_sender', r.journey_id || ':' || r.sender_id)
        ) named (grouping, key)
        UNION ALL
        SELECT r.candidate_id, r.delivered_at, r.replied_at, named.grouping, named.key
        FROM run r
        JOIN (
            -- Each version is read once, not each message.
            SELECT DISTINCT ON (v.id, step->>'id') v.id AS version_id, step->>'id' AS step_id,
                left(step->>'template', 200) AS template
            FROM journeys_journeyversion v CROSS JOIN jsonb_path_query(v.definition, '$.**') AS step
            WHERE v.workspace_id = %(workspace)s AND jsonb_typeof(step) = 'object' AND step ? 'template'
            ORDER BY v.id, step->>'id'
        ) used ON used.version_id = r.version_id AND used.step_id = r.step_id
        CROSS JOIN LATERAL (VALUES
            ('template', used.template), ('journey_template', left(r.journey_id || ':' || used.template, 200))
        ) named (grouping, key)
        UNION ALL
        SELECT r.candidate_id, r.delivered_at, r.replied_at, 'variant',
            r.journey_id || ':' || arm.step_id || ':' || arm.choice
        FROM run r
        JOIN journeys_steprun arm ON arm.workspace_id = %(workspace)s AND arm.enrollment_id = r.enrollment_id
            AND arm.kind = 'split' AND arm.choice <> '' AND arm.started_at <= r.started_at
    ) told
    WHERE told.key IS NOT NULL
    GROUP BY told.candidate_id, told.grouping, told.key
"""


def reached(whose: str) -> str:
    """Reach from the messages themselves, of those the condition on the message `m` lets through."""
    return _FACTS.replace("[whose]", whose)


# What an erased person's were is final, and nowhere else any more.
REACH = Relation(
    "reach",
    f"""
    SELECT o.candidate_id, o.grouping, o.key, o.delivered_at,
        CASE WHEN o.replied_at <= %(now)s THEN o.replied_at END AS replied_at
    FROM (
        -- The casts make both sides of one type: only then are conditions asked of the index.
        SELECT s.candidate_id, s.grouping::text, s.key::text, s.delivered_at, s.replied_at
        FROM analytics_reach s
        WHERE s.workspace_id = %(workspace)s AND s.delivered_at >= %(start)s AND s.delivered_at < %(end)s
          AND (s.is_final OR ({FOLDED}))
        UNION ALL
        SELECT f.candidate_id, f.grouping, f.key, f.delivered_at, f.replied_at
        FROM ({reached(UNFOLDED.format(subject="m"))}) f
        WHERE f.delivered_at >= %(start)s AND f.delivered_at < %(end)s
    ) o
    LEFT JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = o.candidate_id
    WHERE {person_passes("o")}
    """,  # noqa: S608 - columns of our own
)
