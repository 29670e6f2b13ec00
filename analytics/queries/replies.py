"""Reply rate: of people whose first delivered message fell in the period, who answered it."""

from typing import Literal

from analytics.policies.figures import ReplyFigure, rate
from analytics.policies.questions import Question
from analytics.queries.filters import person_passes
from analytics.queries.origins import ANSWERED
from analytics.queries.statements import FOLDED, UNFOLDED, Relation, rows

Grouping = Literal["journey", "step", "template", "sender", "variant", "pool"]
GROUPINGS: tuple[Grouping, ...] = ("journey", "step", "template", "sender", "variant", "pool")

# People whose first delivery ever lies in the period, read from the events, and the first answer to it.
_FIRST_EVER = """
    SELECT f.candidate_id, f.delivered_at, answer.answered_at
    FROM (
        SELECT e.candidate_id, min(e.occurred_at) AS delivered_at FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.kind = 'message.delivered' AND e.candidate_id IS NOT NULL
          AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s
          AND [unfolded]
        GROUP BY e.candidate_id
        HAVING NOT EXISTS (
            SELECT FROM crm_event earlier WHERE earlier.workspace_id = %(workspace)s
            AND earlier.candidate_id = e.candidate_id AND earlier.kind = 'message.delivered'
            AND earlier.occurred_at < %(start)s)
    ) f
    CROSS JOIN LATERAL (
        SELECT min(e.occurred_at) AS answered_at FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.candidate_id = f.candidate_id
        AND e.kind = 'message.replied' AND [answered] AND e.occurred_at >= f.delivered_at
    ) answer
""".replace("[answered]", ANSWERED).replace("[unfolded]", UNFOLDED.format(subject="e"))
FIRST_DELIVERIES = Relation(
    "first_deliveries",
    f"""
    SELECT o.candidate_id, o.delivered_at,
        CASE WHEN o.answered_at <= %(now)s THEN o.answered_at END AS replied_at
    FROM (
        SELECT s.candidate_id, s.delivered_at, s.answered_at FROM analytics_outreach s
        WHERE s.workspace_id = %(workspace)s AND s.delivered_at >= %(start)s AND s.delivered_at < %(end)s
        AND {FOLDED}
        UNION ALL
        ({_FIRST_EVER})
    ) o
    LEFT JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = o.candidate_id
    WHERE {person_passes("o")}
    """,  # noqa: S608 - columns of our own
)
# One row per person and group: their first delivery in it, and the first answer to any of its messages.
_BY_GROUP = """
    SELECT grouped.key, grouped.name, count(*) AS delivered, count(grouped.replied_at) AS replied FROM (
        SELECT g.key, g.name, m.candidate_id, min(m.delivered_at) AS delivered_at,
            min(coalesce(answer.sent_at, answer.created_at)) AS replied_at
        FROM crm_message m
        [groups]
        LEFT JOIN crm_message answer ON answer.workspace_id = %(workspace)s AND answer.in_reply_to_id = m.id
            AND answer.direction = 'in' AND NOT answer.is_automatic
        WHERE m.workspace_id = %(workspace)s AND m.direction = 'out' AND m.candidate_id IS NOT NULL
            AND m.delivered_at < %(end)s
            AND (%(journey)s::bigint IS NULL OR EXISTS (
                SELECT FROM journeys_steprun jr WHERE jr.workspace_id = %(workspace)s
                AND jr.message_id = m.id AND jr.journey_id = %(journey)s::bigint))
        GROUP BY g.key, g.name, m.candidate_id
    ) grouped
    JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = grouped.candidate_id
    WHERE grouped.delivered_at >= %(start)s AND [filters]
    GROUP BY grouped.key, grouped.name ORDER BY delivered DESC, grouped.name
""".replace("[filters]", person_passes("grouped"))

_FROM_RUN = """
    JOIN journeys_steprun sr ON sr.workspace_id = %(workspace)s AND sr.message_id = m.id
    JOIN journeys_enrollment en ON en.workspace_id = %(workspace)s AND en.id = sr.enrollment_id
    JOIN journeys_journey j ON j.workspace_id = %(workspace)s AND j.id = en.journey_id
"""
_GROUPS: dict[Grouping, str] = {
    "journey": "[run] CROSS JOIN LATERAL (SELECT j.id::text AS key, j.name AS name) g",
    "step": """
    [run] CROSS JOIN LATERAL (
        SELECT j.id || ':' || sr.step_id AS key, j.name || ' · ' || sr.step_id AS name) g
    """,
    "template": """
    [run] JOIN (
        -- Each version is read once, not each message.
        SELECT DISTINCT ON (v.id, step->>'id') v.id AS version_id, step->>'id' AS step_id,
            step->>'template' AS key, step->>'template' AS name
        FROM journeys_journeyversion v CROSS JOIN jsonb_path_query(v.definition, '$.**') AS step
        WHERE v.workspace_id = %(workspace)s AND jsonb_typeof(step) = 'object' AND step ? 'template'
        ORDER BY v.id, step->>'id'
    ) g ON g.version_id = en.version_id AND g.step_id = sr.step_id
    """,
    "sender": """
    JOIN crm_user u ON u.id = m.sender_id
    CROSS JOIN LATERAL (SELECT u.id::text AS key, coalesce(nullif(u.name, ''), u.email) AS name) g
    """,
    "variant": """
    [run] JOIN journeys_steprun arm ON arm.workspace_id = %(workspace)s AND arm.enrollment_id = en.id
        AND arm.kind = 'split' AND arm.choice <> '' AND arm.started_at <= sr.started_at
    CROSS JOIN LATERAL (
        SELECT j.id || ':' || arm.step_id || ':' || arm.choice AS key,
            j.name || ' · ' || arm.step_id || ' · ' || arm.choice AS name) g
    """,
    "pool": """
    JOIN talentpools_member tm ON tm.workspace_id = %(workspace)s AND tm.candidate_id = m.candidate_id
        AND tm.entered_at <= m.delivered_at AND (tm.left_at IS NULL OR tm.left_at > m.delivered_at)
    JOIN talentpools_pool tp ON tp.workspace_id = %(workspace)s AND tp.id = tm.pool_id
    CROSS JOIN LATERAL (SELECT tp.id::text AS key, tp.name AS name) g
    """,
}


def reply_rate(question: Question) -> ReplyFigure:
    """People who replied (not their mail program) over people with a delivered message."""
    found = rows(
        "SELECT count(*) AS delivered, count(replied_at) AS replied FROM first_deliveries",
        reads=[FIRST_DELIVERIES],
        question=question,
    )[0]
    return ReplyFigure(found["delivered"], found["replied"], rate(found["replied"], found["delivered"]))


def reply_rate_by(
    question: Question, grouping: Grouping, *, journey: int | None = None
) -> list[dict[str, str | int | float | None]]:
    """The same per journey, step, template, sender or pool; a person counts once in each group.

    With `journey` only the messages of that journey are looked at.
    """
    statement = _BY_GROUP.replace("[groups]", _GROUPS[grouping]).replace("[run]", _FROM_RUN)
    found = rows(statement, reads=[], question=question, extra={"journey": journey})
    return [row | {"rate": rate(row["replied"], row["delivered"])} for row in found]
