"""People first contacted in the period, and how far each came since: conversion to screening and drop-off."""

from dataclasses import dataclass

from analytics.policies.figures import ConversionFigure, DropOffStep, rate
from analytics.policies.questions import Question
from analytics.queries.filters import person_passes
from analytics.queries.origins import ANSWERED, HUMAN
from analytics.queries.statements import (
    ERASED,
    FOLDED,
    UNFOLDED,
    Relation,
    before_the_period,
    counting,
    rows,
)

STEPS = ("contacted", "delivered", "engaged", "replied", "screening_started", "screening_completed")
CUTS = (30, 60, 90)

# People whose first contact ever lies in the period, read from the events.
_FIRST_EVER = """
    SELECT e.candidate_id, min(e.occurred_at) AS contacted_at
    FROM crm_event e
    WHERE e.workspace_id = %(workspace)s AND e.kind = ANY(%(contacts)s) AND e.candidate_id IS NOT NULL
      AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s
      AND [unfolded]
    GROUP BY e.candidate_id
    HAVING NOT EXISTS (
        SELECT FROM crm_event earlier WHERE earlier.workspace_id = %(workspace)s
        AND earlier.candidate_id = e.candidate_id AND earlier.kind = ANY(%(contacts)s)
        AND earlier.occurred_at < %(start)s)
""".replace("[unfolded]", UNFOLDED.format(subject="e"))
# How far a person `f` (candidate_id, contacted_at) came, read from the facts.
STEPS_OF = """
    SELECT f.candidate_id, f.contacted_at, said.delivered_at, said.engaged_at, said.replied_at,
        said.answered_at, said.machine_clicked_at, said.auto_replied_at,
        (c.unsubscribed_at IS NOT NULL OR c.do_not_contact_at IS NOT NULL
            OR c.consent = 'withdrawn' OR c.email_state IN ('bounced', 'suppressed')
            OR c.archived_at IS NOT NULL) AS is_lost,
        least(stays.started_at, said.called_at, offered.at) AS screening_started_at,
        least(stays.completed_at, said.called_at, offered.at) AS screened_at
    FROM [source] f
    JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = f.candidate_id
    CROSS JOIN LATERAL (
        SELECT min(e.occurred_at) FILTER (WHERE e.kind = 'message.delivered') AS delivered_at,
            min(e.occurred_at) FILTER (WHERE e.is_theirs
                AND e.kind IN ('message.clicked', 'message.replied')) AS engaged_at,
            min(e.occurred_at) FILTER (WHERE e.is_theirs AND e.kind = 'message.replied') AS replied_at,
            min(e.occurred_at) FILTER (WHERE e.is_theirs AND e.kind = 'message.replied'
                AND e.occurred_at >= e.first_delivery) AS answered_at,
            min(e.occurred_at) FILTER (WHERE NOT e.is_theirs AND e.kind = 'message.clicked')
                AS machine_clicked_at,
            min(e.occurred_at) FILTER (WHERE NOT e.is_theirs AND e.kind = 'message.replied'
                AND e.occurred_at >= e.first_delivery) AS auto_replied_at,
            min(e.occurred_at) FILTER (WHERE e.kind = ANY(%(calls)s) AND e.occurred_at > f.contacted_at)
                AS called_at
        FROM (
            SELECT e.kind, e.occurred_at, ([human] AND [answered]) IS TRUE AS is_theirs,
                min(e.occurred_at) FILTER (WHERE e.kind = 'message.delivered') OVER () AS first_delivery
            FROM crm_event e
            WHERE e.workspace_id = %(workspace)s AND e.candidate_id = f.candidate_id
            AND e.occurred_at >= f.contacted_at
            AND (e.kind IN ('message.delivered', 'message.clicked', 'message.replied')
                 OR e.kind = ANY(%(calls)s))
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
    "delivered_at", "engaged_at", "replied_at", "screening_started_at", "screened_at", "machine_clicked_at",
    "auto_replied_at",
)  # fmt: skip
_BY_NOW = ", ".join(f"CASE WHEN o.{name} <= %(now)s THEN o.{name} END AS {name}" for name in _COLUMNS)
PROGRESS = Relation(
    "progress",
    f"""
    SELECT o.candidate_id, o.contacted_at, o.is_lost, {_BY_NOW}
    FROM (
        SELECT s.candidate_id, s.contacted_at, s.is_lost, {", ".join(f"s.{name}" for name in _COLUMNS)}
        FROM analytics_outreach s
        WHERE s.workspace_id = %(workspace)s AND s.contacted_at >= %(start)s AND s.contacted_at < %(end)s
        AND {FOLDED}
        UNION ALL
        SELECT f.candidate_id, f.contacted_at, f.is_lost, {", ".join(f"f.{name}" for name in _COLUMNS)}
        FROM ({STEPS_OF.replace("[source]", f"({_FIRST_EVER})")}) f
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
        WHEN delivered_at IS NOT NULL THEN 1 ELSE 0 END AS depth
    FROM progress p
    """,
    (PROGRESS,),
)


EARLIER = before_the_period(PROGRESS, "earlier_contacts")
"""People first contacted before the period."""

EXCLUSIONS = {
    "machine_clicks": "p.machine_clicked_at IS NOT NULL AND p.engaged_at IS NULL",
    "automatic_replies": "p.auto_replied_at IS NOT NULL AND p.replied_at IS NULL",
    "undelivered": "p.delivered_at IS NULL",
    "erased": ERASED.format(of="p"),
}


@dataclass(frozen=True, slots=True)
class Cohort:
    """People first contacted in the period: how far each came, read at once."""

    counts: tuple[dict[str, int], ...]

    @property
    def conversion(self) -> ConversionFigure:
        """How many completed an initial call after the contact, up to now."""
        contacted, screened = self._sum("people"), self._sum("screened")
        return ConversionFigure(contacted, screened, rate(screened, contacted))

    @property
    def cuts(self) -> list[dict[str, int | float | None]]:
        """The same within 30, 60 and 90 days of the contact; `observed` is how many have had that long."""
        contacted = self._sum("people")
        return [
            {
                "days": days,
                "contacted": contacted,
                "screened": self._sum(f"within_{days}"),
                "observed": self._sum(f"observed_{days}"),
                "rate": rate(self._sum(f"within_{days}"), contacted),
            }
            for days in CUTS
        ]

    @property
    def steps(self) -> list[DropOffStep]:
        """From first outreach to a completed screening; who came further passed the steps before."""
        reached = [self._sum("people", since=depth) for depth in range(len(STEPS))]
        return [DropOffStep(step, n, rate(n, reached[0])) for step, n in zip(STEPS, reached, strict=True)]

    @property
    def standing(self) -> list[dict[str, int | str]]:
        """Who stands at each step: still waiting, or gone (unsubscribed, bounced, withdrawn, archived)."""
        at = {row["depth"]: row for row in self.counts}
        return [
            {
                "step": step,
                "waiting": at[depth]["people"] - at[depth]["lost"] if depth in at else 0,
                "lost": at[depth]["lost"] if depth in at else 0,
            }
            for depth, step in enumerate(STEPS)
        ]

    @property
    def exclusions(self) -> dict[str, int]:
        """How many EXCLUSIONS holds of, by name."""
        return {name: self._sum(name) for name in EXCLUSIONS}

    def _sum(self, name: str, *, since: int = 0) -> int:
        return sum(row[name] for row in self.counts if row["depth"] >= since)


_WITHIN = ", ".join(
    f"count(*) FILTER (WHERE screened_at <= contacted_at + interval '{24 * days} hours') AS within_{days},"
    f" count(*) FILTER (WHERE contacted_at + interval '{24 * days} hours' <= %(now)s) AS observed_{days}"
    for days in CUTS
)


def cohort(question: Question) -> Cohort:
    """People whose first contact ever lies in the period, by how far they came up to now."""
    found = rows(
        f"""
        SELECT depth, count(*) AS people, count(*) FILTER (WHERE is_lost) AS lost,
            count(screened_at) AS screened, {_WITHIN}, {counting(EXCLUSIONS)}
        FROM depth p GROUP BY depth ORDER BY depth
        """,  # noqa: S608 - whole numbers of our own
        reads=[DEPTH],
        question=question,
    )
    return Cohort(tuple(found))


def conversion_to_screening(question: Question) -> ConversionFigure:
    """Of people first contacted in the period, how many completed an initial call after that, up to now."""
    return cohort(question).conversion


def drop_off(question: Question) -> list[DropOffStep]:
    """The steps from first outreach to a completed screening; who came further passed the ones before."""
    return cohort(question).steps
