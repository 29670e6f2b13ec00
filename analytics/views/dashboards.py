from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics.policies.definitions import DEFINITIONS
from analytics.policies.exclusions import EXCLUSIONS
from analytics.policies.sections import Behind, Cell, Dashboard, Section
from analytics.policies.terms import sentences
from analytics.queries.choices import choices
from analytics.queries.dashboards.registry import DASHBOARDS
from analytics.queries.exclusions import excluded
from analytics.queries.freshness import freshness
from analytics.queries.preferences import shows_recruiters
from analytics.views import exports
from analytics.views.asked import Asked, asked_of
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page

MOST_OPEN = 12
"""A longer table of days or weeks is folded away under its chart."""
_NOBODY = ("–", "0")


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
        "tiles": [
            (
                tile,
                links.to(tile.behind),
                links.definition(tile.behind.key),
                asked.ignored(ignored_by(tile.behind.key)),
            )
            if tile.behind
            else (tile, "", "", "")
            for tile in found.tiles
        ],
        "sections": shown_sections(asked, page, found.sections),
        "xlsx_url": asked.url("analytics:dashboard_export", page, "xlsx"),
    }


def shown_sections(asked: Asked, page: str, sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Sections of a page as its template takes them."""
    links = Links(asked)
    return [_shown(section, page, links) for section in sections]


@permission_required("analytics.view")
@require_safe
@asked_of
def export(request: WorkspaceRequest, asked: Asked, page: str, kind: str) -> HttpResponse:
    if kind not in exports.WRITERS:
        raise Http404
    found = _dashboard(asked, page)
    name = f"{page}-{asked.period.from_on}-{asked.period.to_on}"
    if kind == "xlsx":
        sheets = [(section.title, _table(section)) for section in found.sections]
        return exports.to_book(name, [*sheets, ("About", _about(asked, found))])
    wanted = request.GET.get("section", found.sections[0].id)
    section = next((section for section in found.sections if section.id == wanted), None)
    if section is None:
        raise Http404
    return exports.to_csv(f"{name}-{section.id}", _table(section))


def ignored_by(key: str) -> tuple[str, ...]:
    """The filters that do not narrow this figure."""
    return DEFINITIONS[key].ignores if key in DEFINITIONS else ()


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

    def definition(self, key: str) -> str:
        return self.asked.url("analytics:definition", key) if key in DEFINITIONS else ""

    def _row(self, name: str, pk: str) -> str:
        return reverse(name, args=[self.asked.slug, int(pk)])


def _dashboard(asked: Asked, page: str) -> Dashboard:
    if page not in DASHBOARDS or (page == "recruiters" and not shows_recruiters()):
        raise Http404
    return DASHBOARDS[page](asked.question)


def _shown(section: Section, page: str, links: Links) -> dict[str, Any]:
    asked = links.asked
    heads = _numeric(section)
    return {
        "section": section,
        "rows": [
            [
                (head, is_number, cell, "" if cell.text in _NOBODY else links.to(cell.behind))
                for (head, is_number), cell in zip(heads, row, strict=True)
            ]
            for row in section.rows
        ],
        "numeric": heads,
        "is_long": _is_series(section) and len(section.rows) > MOST_OPEN,
        "height": _height(section),
        "ignored": asked.ignored((*section.ignores, *ignored_by(section.definition))),
        "definition_url": links.definition(section.definition),
        "chart": _with_links(section, links),
        "more_url": links.to(section.more),
        "csv_url": asked.url("analytics:dashboard_export", page, "csv", section=section.id),
    }


def _with_links(section: Section, links: Links) -> dict[str, Any] | None:
    """The chart's options, each point of a series with the address its table's cell has."""
    if section.chart is None:
        return None
    series = [
        one
        | {
            "links": [
                "" if row[one["column"]].text in _NOBODY else links.to(row[one["column"]].behind)
                for row in section.rows[: len(one["data"])]
            ]
        }
        if "column" in one
        else one
        for one in section.chart["series"]
    ]
    return section.chart | {"series": series}


def _numeric(section: Section) -> list[tuple[str, bool]]:
    columns: Iterable[Sequence[Cell]] = zip(*section.rows, strict=True) if section.rows else ()
    kinds = [all(_is_number(cell) for cell in column) for column in columns]
    return list(zip(section.headers, kinds or [False] * len(section.headers), strict=True))


def _is_number(cell: Cell) -> bool:
    return isinstance(cell.value, int | float) or not set(cell.text) - set("0123456789.,+-–% ")


def _is_series(section: Section) -> bool:
    return bool(section.chart and section.chart["xAxis"].get("type") == "category")


def _height(section: Section) -> str:
    """Many bars need room."""
    axis = (section.chart or {}).get("yAxis", {})
    bars = len(axis.get("data", ())) * max(1, _side_by_side(section))
    if axis.get("type") != "category" or 3 <= bars <= 8:
        return ""
    return "large" if bars > 8 else "small"


def _side_by_side(section: Section) -> int:
    return sum("stack" not in one for one in (section.chart or {}).get("series", ()))


def _about(asked: Asked, found: Dashboard) -> Iterable[list[Any]]:
    """What a sheet is worth without its page: the question, the definitions, how fresh the ATS is."""
    terms = asked.question.terms
    yield ["Page", found.title]
    yield ["Workspace", asked.request.workspace.name]
    yield ["Shows", asked.told(choices(asked.question.reader))]
    yield ["Days of", asked.period.zone.key]
    yield ["Made", asked.question.now]
    yield ["Definitions", f"version {terms.number}"]
    yield from (["", sentence] for sentence in sentences(terms))
    yield from ([f"{row.name}, last read", row.synced_at or "never"] for row in freshness())
    for key, counts in excluded(asked.question, _figures_of(found)).items():
        for name, n in counts.items():
            yield [f"{DEFINITIONS[key].title}: {EXCLUSIONS[key][name]}", n]


def _figures_of(found: Dashboard) -> list[str]:
    """The KPIs whose people the numbers of a page open."""
    opened = [tile.behind for tile in found.tiles]
    opened += [cell.behind for section in found.sections for row in section.rows for cell in row]
    keys = {behind.key for behind in opened if behind}
    return [key for key in DEFINITIONS if key in keys]


def _table(section: Section) -> Iterable[list[Any]]:
    yield list(section.headers)
    for row in section.rows:
        yield [cell.text if cell.value is None else cell.value for cell in row]
