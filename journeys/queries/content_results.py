"""What became of the mail that went out with a template's words or showed a piece of content."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from crm.kernel.tenancy import current_workspace_id
from journeys.models import Wording

# A click or an opening counts when a human made it; an unsubscribe belongs to the last mail before it.
_FIGURES = """
WITH said AS (
  SELECT r.wording_id, r.message_id, m.delivered_at
  FROM journeys_steprun r JOIN crm_message m ON m.workspace_id = r.workspace_id AND m.id = r.message_id
  WHERE r.workspace_id = %(here)s AND r.wording_id IS NOT NULL AND m.sent_at IS NOT NULL
    AND (%(journey)s IS NULL OR r.journey_id = %(journey)s)
), disproved AS (
  SELECT (d.data->>'event')::bigint AS event FROM crm_event d
  WHERE d.workspace_id = %(here)s AND d.kind = 'message.click_disproved'
), seen AS (
  SELECT (e.data->>'message')::bigint AS message,
         bool_or(e.kind = 'message.clicked') AS clicked, bool_or(e.kind = 'message.opened') AS opened
  FROM crm_event e LEFT JOIN disproved ON disproved.event = e.id
  WHERE e.workspace_id = %(here)s AND e.kind IN ('message.opened', 'message.clicked')
    AND disproved.event IS NULL
    AND (e.data->>'actor' = 'human' OR e.data->>'human' IN ('true', 'human'))
  GROUP BY 1
), answered AS (
  SELECT DISTINCT in_reply_to_id AS message FROM crm_message
  WHERE workspace_id = %(here)s AND direction = 'in' AND NOT is_automatic AND in_reply_to_id IS NOT NULL
), stopped AS (
  SELECT DISTINCT before.id AS message FROM crm_event e CROSS JOIN LATERAL (
    SELECT m.id FROM crm_message m
    WHERE m.workspace_id = e.workspace_id AND m.candidate_id = e.candidate_id AND m.direction = 'out'
      AND m.sent_at <= e.occurred_at AND m.sent_at > e.occurred_at - interval '30 days'
    ORDER BY m.sent_at DESC LIMIT 1) before
  WHERE e.workspace_id = %(here)s AND e.kind = 'candidate.unsubscribed'
)
SELECT said.wording_id, count(*), count(said.delivered_at), count(*) FILTER (WHERE seen.opened),
  count(*) FILTER (WHERE seen.clicked), count(answered.message), count(stopped.message)
FROM said
LEFT JOIN seen ON seen.message = said.message_id
LEFT JOIN answered ON answered.message = said.message_id
LEFT JOIN stopped ON stopped.message = said.message_id
GROUP BY said.wording_id
"""
NAMES = ("sent", "delivered", "opened", "clicked", "replied", "unsubscribed")


@dataclass(frozen=True, slots=True)
class Results:
    """Mails sent, and of how many something followed."""

    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    replied: int = 0
    unsubscribed: int = 0

    @property
    def shares(self) -> list[tuple[str, int, str]]:
        """(what, how many, share of what was delivered) of everything that may follow."""
        followed = [(name, getattr(self, name)) for name in NAMES[2:]]
        return [
            (name, n, f"{100 * n / self.delivered:.0f} %" if self.delivered else "") for name, n in followed
        ]


def by_template() -> dict[int, Results]:
    """Per template, over all journeys and newsletters."""
    return _summed((template_id, figures) for template_id, _, figures in _per_wording())


def by_piece() -> dict[int, Results]:
    """Per piece: the mails that showed it."""
    return _summed((piece, figures) for _, pieces, figures in _per_wording() for piece in pieces)


def of_journey(journey_id: int) -> Results:
    """Of the mail of one journey or campaign."""
    total: Counter[str] = Counter()
    for _, _, figures in _per_wording(journey_id):
        total.update(figures)
    return Results(**total)


def _per_wording(journey_id: int | None = None) -> list[tuple[int, list[int], Counter[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"here": current_workspace_id(), "journey": journey_id})
        figures = {row[0]: Counter(dict(zip(NAMES, row[1:], strict=True))) for row in cursor.fetchall()}
    known = Wording.objects.filter(pk__in=figures).values_list("pk", "template_id", "pieces")
    return [(template_id, pieces, figures[pk]) for pk, template_id, pieces in known]


def _summed(parts: Iterable[tuple[int, Counter[str]]]) -> dict[int, Results]:
    total: dict[int, Counter[str]] = defaultdict(Counter)
    for pk, figures in parts:
        total[pk].update(figures)
    return {pk: Results(**figures) for pk, figures in total.items()}
