"""People first contacted in the period, and how far each came since: conversion to screening and drop-off."""

from analytics.policies.figures import ConversionFigure, DropOffStep, rate
from analytics.policies.questions import Question
from analytics.queries.filters import person_passes
from analytics.queries.origins import ANSWERED, HUMAN
from analytics.queries.statements import Relation, rows

STEPS = ("contacted", "delivered", "engaged", "replied", "screening_started", "screening_completed")
CUTS = (30, 60, 90)

# People whose first contact ever lies in the period, read from the events.
_FIRST_EVER = """
    SELECT e.candidate_id, min(e.occurred_at) AS contacted_at
    FROM crm_event e
    WHERE e.workspace_id = %(workspace)s AND e.kind = ANY(%(contacts)s) AND e.candidate_id IS NOT NULL
      AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s
      AND (NOT %(trusts)s OR e.candidate_id = ANY(%(news)s::bigint[]))
    GROUP BY e.candidate_id
    HAVING NOT EXISTS (
        SELECT FROM crm_event earlier WHERE earlier.workspace_id = %(workspace)s
        AND earlier.candidate_id = e.candidate_id AND earlier.kind = ANY(%(contacts)s)
        AND earlier.occurred_at < %(start)s)
"""
# How far a person `f` (candidate_id, contacted_at) came, read from the facts.
STEPS_OF = """
    SELECT f.candidate_id, f.contacted_at, said.delivered_at, said.engaged_at, said.replied_at,
        said.answered_at, least(stays.started_at, said.called_at, offered.at) AS screening_started_at,
        least(stays.completed_at, said.called_at, offered.at) AS screened_at
    FROM [source] f
    CROSS JOIN LATERAL (
        SELECT min(e.occurred_at) FILTER (WHERE e.kind = 'message.delivered') AS delivered_at,
            min(e.occurred_at) FILTER (WHERE e.kind IN ('message.clicked', 'message.replied')) AS engaged_at,
            min(e.occurred_at) FILTER (WHERE e.kind = 'message.replied') AS replied_at,
            min(e.occurred_at) FILTER (WHERE e.kind = 'message.replied' AND e.occurred_at >= e.first_delivery)
                AS answered_at,
            min(e.occurred_at) FILTER (WHERE e.kind = ANY(%(calls)s) AND e.occurred_at > f.contacted_at)
                AS called_at
        FROM (
            SELECT e.kind, e.occurred_at,
                min(e.occurred_at) FILTER (WHERE e.kind = 'message.delivered') OVER () AS first_delivery
            FROM crm_event e
            WHERE e.workspace_id = %(workspace)s AND e.candidate_id = f.candidate_id
            AND e.occurred_at >= f.contacted_at
            AND (e.kind IN ('message.delivered', 'message.clicked', 'message.replied')
                 OR e.kind = ANY(%(calls)s))
            AND [human] AND [answered]
            AND (e.kind <> 'call.logged' OR e.data->>'outcome' = 'completed')
        ) e
    ) said
    CROSS JOIN LATERAL (
        SELECT min(s.entered_at) FILTER (WHERE s.stage = ANY(%(started_stages)s)) AS started_at,
            min(s.entered_at) FILTER (WHERE s.stage = ANY(%(completed_stages)s)) AS completed_at
        FROM crm_application a
        JOIN crm_stageentry s ON s.workspace_id = %(workspace)s AND s.application_id = a.id
        WHERE a.workspace_id = %(workspace)s AND a.candidate_id = f.candidate_id AND s.stage <> ''
        AND s.entered_at > f.contacted_at
    ) stays
    CROSS JOIN LATERAL (
        -- An offer or a hire is past screening even where the ATS gave no stage history.
        SELECT min(passed.at) AS at FROM (
            SELECT o.extended_at AS at FROM crm_application a
            JOIN crm_offer o ON o.workspace_id = %(workspace)s AND o.application_id = a.id
            WHERE a.workspace_id = %(workspace)s AND a.candidate_id = f.candidate_id
            UNION ALL
            SELECT a.hired_at FROM crm_application a
            WHERE a.workspace_id = %(workspace)s AND a.candidate_id = f.candidate_id
        ) passed WHERE passed.at > f.contacted_at
    ) offered
""".replace("[human]", HUMAN).replace("[answered]", ANSWERED)
_COLUMNS = (
    "delivered_at", "engaged_at", "replied_at", "answered_at", "screening_started_at", "screened_at",
)  # fmt: skip
_BY_NOW = ", ".join(f"CASE WHEN o.{name} <= %(now)s THEN o.{name} END AS {name}" for name in _COLUMNS)
PROGRESS = Relation(
    "progress",
    f"""
    SELECT o.candidate_id, o.contacted_at, {_BY_NOW}
    FROM (
        SELECT candidate_id, contacted_at, {", ".join(_COLUMNS)} FROM analytics_outreach
        WHERE workspace_id = %(workspace)s AND contacted_at >= %(start)s AND contacted_at < %(end)s
        AND %(trusts)s AND candidate_id <> ALL(%(news)s::bigint[])
        UNION ALL
        ({STEPS_OF.replace("[source]", f"({_FIRST_EVER})")})
    ) o
    LEFT JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = o.candidate_id
    WHERE {person_passes("o")}
    """,  # noqa: S608 - columns of our own
)
# How far each person came: the last step reached, those before it reached or passed.
DEPTH = Relation(
    "depth",
    """
    SELECT p.*, CASE WHEN screened_at IS NOT NULL THEN 5 WHEN screening_started_at IS NOT NULL THEN 4
        WHEN replied_at IS NOT NULL THEN 3 WHEN engaged_at IS NOT NULL THEN 2
        WHEN delivered_at IS NOT NULL THEN 1 ELSE 0 END AS depth,
        (c.unsubscribed_at IS NOT NULL OR c.do_not_contact_at IS NOT NULL OR c.consent = 'withdrawn'
         OR c.email_state IN ('bounced', 'suppressed') OR c.archived_at IS NOT NULL) AS is_lost
    FROM progress p JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = p.candidate_id
    """,
    (PROGRESS,),
)


