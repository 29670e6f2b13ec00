from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics.policies.definitions import DEFINITIONS
from analytics.policies.sections import Behind, Cell, Dashboard, Section
from analytics.queries.dashboards.registry import DASHBOARDS
from analytics.queries.preferences import shows_recruiters
from analytics.views import exports
from analytics.views.asked import Asked, asked_of
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page

MOST_OPEN = 12
"""A longer table of days or weeks is folded away under its chart."""


@permission_required("analytics.view")
@require_safe
@asked_of
def index(request: WorkspaceRequest, asked: Asked, page: str) -> HttpResponse:
    return render_page(request, "analytics/dashboard/detail.html", page_of(asked, page))


def page_of(asked: Asked, page: str) -> dict[str, Any]:
    """What the page of a dashboard shows."""
    found = _dashboard(asked, page)
    links = Links(asked)
    return asked.context() | {
        "dashboard": found,
        "tiles": [(tile, links.to(tile.behind)) for tile in found.tiles],
        "sections": [_shown(section, found, links) for section in found.sections],
        "xlsx_url": asked.url("analytics:dashboard_export", page, "xlsx"),
    }


@permission_required("analytics.view")
@require_safe
@asked_of
def export(request: WorkspaceRequest, asked: Asked, page: str, kind: str) -> HttpResponse:
    if kind not in exports.WRITERS:
        raise Http404
    found = _dashboard(asked, page)
    name = f"{page}-{asked.period.from_on}-{asked.period.to_on}"
    if kind == "xlsx":
        return exports.to_book(name, [(section.title, _table(section)) for section in found.sections])
    wanted = request.GET.get("section", found.sections[0].id)
    section = next((section for section in found.sections if section.id == wanted), None)
    if section is None:
        raise Http404
    return exports.to_csv(f"{name}-{section.id}", _table(section))


class Links:
    """The address behind a number."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.may_see_people = "candidates.view" in asked.request.permissions

    def to(self, behind: Behind | None) -> str:
        if behind is None:
            return ""
        if behind.key == "person":
            return self._row("crm:candidate", behind.group) if self.may_see_people else ""
        if behind.key == "requisition":
            return self._row("talentpools:requisition", behind.group)
        return self.asked.url("analytics:people", behind.key, group=behind.group, **dict(behind.filters))

    def _row(self, name: str, pk: str) -> str:
        return reverse(name, args=[self.asked.slug, int(pk)])


def _dashboard(asked: Asked, page: str) -> Dashboard:
    if page not in DASHBOARDS or (page == "recruiters" and not shows_recruiters()):
        raise Http404
    return DASHBOARDS[page](asked.question)


def _shown(section: Section, found: Dashboard, links: Links) -> dict[str, Any]:
    asked = links.asked
    heads = _numeric(section)
    return {
        "section": section,
        "rows": [
            [
                (head, is_number, cell, links.to(cell.behind))
                for (head, is_number), cell in zip(heads, row, strict=True)
            ]
            for row in section.rows
        ],
        "numeric": heads,
        "is_long": _is_series(section) and len(section.rows) > MOST_OPEN,
        "height": _height(section),
        "definition_url": asked.url("analytics:definition", section.definition)
        if section.definition in DEFINITIONS
        else "",
        "csv_url": asked.url("analytics:dashboard_export", found.key, "csv", section=section.id),
    }


def _numeric(section: Section) -> list[tuple[str, bool]]:
    columns: Iterable[Sequence[Cell]] = zip(*section.rows, strict=True) if section.rows else ()
    kinds = [any(isinstance(cell.value, int | float) for cell in column) for column in columns]
    return list(zip(section.headers, kinds or [False] * len(section.headers), strict=True))


def _is_series(section: Section) -> bool:
    return bool(section.chart and section.chart["xAxis"].get("type") == "category")


def _height(section: Section) -> str:
    """Many bars need room."""
    axis = (section.chart or {}).get("yAxis", {})
    return "large" if len(axis.get("data", ())) > 8 else ""


def _table(section: Section) -> Iterable[list[Any]]:
    yield list(section.headers)
    for row in section.rows:
        yield [cell.text if cell.value is None else cell.value for cell in row]
