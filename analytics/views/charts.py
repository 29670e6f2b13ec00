"""Figures as ECharts options, each with the table that stands under it."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.policies.figures import DropOffStep, StageFigure
from analytics.queries.trends import Month

STEP_LABELS = {
    "contacted": "Contacted",
    "delivered": "Delivered",
    "engaged": "Clicked or replied",
    "replied": "Replied",
    "screening_started": "Screening started",
    "screening_completed": "Screening completed",
}


@dataclass(frozen=True, slots=True)
class Chart:
    """What the chart component takes."""

    options: dict[str, Any]
    headers: list[str]
    rows: list[tuple[Any, ...]]


def drop_off(steps: list[DropOffStep], standing: list[dict[str, Any]]) -> Chart:
    """One bar per step, with the share of those contacted."""
    labels = [_(STEP_LABELS[step.step]) for step in steps]
    bars = [
        {"value": step.reached, "label": {"formatter": f"{step.reached} · {percent(step.share)}"}}
        for step in steps
    ]
    options = {
        "xAxis": {"type": "value", "show": False},
        "yAxis": {"type": "category", "inverse": True, "data": labels},
        "grid": {"left": 4, "right": 96, "top": 4, "bottom": 4, "containLabel": True},
        "series": [
            {"type": "bar", "name": _("People"), "data": bars, "label": {"show": True, "position": "right"}}
        ],
    }
    rows = [
        (label, step.reached, percent(step.share), stand["waiting"], stand["lost"])
        for label, step, stand in zip(labels, steps, standing, strict=True)
    ]
    return Chart(options, [_("Step"), _("Reached"), _("Share"), _("Waiting here"), _("Gone")], rows)


def time_to_hire(months: list[Month]) -> Chart:
    """Two lines, named at their ends; a month without hires is a gap."""
    labels = [date_format(month.starts_on, "M Y") for month in months]
    series = [
        _line("CRM", [month.crm for month in months]),
        _line(_("External"), [month.external for month in months]),
    ]
    options = {
        "xAxis": {"type": "category", "data": labels, "boundaryGap": False},
        "yAxis": {"type": "value", "min": 0},
        "grid": {"left": 4, "right": 72, "top": 28, "bottom": 4, "containLabel": True},
        "series": series,
    }
    rows = [
        (label, shown(month.crm), month.crm_n, shown(month.external), month.external_n)
        for label, month in zip(labels, months, strict=True)
    ]
    headers = [_("Month"), _("CRM, mean days"), _("CRM hires"), _("External, mean days"), _("External hires")]
    return Chart(options, headers, rows)


def stages(figures: list[StageFigure], names: list[str]) -> Chart:
    """One bar per stage: who advanced, who still waits, who left another way."""
    parts = {
        _("Advanced"): [figure.advanced for figure in figures],
        _("Waiting"): [figure.waiting for figure in figures],
        _("Left another way"): [figure.entered - figure.advanced - figure.waiting for figure in figures],
    }
    series = [{"type": "bar", "stack": "people", "name": name, "data": data} for name, data in parts.items()]
    options = {
        "legend": {"show": True},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "inverse": True, "data": names},
        "series": series,
    }
    return Chart(options, [_("Stage"), *parts], list(zip(names, *parts.values(), strict=True)))


def percent(share: float | None) -> str:
    """A share as people read it."""
    return "–" if share is None else f"{share * 100:.1f} %"


def shown(value: float | None) -> str:
    """A number with one decimal, or a dash."""
    return "–" if value is None else f"{value:.1f}"


def _line(name: str, values: list[float | None]) -> dict[str, Any]:
    """A line named at its last point, which need not be in the last month."""
    last = max((place for place, value in enumerate(values) if value is not None), default=-1)
    named = {"show": True, "formatter": "{a}", "position": "right", "color": "inherit"}
    data = [
        {"value": value, "label": named} if place == last else value for place, value in enumerate(values)
    ]
    return {"type": "line", "name": name, "data": data, "connectNulls": True, "showSymbol": True}
