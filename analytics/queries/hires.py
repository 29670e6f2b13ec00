"""Hires: accepted offers, and people the ATS calls hired without one. Time to hire and to accept, the share
from the CRM, and how long we knew them."""

from collections.abc import Sequence
from typing import Any

from analytics.policies.figures import DaysByOrigin, DaysFigure, ShareFigure, days, rate
from analytics.policies.intervals import mean, quantile
from analytics.policies.questions import Question
from analytics.queries.filters import application_passes
from analytics.queries.origins import DECIDED, SOURCE_THEN, with_origin
from analytics.queries.statements import ERASED, FOLDED, UNFOLDED, Relation, counting, rows

# Acceptances of the period by people whose facts are read.
ACCEPTED = Relation(
    "accepted",
    """
    SELECT a.id AS application_id, a.candidate_id, a.requisition_id, a.applied_at, a.is_pushed, a.source,
           o.resolved_at AS accepted_at, true AS has_offer
    FROM crm_offer o
    JOIN crm_application a ON a.workspace_id = o.workspace_id AND a.id = o.application_id
    WHERE o.workspace_id = %(workspace)s AND o.status = 'accepted'
      AND o.resolved_at >= %(start)s AND o.resolved_at < %(end)s AND [unfolded]
      AND NOT EXISTS (
        SELECT FROM crm_offer newer WHERE newer.workspace_id = %(workspace)s
        AND newer.application_id = o.application_id AND newer.version > o.version)
    UNION ALL
    SELECT a.id, a.candidate_id, a.requisition_id, a.applied_at, a.is_pushed, a.source,
           coalesce(a.hired_at, a.ended_at), false
    FROM crm_application a
    WHERE a.workspace_id = %(workspace)s AND a.outcome = 'hired' AND [unfolded]
      AND coalesce(a.hired_at, a.ended_at) >= %(start)s AND coalesce(a.hired_at, a.ended_at) < %(end)s
      AND NOT EXISTS (
        SELECT FROM crm_offer o WHERE o.workspace_id = %(workspace)s AND o.application_id = a.id
        AND o.status = 'accepted' AND o.resolved_at IS NOT NULL
        AND NOT EXISTS (
          SELECT FROM crm_offer newer WHERE newer.workspace_id = %(workspace)s
          AND newer.application_id = a.id AND newer.version > o.version))
    """.replace("[unfolded]", UNFOLDED.format(subject="a")),
)
KEPT = Relation(
    "kept_hires",
    """
    SELECT h.*, coalesce(r.approved_at, r.opened_at) AS clock_started_at
    FROM accepted h
    JOIN crm_requisition r ON r.workspace_id = %(workspace)s AND r.id = h.requisition_id
    WHERE [filters]
    """.replace("[filters]", application_passes("h")),
    (ACCEPTED,),
)
_OF_FACTS = with_origin("hires_of_facts", KEPT)
_COLUMNS = (
    "application_id", "candidate_id", "requisition_id", "applied_at", "is_pushed", "source", "accepted_at",
    "has_offer", *DECIDED,
)  # fmt: skip
HIRES = Relation(
    "hires",
    f"""
    SELECT {", ".join(f"s.{name}" for name in _COLUMNS)}, s.first_applied_at,
        coalesce(r.approved_at, r.opened_at) AS clock_started_at
    FROM analytics_standing s
    JOIN crm_requisition r ON r.workspace_id = %(workspace)s AND r.id = s.requisition_id
    WHERE s.workspace_id = %(workspace)s AND s.accepted_at >= %(start)s AND s.accepted_at < %(end)s
      AND {FOLDED} AND {application_passes("s")}
    UNION ALL
    SELECT {", ".join(f"f.{name}" if name != "source" else SOURCE_THEN for name in _COLUMNS)},
        (SELECT min(a.applied_at) FROM crm_application a
         WHERE a.workspace_id = %(workspace)s AND a.candidate_id = f.candidate_id),
        f.clock_started_at
    FROM hires_of_facts f
    """,  # noqa: S608 - columns of our own
    (_OF_FACTS,),
)
TIMED = Relation(
    "timed",
    """
    SELECT h.*,
        date_part('epoch', h.accepted_at - h.clock_started_at) / 86400 AS days_to_hire,
        date_part('epoch', h.accepted_at - h.applied_at) / 86400 AS days_to_accept,
        date_part('epoch', h.applied_at - h.known_since) / 86400 AS days_known
    FROM hires h
    """,
    (HIRES,),
)
_CLOCKS = {
    "time_to_hire": "days_to_hire",
    "time_to_accept": "days_to_accept",
    "relationship_age": "days_known",
}
TOGETHER = (*_CLOCKS, "share_of_hires_from_crm")
"""The figures about hires, which one reading of them answers."""
_VALUES = ", ".join(
    f"coalesce(array_agg({sql}) FILTER (WHERE {sql} IS NOT NULL), ARRAY[]::float8[]) AS {key}"
    for key, sql in _CLOCKS.items()
)
EXCLUSIONS = {
    "without_opening_date": "p.clock_started_at IS NULL",
    "without_offer": "NOT p.has_offer",
    "accepted_before_opening": "p.accepted_at < p.clock_started_at",
    "without_touch": "p.origin = 'crm' AND p.known_since IS NULL",
    "other_origin": "p.origin <> 'crm'",
    "assisted": "p.is_assisted",
    "erased": ERASED.format(of="p"),
}
"""What the figures about hires leave out, and what they count although something is missing."""
Values = dict[str, dict[str, list[float]]]
"""Every value behind the clocks, by key and origin."""


