from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from analytics.policies.definitions import DEFINITIONS
from analytics.policies.periods import just_before
from analytics.queries import costs, kpis
from analytics.queries.preferences import preference
from analytics.views import charts
from analytics.views.asked import Asked, asked_of
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page

_WHO = {"all": "all", "crm": "CRM", "external": "external", "nurtured": "nurtured", "cold": "cold"}


@permission_required("analytics.view")
@require_safe
@asked_of
def comparison(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    other = asked.reading.compare or just_before(asked.period)
    pivot = preference().pivot_on
    rows = [_difference(row) for row in kpis.compare(asked.question, other)]
    medians = [row for row in rows if row["is_days"] and row["what"] == "median"]
    context = asked.context() | {"rows": rows, "other": other, "chart": _now_and_then(medians)}
    context |= {"pivot": pivot, "pivot_url": _around(asked, pivot) if pivot else ""}
    return render_page(request, "analytics/report/comparison.html", context)


def _around(asked: Asked, pivot: date) -> str:
    """This page with equal spans before and from the pivot on."""
    today = asked.question.now.astimezone(asked.period.zone).date()
    days = max(1, (today - pivot).days + 1)
    return asked.url(
        "analytics:comparison",
        **{"from": pivot.isoformat(), "to": max(today, pivot).isoformat()},
        compare_from=(pivot - timedelta(days=days)).isoformat(),
        compare_to=(pivot - timedelta(days=1)).isoformat(),
    )


def cost_tiles(asked: Asked) -> list[dict[str, Any]]:
    """Cost per hire: all, CRM, external."""
    figure = costs.cost_per_hire(asked.question)
    return [
        {
            "label": label,
            "value": "–" if part.value is None else f"{part.value:,.0f}",
            "unit": part.currency,
            "n": part.hires,
            "note": f"{part.cost:,.0f} {part.currency} spent",
            "href": asked.people_url("cost_per_hire", who),
        }
        for who, label, part in (
            ("all", "Cost per hire", figure.all),
            ("crm", "From the CRM", figure.crm),
            ("external", "External", figure.external),
        )
    ]


def _difference(row: kpis.Difference) -> dict[str, Any]:
    is_days = row.figure.endswith("_days")
    who, _, what = row.figure.rpartition(".")
    scale, unit = (1.0, "days") if is_days else (100.0, "points")
    return {
        "title": DEFINITIONS[row.key].title,
        "who": _WHO.get(who, ""),
        "what": what.removesuffix("_days") if is_days else "",
        "is_days": is_days,
        "now": _shown(row.now, scale),
        "then": _shown(row.then, scale),
        "now_value": row.now,
        "then_value": row.then,
        "change": "–" if row.change is None else f"{row.change * scale:+.1f} {unit}",
        "interval": "–"
        if row.interval is None
        else f"{row.interval[0] * scale:+.1f} to {row.interval[1] * scale:+.1f}",
        "is_clear": row.interval is not None and (row.interval[0] > 0 or row.interval[1] < 0),
    }


def _shown(value: float | None, scale: float) -> str:
    if value is None:
        return "–"
    return f"{value * scale:.1f}{' %' if scale == 100 else ''}"


def _now_and_then(rows: list[dict[str, Any]]) -> charts.Chart:
    names = [f"{row['title']}{', ' + row['who'] if row['who'] else ''}" for row in rows]
    series = [
        {"type": "bar", "name": name, "data": [_rounded(row[key]) for row in rows]}
        for name, key in (("Before", "then_value"), ("Now", "now_value"))
    ]
    options = {
        "legend": {"show": True},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "inverse": True, "data": names},
        "series": series,
    }
    return charts.Chart(
        options,
        ["Median days", "Before", "Now"],
        [(name, row["then"], row["now"]) for name, row in zip(names, rows, strict=True)],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
