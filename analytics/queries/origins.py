"""Where an application came from: the one rule behind every figure "by origin" (specs: kpis).

`crm` when a push from here created it, or when the person was in a pool or segment before they applied and
sent a word back within the attribution window; otherwise `external`. `assisted` is an external one to whom a
message was delivered in the window and who sent no word back.

What was decided is stored (Standing); the rule is read again only for people with news. What was decided of
people who were erased holds for good.
"""

from datetime import datetime
from typing import Any

from analytics.queries.statements import Relation

# A click counts when the event says a human made it (crm/policies/engagement.py reads the same words) and
# nothing later showed it to be a scanner's.
HUMAN = """(e.kind <> 'message.clicked' OR (
    (e.data->>'actor' = 'human' OR e.data->>'human' IN ('true', 'human'))
    AND NOT EXISTS (
        SELECT FROM crm_event disproof WHERE disproof.workspace_id = %(workspace)s
        AND disproof.candidate_id = e.candidate_id AND disproof.kind = 'message.click_disproved'
        AND disproof.data->>'event' = e.id::text)))"""
# An out-of-office note is no reply.
ANSWERED = "(e.kind <> 'message.replied' OR e.data->>'automatic' IS DISTINCT FROM 'true')"
FINAL = "s.workspace_id = %(workspace)s AND s.application_id = f.application_id AND s.is_final"
# The source the ATS named, of an application `f`; erasing a person empties it.
SOURCE_THEN = f"coalesce((SELECT s.source FROM analytics_standing s WHERE {FINAL}), f.source) AS source"  # noqa: S608 - ours
_DECISION = """
    SELECT CASE WHEN f.is_pushed OR (belonged.since IS NOT NULL AND word.occurred_at IS NOT NULL)
                THEN 'crm' ELSE 'external' END AS origin,
        (NOT f.is_pushed AND word.occurred_at IS NULL AND delivered.occurred_at IS NOT NULL) AS is_assisted,
        belonged.since AS in_pool_since, word.kind AS touch_kind, word.occurred_at AS touched_at,
        delivered.occurred_at AS delivered_at, known.since AS known_since
    FROM (
        SELECT min(stay.entered_at) AS since FROM (
            SELECT entered_at FROM talentpools_member m
            WHERE m.workspace_id = %(workspace)s AND m.candidate_id = f.candidate_id
            UNION ALL
            SELECT entered_at FROM talentpools_segmentmember g
            WHERE g.workspace_id = %(workspace)s AND g.candidate_id = f.candidate_id AND g.is_reviewed
        ) stay WHERE stay.entered_at < f.applied_at
    ) belonged
    CROSS JOIN (
        SELECT min(e.occurred_at) AS since FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.candidate_id = f.candidate_id
        AND (e.kind = ANY(%(contacts)s) OR e.kind = ANY(%(two_way)s)) AND [human] AND [answered]
        AND e.occurred_at <= f.applied_at
    ) known
    LEFT JOIN LATERAL (
        SELECT e.kind, e.occurred_at FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.candidate_id = f.candidate_id
        AND e.kind = ANY(%(two_way)s) AND [human] AND [answered]
        AND e.occurred_at < f.applied_at
        AND e.occurred_at >= f.applied_at - make_interval(hours => 24 * %(attribution_days)s)
        ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1
    ) word ON true
    LEFT JOIN LATERAL (
        SELECT e.occurred_at FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.candidate_id = f.candidate_id
        AND e.kind = 'message.delivered'
        AND e.occurred_at < f.applied_at
        AND e.occurred_at >= f.applied_at - make_interval(hours => 24 * %(attribution_days)s)
        ORDER BY e.occurred_at DESC LIMIT 1
    ) delivered ON true
""".replace("[human]", HUMAN).replace("[answered]", ANSWERED)

DECIDED = (
    "origin", "is_assisted", "in_pool_since", "touch_kind", "touched_at", "delivered_at", "known_since",
)  # fmt: skip
_STORED_OR_DECIDED = ", ".join(
    f"CASE WHEN s.id IS NULL THEN decided.{name} ELSE s.{name} END AS {name}" for name in DECIDED
)
_ORIGIN = f"""
    SELECT f.*, {_STORED_OR_DECIDED}
    FROM [source] f
    LEFT JOIN analytics_standing s ON {FINAL}
    -- OFFSET 0 keeps the planner from deciding again for every row and throwing it away.
    LEFT JOIN LATERAL (
        SELECT now_decided.* FROM ({_DECISION}) now_decided WHERE s.id IS NULL OFFSET 0
    ) decided ON true
"""  # noqa: S608 - columns of our own
REASONS = """
    CASE WHEN f.is_pushed THEN 'pushed' WHEN f.origin = 'crm' THEN 'pool_and_word'
         WHEN f.is_assisted THEN 'assisted' WHEN f.touched_at IS NOT NULL THEN 'word_without_pool'
         WHEN f.in_pool_since IS NOT NULL THEN 'pool_without_word' ELSE 'unknown' END
"""


def with_origin(name: str, source: Relation) -> Relation:
    """`source` (application_id, candidate_id, applied_at, is_pushed, …) with each row's origin and why."""
    return Relation(name, _ORIGIN.replace("[source]", source.name), (source,))


def reason(row: dict[str, Any]) -> str:
    """Why this origin, as a sentence."""
    return next(sentence for holds, sentence in _reasons(row) if holds)


def _reasons(row: dict[str, Any]) -> list[tuple[bool, str]]:
    word = f"{_WORDS.get(row['touch_kind'], '')} on {_day(row['touched_at'])}"
    since = f"In a pool or segment since {_day(row['in_pool_since'])}"
    return [
        (row["is_pushed"], "Pushed to the ATS from here."),
        (row["origin"] == "crm", f"{since}, {word}."),
        (
            row["is_assisted"],
            f"Written to on {_day(row['delivered_at'])}, no word back: assisted, so external.",
        ),
        (bool(row["touched_at"]), f"The person {word}, but was in no pool or segment before applying."),
        (bool(row["in_pool_since"]), f"{since}, but no word back within the window."),
        (True, "Not known here before applying."),
    ]


def _day(moment: datetime | None) -> str:
    return f"{moment:%-d %b %Y}" if moment else ""


_WORDS = {
    "message.replied": "replied",
    "event.attended": "attended an event",
    "meeting.booked": "booked a meeting",
    "form.submitted": "submitted a form",
    "message.clicked": "clicked in a message",
}
