"""Offers extended in the period; the latest version of each application decides. Nurtured against cold."""

from dataclasses import dataclass
from typing import Any

from analytics.policies.figures import AcceptanceByNurture, AcceptanceFigure, rate
from analytics.policies.questions import Question
from analytics.queries.filters import application_passes
from analytics.queries.origins import FINAL
from analytics.queries.statements import ERASED, FOLDED, UNFOLDED, Relation, counting, rows

# Offers of the period to people whose facts are read.
# Some systems keep no date for the sending; an answered offer was extended by the time of the answer.
DECIDING = Relation(
    "deciding",
    """
    SELECT a.id AS application_id, a.candidate_id, a.requisition_id, a.applied_at, a.is_pushed, a.source,
        o.status, o.version, coalesce(o.extended_at, o.resolved_at) AS extended_at, o.resolved_at
    FROM crm_offer o
    JOIN crm_application a ON a.workspace_id = o.workspace_id AND a.id = o.application_id
    WHERE o.workspace_id = %(workspace)s AND [unfolded]
      AND ((o.extended_at >= %(start)s AND o.extended_at < %(end)s)
        OR (o.extended_at IS NULL AND o.resolved_at >= %(start)s AND o.resolved_at < %(end)s))
      AND NOT EXISTS (
        SELECT FROM crm_offer newer WHERE newer.workspace_id = %(workspace)s
        AND newer.application_id = o.application_id AND newer.version > o.version)
    """.replace("[unfolded]", UNFOLDED.format(subject="a")),
)
NURTURE = """
    SELECT min(told.at) AS delivered_at FROM (
        SELECT e.occurred_at AS at FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.candidate_id = f.candidate_id
        AND e.kind = 'message.delivered' AND e.occurred_at < f.extended_at
        AND (e.data->>'kind' = ANY(%(nurtured_by)s)
             OR (e.data->>'journey' IS NOT NULL AND 'journey' = ANY(%(nurtured_by)s)))
        UNION ALL
        SELECT m.delivered_at FROM crm_message m
        WHERE m.workspace_id = %(workspace)s AND m.candidate_id = f.candidate_id
        AND m.direction = 'out' AND m.kind = ANY(%(nurtured_by)s) AND m.delivered_at < f.extended_at
    ) told
"""
_COLUMNS = "application_id, candidate_id, requisition_id, applied_at, extended_at, resolved_at"
OFFERS = Relation(
    "offers",
    """
    SELECT told.*, told.nurtured_at IS NOT NULL AS is_nurtured,
        CASE WHEN told.status IN ('withdrawn', 'expired') THEN 'withdrawn' ELSE told.status END AS state
    FROM (
        SELECT [folded columns], s.offer_state AS status, s.nurtured_at
        FROM analytics_standing s
        JOIN crm_requisition r ON r.workspace_id = %(workspace)s AND r.id = s.requisition_id
        WHERE s.workspace_id = %(workspace)s AND s.extended_at >= %(start)s AND s.extended_at < %(end)s
          AND [folded] AND [folded filters]
        UNION ALL
        SELECT [columns], f.status, coalesce(s.nurtured_at, nurture.delivered_at)
        FROM deciding f
        JOIN crm_requisition r ON r.workspace_id = %(workspace)s AND r.id = f.requisition_id
        LEFT JOIN analytics_standing s ON [final]
        LEFT JOIN LATERAL (SELECT told.* FROM ([nurture]) told WHERE s.id IS NULL OFFSET 0) nurture ON true
        WHERE [filters]
    ) told
    """.replace("[nurture]", NURTURE)
    .replace("[final]", FINAL)
    .replace("[folded]", FOLDED)
    .replace("[folded filters]", application_passes("s"))
    .replace("[filters]", application_passes("f"))
    .replace("[folded columns]", ", ".join(f"s.{name}" for name in _COLUMNS.split(", ")))
    .replace("[columns]", ", ".join(f"f.{name}" for name in _COLUMNS.split(", "))),
    (DECIDING,),
)

LEFT_OUT = Relation(
    "offers_left_out",
    """
    SELECT told.* FROM (
        SELECT a.id AS application_id, a.candidate_id, a.requisition_id, a.applied_at, o.version, o.status,
            o.extended_at, o.resolved_at, EXISTS (
                SELECT FROM crm_offer newer WHERE newer.workspace_id = %(workspace)s
                AND newer.application_id = o.application_id AND newer.version > o.version) AS is_superseded
        FROM crm_offer o
        JOIN crm_application a ON a.workspace_id = %(workspace)s AND a.id = o.application_id
        JOIN crm_requisition r ON r.workspace_id = %(workspace)s AND r.id = a.requisition_id
        WHERE o.workspace_id = %(workspace)s AND [filters]
          AND ((o.extended_at >= %(start)s AND o.extended_at < %(end)s)
            OR (o.resolved_at >= %(start)s AND o.resolved_at < %(end)s)
            OR (o.extended_at IS NULL AND o.resolved_at IS NULL))
    ) told
    WHERE told.is_superseded OR (told.extended_at IS NULL AND told.resolved_at IS NULL)
    """.replace("[filters]", application_passes("a")),
)
"""Versions of offers in the period that a newer one took the place of, and offers without any date."""
EXCLUSIONS = {"expired": "p.status = 'expired'", "erased": ERASED.format(of="p")}


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The figure, and how many EXCLUSIONS holds of, by name."""

    figure: AcceptanceByNurture
    exclusions: dict[str, int]


def offer_acceptance(question: Question) -> AcceptanceByNurture:
    """Accepted over extended, and over decided; nurtured people beside cold ones."""
    return whole(question).figure


def whole(question: Question) -> Acceptance:
    """The same, with what it counts with a reservation."""
    found = rows(
        f"""
        SELECT CASE WHEN grouping(is_nurtured) = 1 THEN 'all' WHEN is_nurtured THEN 'nurtured'
                ELSE 'cold' END AS who,
            count(*) AS extended, count(*) FILTER (WHERE state = 'accepted') AS accepted,
            count(*) FILTER (WHERE state = 'declined') AS declined,
            count(*) FILTER (WHERE state = 'pending') AS pending,
            count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
            {counting(EXCLUSIONS)}
        FROM offers p GROUP BY GROUPING SETS ((), (is_nurtured))
        """,  # noqa: S608 - conditions of our own
        reads=[OFFERS],
        question=question,
    )
    figures = {row["who"]: _figure(row) for row in found}
    nobody = AcceptanceFigure(0, 0, 0, 0, 0, None, None)
    figure = AcceptanceByNurture(*(figures.get(who, nobody) for who in ("all", "nurtured", "cold")))
    [everybody] = [row for row in found if row["who"] == "all"]
    return Acceptance(figure, {name: everybody[name] for name in EXCLUSIONS})


def _figure(row: dict[str, Any]) -> AcceptanceFigure:
    return AcceptanceFigure(
        extended=row["extended"],
        accepted=row["accepted"],
        declined=row["declined"],
        pending=row["pending"],
        withdrawn=row["withdrawn"],
        rate=rate(row["accepted"], row["extended"]),
        decided_rate=rate(row["accepted"], row["accepted"] + row["declined"]),
    )
