"""How long people stay in the CRM's stages, and who is stuck."""

from analytics.policies.questions import Question
from analytics.policies.sections import Behind, Cell, Dashboard, Section, cell
from analytics.policies.words import percent, shown
from analytics.queries import velocity
from analytics.queries.stuck import stuck
from crm.models import Stage


def velocity_page(question: Question) -> Dashboard:
    """Stages with their medians, and the people who wait far longer."""
    figures = velocity.velocity(question)
    names = [str(Stage(figure.stage).label) for figure in figures]
    weeks = question.period.days / 7
    parts = {
        "Advanced": [f.advanced for f in figures],
        "Waiting": [f.waiting for f in figures],
        "Left another way": [f.entered - f.advanced - f.waiting for f in figures],
    }
    columns = {"Advanced": {"column": 3}, "Waiting": {"column": 4}}
    stages = Section(
        id="stages",
        title="What became of those who entered a stage",
        headers=(
            "Stage", "Median days", "Entered", "Advanced", "Waiting", "Advances per week", "To a later stage",
        ),
        rows=[
            (
                Cell(name),
                Cell(shown(f.median_days), f.median_days, Behind("velocity", f.stage)),
                cell(f.entered, Behind("velocity", f.stage)),
                cell(f.advanced, Behind("velocity", f"advanced_{f.stage}")),
                cell(f.waiting, Behind("velocity", f"waiting_{f.stage}")),
                Cell(f"{f.advanced / weeks:.2f}", round(f.advanced / weeks, 2)),
                Cell(
                    percent(f.advanced / f.entered if f.entered else None),
                    behind=Behind("velocity", f"advanced_{f.stage}"),
                ),
            )
            for name, f in zip(names, figures, strict=True)
        ],
        chart={
            "legend": {"show": True},
            "xAxis": {"type": "value", "name": "people", "counts": True},
            "yAxis": {"type": "category", "inverse": True, "data": names},
            "series": [
                {"type": "bar", "stack": "people", "name": name, "data": data} | columns.get(name, {})
                for name, data in parts.items()
            ],
        },
        n=sum(f.entered for f in figures),
        note="The median counts people still in the stage as waiting (Kaplan–Meier). "
        "A dash: fewer than half have left so far.",
        definition="velocity",
    )  # fmt: skip
    waiting = stuck(question, {f.stage: f.median_days for f in figures})
    return Dashboard("velocity", "Velocity", [], [stages, _stuck(waiting)])


def _stuck(waiting: list[dict[str, object]]) -> Section:
    total = int(str(waiting[0]["total"])) if waiting else 0
    is_cut = total > len(waiting)
    return Section(
        id="stuck",
        title="Stuck: waiting twice the median or longer",
        headers=("Person", "Stage", "Days", "Since", "Owner"),
        rows=[
            (
                Cell(str(row["full_name"]), behind=Behind("person", str(row["candidate_id"]))),
                Cell(str(Stage(str(row["stage"])).label)),
                Cell(f"{row['days']:.0f}", row["days"]),
                Cell(f"{row['entered_at']:%-d %b %Y}", row["entered_at"]),
                Cell(str(row["owner"] or "nobody")),
            )
            for row in waiting
        ],
        n=total,
        note=f"The {len(waiting)} who wait longest, of {total:,}." if is_cut else "",
        more=Behind("stuck", "all") if is_cut else None,
        empty="Nobody waits much longer than others did.",
    )