def conversion_to_screening(question: Question) -> ConversionFigure:
    """Of people first contacted in the period, how many completed an initial call after that, up to now."""
    found = rows(
        "SELECT count(*) AS contacted, count(screened_at) AS screened FROM progress",
        reads=[PROGRESS],
        question=question,
    )[0]
    return ConversionFigure(
        found["contacted"], found["screened"], rate(found["screened"], found["contacted"])
    )


def conversion_cuts(question: Question) -> list[dict[str, int | float | None]]:
    """The same within 30, 60 and 90 days of first contact; `observed` is how many have had that long."""
    found = rows(
        """
        SELECT cut.days, count(p.candidate_id) AS contacted,
            count(*) FILTER (WHERE p.screened_at <= p.contacted_at + cut.span) AS screened,
            count(*) FILTER (WHERE p.contacted_at + cut.span <= %(now)s) AS observed
        FROM (SELECT days, make_interval(hours => 24 * days) AS span FROM unnest(%(cuts)s) AS days) cut
        LEFT JOIN progress p ON true GROUP BY cut.days ORDER BY cut.days
        """,
        reads=[PROGRESS],
        question=question,
        extra={"cuts": list(CUTS)},
    )
    return [row | {"rate": rate(row["screened"], row["contacted"])} for row in found]


def drop_off(question: Question) -> list[DropOffStep]:
    """The steps from first outreach to a completed screening; who came further passed the ones before."""
    counts = _depths(question)
    reached = [sum(row["people"] for row in counts if row["depth"] >= step) for step in range(len(STEPS))]
    return [DropOffStep(step, n, rate(n, reached[0])) for step, n in zip(STEPS, reached, strict=True)]


def waiting_and_lost(question: Question) -> list[dict[str, int | str]]:
    """Who stands at each step: still waiting, or gone (unsubscribed, bounced, withdrawn, archived)."""
    counts = {row["depth"]: row for row in _depths(question)}
    return [
        {
            "step": step,
            "waiting": counts[depth]["people"] - counts[depth]["lost"] if depth in counts else 0,
            "lost": counts[depth]["lost"] if depth in counts else 0,
        }
        for depth, step in enumerate(STEPS)
    ]


def _depths(question: Question) -> list[dict[str, int]]:
    return rows(
        "SELECT depth, count(*) AS people, count(*) FILTER (WHERE is_lost) AS lost FROM depth GROUP BY depth",
        reads=[DEPTH],
        question=question,
    )
