"""Where hires come from in the words of the ATS, and what they cost."""

from typing import Any

from analytics.models import Cost
from analytics.policies.figures import money
from analytics.policies.questions import Filters, Question
from analytics.policies.sections import Behind, Cell, Dashboard, Section, Tile, cell, part
from analytics.policies.words import percent, shown, sure_of_rate
from analytics.queries import costs, sources
from analytics.queries.hires import share_of_hires

MOST_BARS = 12


def sources_and_costs(question: Question) -> Dashboard:
    """Sources with their applications, hires and days; costs by category; cost per hire by origin."""
    share = share_of_hires(question)
    figure = costs.cost_per_hire(question, share if question.filters == Filters() else None)
    tiles = [
        Tile(
            label, "–" if one.value is None else f"{one.value:,.0f}", one.currency, one.hires,
            f"{one.cost:,.0f} {one.currency} spent", Behind("cost_per_hire", who),
        )
        for who, label, one in (
            ("all", "Cost per hire", figure.all), ("crm", "Cost per hire, CRM", figure.crm),
            ("external", "Cost per hire, external", figure.external),
        )
    ]  # fmt: skip
    tiles.append(
        Tile(
            "Share of hires from CRM", percent(share.rate), "", share.hires,
            sure_of_rate(share.crm, share.hires), Behind("share_of_hires_from_crm", "all"),
        )
    )  # fmt: skip
    return Dashboard("sources", "Sources and costs", tiles, [_sources(question), _spent(question)])


def _sources(question: Question) -> Section:
    found = sources.by_source(question)
    bars = found[:MOST_BARS]
    return Section(
        id="sources",
        title="Applications and hires by source",
        headers=(
            "Source", "Applications", "Past screening", "Share", "Hires", "Of these CRM", "Mean days to hire",
        ),
        rows=[
            (
                Cell(row["source"]),
                cell(row["applied"], _of("applications", "all", row)),
                cell(row["screened"], _of("applications", "past_screening", row)),
                Cell(
                    percent(row["screened"] / row["applied"] if row["applied"] else None),
                    behind=_of("applications", "past_screening", row),
                ),
                cell(row["hired"], _of("share_of_hires_from_crm", "all", row)),
                cell(row["crm"], _of("share_of_hires_from_crm", "crm", row)),
                Cell(shown(row["days"]), row["days"], _of("share_of_hires_from_crm", "all", row)),
            )
            for row in found
        ],
        chart={
            "legend": {"show": True},
            "xAxis": {"type": "value", "name": "hires", "counts": True},
            "yAxis": {"type": "category", "inverse": True, "data": [row["source"] for row in bars]},
            "series": [
                {
                    "type": "bar", "stack": "hires", "name": "CRM", "column": 5,
                    "data": [row["crm"] for row in bars],
                },
                {
                    "type": "bar", "stack": "hires", "name": "External",
                    "data": [row["hired"] - row["crm"] for row in bars],
                },
            ],
        },
        n=sum(row["hired"] for row in found),
        note="Bars: hires accepted in the period. Applications are those of the period." + _cut(found),
        definition="share_of_hires_from_crm",
    )  # fmt: skip


def _cut(found: list[dict[str, Any]]) -> str:
    total = found[0]["total"] if found else 0
    return f" The {len(found)} sources with most hires, of {total:,}." if total > len(found) else ""


def _of(key: str, group: str, row: dict[str, Any]) -> Behind:
    return Behind(key, group, part("source", row["source"]))


def _spent(question: Question) -> Section:
    found = sources.spent_by_category(question)
    names = dict(Cost.Origin.choices)
    return Section(
        id="spent",
        title=f"What was spent on what, {question.currency}",
        headers=("For", "Origin", "Amount"),
        rows=[
            (Cell(row["category"]), Cell(str(names[row["origin"]])),
             Cell(f"{money(row['cents']):,.0f}", money(row["cents"])))
            for row in found
        ],
        chart={
            "xAxis": {"type": "value", "name": question.currency},
            "yAxis": {"type": "category", "inverse": True, "data": [row["category"] for row in found]},
            "series": [
                {"type": "bar", "name": question.currency, "data": [money(row["cents"]) for row in found]}
            ],
        },
        definition="cost_per_hire",
        empty="No costs in this period. Enter what agencies, job boards, licences and time cost.",
    )  # fmt: skip