def together(question: Question) -> dict[str, Any]:
    """The figures of `TOGETHER` by key, read at once.

    Beside them `first_touch`, `exclusions`, `values`, and `months`: days to hire by month and origin.
    """
    found = rows(
        f"""
        SELECT date_trunc('month', accepted_at AT TIME ZONE %(zone)s)::date AS month, origin,
            count(*) AS hires, count(*) FILTER (WHERE is_assisted) AS assisted,
            count(*) FILTER (WHERE known_since < first_applied_at) AS first_touch,
            {counting(EXCLUSIONS)}, {_VALUES}
        FROM timed p GROUP BY 1, origin
        """,  # noqa: S608 - columns of our own
        reads=[TIMED],
        question=question,
    )
    values = _values(found)
    crm = sum(row["hires"] for row in found if row["origin"] == "crm")
    whole = {
        name: sum(row[name] for row in found) for name in ("hires", "assisted", "first_touch", *EXCLUSIONS)
    }
    return {
        "time_to_hire": _by_origin(values["time_to_hire"]),
        "time_to_accept": _by_origin(values["time_to_accept"]),
        "relationship_age": _spread(values["relationship_age"]["crm"]),
        "share_of_hires_from_crm": ShareFigure(
            whole["hires"], crm, whole["assisted"], rate(crm, whole["hires"])
        ),
        "first_touch": whole["first_touch"],
        "exclusions": {name: whole[name] for name in EXCLUSIONS},
        "values": values,
        "months": {(row["month"], row["origin"]): row["time_to_hire"] for row in found},
    }


def time_to_hire(question: Question) -> DaysByOrigin:
    """Days from the requisition's approval (else opening) to acceptance, by origin."""
    figure: DaysByOrigin = together(question)["time_to_hire"]
    return figure


def time_to_accept(question: Question) -> DaysByOrigin:
    """Days from application to acceptance, by origin."""
    figure: DaysByOrigin = together(question)["time_to_accept"]
    return figure


def relationship_age(question: Question) -> DaysFigure:
    """Days from the first touch to the application, over CRM-origin hires with any touch before it."""
    figure: DaysFigure = together(question)["relationship_age"]
    return figure


def share_of_hires(question: Question) -> ShareFigure:
    """Hires of the period, how many came from the CRM, and how many it assisted."""
    figure: ShareFigure = together(question)["share_of_hires_from_crm"]
    return figure


def _values(found: Sequence[dict[str, Any]]) -> Values:
    grouped: Values = {key: {"all": [], "crm": [], "external": []} for key in _CLOCKS}
    for row in found:
        for key, clock in grouped.items():
            clock["all"] += row[key]
            clock[row["origin"]] += row[key]
    return grouped


def _by_origin(clock: dict[str, list[float]]) -> DaysByOrigin:
    return DaysByOrigin(*(_spread(clock[who]) for who in ("all", "crm", "external")))


def _spread(values: Sequence[float]) -> DaysFigure:
    ordered = sorted(values)
    middle, ninety = quantile(ordered, 0.5), quantile(ordered, 0.9)
    return DaysFigure(days(mean(ordered)), days(middle), days(ninety), len(ordered))
