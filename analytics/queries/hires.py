"""Hires: accepted offers, and people the ATS calls hired without one. Time to hire and to accept, the share
from the CRM, and how long we knew them."""

from typing import Any

from analytics.policies.figures import DaysByOrigin, DaysFigure, ShareFigure, days, rate
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
_ALL_CLOCKS = ", ".join(
    f"count({sql}) AS {key}_n, avg({sql}) AS {key}_mean,"
    f" percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {sql}) AS {key}_parts"
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
_SPREAD = """
    SELECT coalesce(origin, 'all') AS origin, count({days}) AS n, avg({days}) AS mean,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY {days}) AS median,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY {days}) AS p90
    FROM timed GROUP BY GROUPING SETS ((), (origin))
"""


def together(question: Question) -> dict[str, Any]:
    """The figures of `TOGETHER` by key, read at once; `first_touch` and `exclusions` beside them."""
    found = rows(
        f"""
        SELECT coalesce(origin, 'all') AS origin, count(*) AS hires,
            count(*) FILTER (WHERE is_assisted) AS assisted,
            count(*) FILTER (WHERE known_since < first_applied_at) AS first_touch,
            {counting(EXCLUSIONS)}, {_ALL_CLOCKS}
        FROM timed p GROUP BY GROUPING SETS ((), (origin))
        """,  # noqa: S608 - columns of our own
        reads=[TIMED],
        question=question,
    )
    by = {row["origin"]: row for row in found}
    whole, crm = by["all"], by["crm"]["hires"] if "crm" in by else 0
    nobody = DaysFigure(None, None, None, 0)
    clocks = {
        key: {who: _clock(row, key) for who, row in by.items()} for key in ("time_to_hire", "time_to_accept")
    }
    return {
        **{
            key: DaysByOrigin(*(parts.get(who, nobody) for who in ("all", "crm", "external")))
            for key, parts in clocks.items()
        },
        "relationship_age": _clock(by["crm"], "relationship_age") if crm else nobody,
        "share_of_hires_from_crm": ShareFigure(
            whole["hires"], crm, whole["assisted"], rate(crm, whole["hires"])
        ),
        "first_touch": whole["first_touch"],
        "exclusions": {name: whole[name] for name in EXCLUSIONS},
    }


def _clock(row: dict[str, Any], key: str) -> DaysFigure:
    middle, ninety = row[f"{key}_parts"] or (None, None)
    return DaysFigure(days(row[f"{key}_mean"]), days(middle), days(ninety), row[f"{key}_n"])


def time_to_hire(question: Question) -> DaysByOrigin:
    """Days from the requisition's approval (else opening) to acceptance, by origin."""
    return _spread("days_to_hire", question)


def time_to_accept(question: Question) -> DaysByOrigin:
    """Days from application to acceptance, by origin."""
    return _spread("days_to_accept", question)


def relationship_age(question: Question) -> DaysFigure:
    """Days from the first touch to the application, over CRM-origin hires with any touch before it."""
    found = rows(
        """
        SELECT count(days_known) AS n, avg(days_known) AS mean,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY days_known) AS median,
            percentile_cont(0.9) WITHIN GROUP (ORDER BY days_known) AS p90
        FROM timed WHERE origin = 'crm'
        """,
        reads=[TIMED],
        question=question,
    )
    return _days(found[0])


def share_of_hires(question: Question) -> ShareFigure:
    """Hires of the period, how many came from the CRM, and how many it assisted."""
    found = rows(
        """
        SELECT count(*) AS hires, count(*) FILTER (WHERE origin = 'crm') AS crm,
            count(*) FILTER (WHERE is_assisted) AS assisted FROM hires
        """,
        reads=[HIRES],
        question=question,
    )[0]
    return ShareFigure(found["hires"], found["crm"], found["assisted"], rate(found["crm"], found["hires"]))


def first_touch_hires(question: Question) -> int:
    """Hires whose first application came after we had first written to them or heard from them."""
    found = rows(
        """
        SELECT count(*) AS n FROM hires WHERE known_since < first_applied_at
        """,
        reads=[HIRES],
        question=question,
    )
    return int(found[0]["n"])


Values = dict[str, dict[str, list[float]]]


def values(question: Question) -> Values:
    """Every value behind the clocks, by key and origin: for intervals."""
    clocks = ", ".join(f"{sql} AS {key}" for key, sql in _CLOCKS.items())
    found = rows(f"SELECT origin, {clocks} FROM timed", reads=[TIMED], question=question)  # noqa: S608 - ours
    grouped: Values = {key: {"all": [], "crm": [], "external": []} for key in _CLOCKS}
    for row in found:
        for key, clock in grouped.items():
            if row[key] is not None:
                clock["all"].append(row[key])
                clock[row["origin"]].append(row[key])
    return grouped


def _spread(column: str, question: Question) -> DaysByOrigin:
    found = rows(_SPREAD.replace("{days}", column), reads=[TIMED], question=question)
    figures = {row["origin"]: _days(row) for row in found}
    nobody = DaysFigure(None, None, None, 0)
    return DaysByOrigin(*(figures.get(origin, nobody) for origin in ("all", "crm", "external")))


def _days(row: dict[str, Any]) -> DaysFigure:
    return DaysFigure(days(row["mean"]), days(row["median"]), days(row["p90"]), row["n"])
