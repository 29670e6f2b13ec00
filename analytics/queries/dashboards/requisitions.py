"""Requisitions one by one."""

from analytics.policies.questions import Question
from analytics.policies.sections import Behind, Cell, Dashboard, Section, Tile, cell, part
from analytics.policies.words import shown
from analytics.queries import fills
from analytics.queries.openings import counted, openings
from crm.models import Requisition

MOST_BARS = 15


def requisitions(question: Question) -> Dashboard:
    """Open requisitions and those that ended in the period: age, applications by origin, days to fill."""
    filled = fills.filled(question)
    fill = fills.figure_of(list(filled.values()))
    found = [row | {"days_to_fill": filled.get(row["requisition_id"])} for row in openings(question)]
    count = counted(question)
    tiles = [
        Tile(
            "Time to fill", shown(fill.mean_days), "days", fill.n, f"median {shown(fill.median_days)}",
            Behind("time_to_fill", "all"),
        ),
        Tile(
            "Open now", f"{count.is_open:,}", "", count.is_open,
            f"half are open for {count.half_open_days:.0f} days or longer" if count.half_open_days else "",
            Behind("requisitions", "open"),
        ),
    ]  # fmt: skip
    return Dashboard("requisitions", "Requisitions", tiles, [_table(found, count.total)])


def _table(found: list[dict[str, object]], total: int) -> Section:
    names = dict(Requisition.Status.choices)
    bars = sorted(
        (row for row in found if row["status"] in ("open", "on_hold")),
        key=lambda row: -float(str(row["days_open"])),
    )[:MOST_BARS]
    return Section(
        id="requisitions",
        title="Requisitions, open longest first in the chart",
        headers=(
            "Requisition", "Status", "Recruiter", "Openings", "Hired", "Applications", "From the CRM",
            "Days open", "Days to fill",
        ),
        rows=[
            (
                Cell(str(row["title"]), behind=Behind("requisition", str(row["requisition_id"]))),
                Cell(str(names.get(str(row["status"]), row["status"]))),
                Cell(str(row["recruiter"] or "")),
                cell(row["openings"]),
                cell(row["hired"], _behind(row, "hired")),
                cell(row["applied"], _behind(row, "all")),
                cell(row["crm"], _behind(row, "crm")),
                _days_open(row),
                Cell(
                    shown(row["days_to_fill"]), row["days_to_fill"],  # type: ignore[arg-type]
                    Behind("time_to_fill", "all", (("requisition", str(row["requisition_id"])),)),
                ),
            )
            for row in found
        ],
        chart={
            "xAxis": {"type": "value", "min": 0, "name": "days open"},
            "yAxis": {"type": "category", "inverse": True, "data": [row["title"] for row in bars]},
            "series": [
                {
                    "type": "bar", "name": "Days open",
                    "data": [round(float(str(row["days_open"]))) for row in bars],
                }
            ],
        },
        n=total,
        note=f"The newest {len(found)} of {total:,}." if total > len(found) else "",
        more=Behind("requisitions", "all") if total > len(found) else None,
        definition="time_to_fill",
        empty="No requisition was open in this period.",
    )  # fmt: skip


def _behind(row: dict[str, object], group: str) -> Behind:
    """Its own applications, however long ago."""
    return Behind("openings", group, part("requisition", row["requisition_id"]))


def _days_open(row: dict[str, object]) -> Cell:
    if row["status"] not in ("open", "on_hold"):
        return Cell("–")
    days = float(str(row["days_open"]))
    return Cell(f"{days:.0f}", days)
