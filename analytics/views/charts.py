"""Figures as ECharts options, each with the table that stands under it."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.policies.figures import DropOffStep
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
        "series": series,
    }
    rows = [
        (label, shown(month.crm), month.crm_n, shown(month.external), month.external_n)
        for label, month in zip(labels, months, strict=True)
    ]
    headers = [_("Month"), _("CRM, mean days"), _("CRM hires"), _("External, mean days"), _("External hires")]
    return Chart(options, headers, rows)


def bars(names: list[str], values: list[float | None], *, unit: str) -> Chart:
    """A bar per name with its value at the end."""
    options = {
        "xAxis": {"type": "value", "show": False},
        "yAxis": {"type": "category", "inverse": True, "data": names},
        "grid": {"left": 4, "right": 64, "top": 4, "bottom": 4, "containLabel": True},
        "series": [
            {"type": "bar", "name": unit, "data": values, "label": {"show": True, "position": "right"}}
        ],
    }
    return Chart(
        options, ["", unit], [(name, shown(value)) for name, value in zip(names, values, strict=True)]
    )


def percent(share: float | None) -> str:
    """A share as people read it."""
    return "–" if share is None else f"{share * 100:.1f} %"


def shown(value: float | None) -> str:
    """A number with one decimal, or a dash."""
    return "–" if value is None else f"{value:.1f}"


def _line(name: str, data: list[float | None]) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "data": data,
        "connectNulls": True,
        "endLabel": {"show": True, "formatter": "{a}"},
    }
