"""From first outreach to screening: the cohort's way, and whatever happened in the period."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from analytics.policies.asking import FILTERS
from analytics.policies.questions import Question
from analytics.policies.sections import Behind, Cell, Dashboard, Section, Tile, cell, during
from analytics.policies.words import percent, sure_of_rate
from analytics.queries import activity, contacts

STEPS = {
    "contacted": "Contacted",
    "delivered": "Delivered",
    "engaged": "Clicked or replied",
    "replied": "Replied",
    "screening_started": "Screening started",
    "screening_completed": "Screening completed",
}
ACTIVITIES = {
    "message.sent": "Messages sent",
    "message.replied": "Replies",
    "event.attended": "Events attended",
    "form.submitted": "Forms submitted",
    "meeting.booked": "Meetings booked",
    "application.created": "Applications",
    "offer.extended": "Offers extended",
    "offer.accepted": "Offers accepted",
    "application.hired": "Hires",
}


def funnel(question: Question) -> Dashboard:
    """Both views: people first written to in the period up to now, and events of the period."""
    cohort = contacts.cohort(question)
    conversion = cohort.conversion
    tiles = [
        Tile(
            "Screened so far", percent(conversion.rate), "", conversion.contacted,
            sure_of_rate(conversion.screened, conversion.contacted),
            Behind("conversion_to_screening", "screened"),
        ),
        *(_cut(cut) for cut in cohort.cuts),
    ]  # fmt: skip
    return Dashboard("funnel", "Funnel", tiles, [drop_off_section(cohort), *_activity(question)])


def drop_off_section(cohort: contacts.Cohort) -> Section:
    """One bar per step: who came that far, who waits there, who is gone."""
    steps, standing = cohort.steps, cohort.standing
    beyond = [step.reached for step in steps[1:]] + [0]
    parts: list[tuple[str, list[Any], dict[str, int]]] = [
        ("Went on", beyond, {}),
        ("Waiting here", [row["waiting"] for row in standing], {"column": 4}),
        ("Gone", [row["lost"] for row in standing], {"column": 5}),
    ]
    parts[0][1][-1] = steps[-1].reached
    parts[1][1][-1] = parts[2][1][-1] = 0
    labels = [STEPS[step.step] for step in steps]
    contacted = steps[0].reached
    return Section(
        id="drop-off",
        title="From first outreach to screening",
        headers=("Step", "Reached", "Share", "How sure", "Waiting here", "Gone"),
        rows=[
            (
                Cell(STEPS[step.step]),
                cell(step.reached, Behind("drop_off", step.step)),
                Cell(percent(step.share), step.share, Behind("drop_off", step.step)),
                Cell(sure_of_rate(step.reached, contacted)),
                *_standing(step.step, row),
            )
            for step, row in zip(steps, standing, strict=True)
        ],
        chart={
            "legend": {"show": True},
            "xAxis": {"type": "value", "name": "people", "counts": True},
            "yAxis": {"type": "category", "inverse": True, "data": labels},
            "series": [
                {"type": "bar", "stack": "people", "name": name, "data": data, **column}
                for name, data, column in parts
            ],
        },
        n=contacted,
        note="People first written to in the period, up to now. Waiting people are not counted as lost.",
        definition="drop_off",
    )


def _standing(step: str, row: dict[str, Any]) -> tuple[Cell, Cell]:
    if step == contacts.STEPS[-1]:
        return Cell("–"), Cell("–")
    return (
        cell(row["waiting"], Behind("drop_off", f"waiting_{step}")),
        cell(row["lost"], Behind("drop_off", f"gone_{step}")),
    )


def _cut(cut: dict[str, Any]) -> Tile:
    note = sure_of_rate(cut["screened"], cut["contacted"])
    if cut["observed"] < cut["contacted"]:
        note += f"; {cut['contacted'] - cut['observed']} had less time"
    behind = Behind("conversion_to_screening", f"within_{cut['days']}")
    return Tile(f"Within {cut['days']} days", percent(cut["rate"]), "", cut["contacted"], note, behind)


def _activity(question: Question) -> list[Section]:
    weeks: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in activity.day_counts(question):
        weeks[row["day"] - timedelta(days=row["day"].weekday())][row["kind"]] += row["events"]
    starts = sorted(weeks)
    lines = ("message.sent", "message.replied", "application.created")
    return [
        Section(
            id="activity",
            title="What happened in the period, per week",
            headers=("Week of", *ACTIVITIES.values()),
            rows=[
                (
                    Cell(f"{start:%-d %b %Y}"),
                    *(cell(weeks[start][kind], _happened(kind, start, question)) for kind in ACTIVITIES),
                )
                for start in starts
            ],
            chart={
                "legend": {"show": True},
                "xAxis": {"type": "category", "data": [f"{start:%-d %b %y}" for start in starts]},
                "yAxis": {"type": "value", "min": 0, "counts": True},
                "series": [
                    {
                        "type": "line",
                        "name": ACTIVITIES[kind],
                        "column": 1 + list(ACTIVITIES).index(kind),
                        "data": [weeks[s][kind] for s in starts],
                    }
                    for kind in lines
                ],
            },
            note="Every event of the period, whenever the person was first written to. Filters do not apply.",
            ignores=FILTERS,
        )
    ]


def _happened(kind: str, monday: date, question: Question) -> Behind:
    return Behind("activity", kind, during(monday, monday + timedelta(days=6), question.period))
