from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from analytics.policies.asking import InvalidQuestion
from analytics.policies.definitions import DEFINITIONS
from analytics.queries import people
from analytics.views import exports
from analytics.views.asked import Asked, asked_of
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page

PAGE = 50
MOST_EXPORTED = 100_000
# The sentence of the row says these; a column each would say them twice.
_IN_WORDS = frozenset({"in_pool_since", "touched_at"})


@permission_required("analytics.view")
@require_safe
@asked_of
def index(request: WorkspaceRequest, asked: Asked, key: str) -> HttpResponse:
    group = _group(request, key)
    first = _offset(request)
    found, total = people.people_behind(key, group, asked.question, limit=PAGE, offset=first)
    dates = {name: _words(name) for name in (found[0].dates if found else []) if name not in _IN_WORDS}
    context = asked.context() | {
        "definition": DEFINITIONS[key],
        "group": group,
        "groups": [
            {
                "label": _words(name),
                "href": asked.people_url(key, name),
                "current": name == group,
            }
            for name in people.groups_of(key)
            if name in DEFINITIONS[key].groups or name == group
        ],
        "dates": dates.values(),
        "rows": [(row, [(label, row.dates[name]) for name, label in dates.items()]) for row in found],
        "has_days": any(row.days is not None for row in found),
        "has_origin": any(row.origin for row in found),
        "has_requisition": any(row.requisition for row in found),
        "total": total,
        "first": first + 1,
        "last": first + len(found),
        "next_url": _page_url(asked, key, group, first + PAGE) if total > first + PAGE else "",
        "previous_url": _page_url(asked, key, group, first - PAGE) if first else "",
        "may_see_people": "candidates.view" in request.permissions,
        "may_export": "candidates.export" in request.permissions,
        "csv_url": asked.url("analytics:people_export", key, "csv", group=group),
        "xlsx_url": asked.url("analytics:people_export", key, "xlsx", group=group),
    }
    return render_page(request, "analytics/people/list.html", context)


@permission_required("candidates.export")
@require_safe
@asked_of
def export(request: WorkspaceRequest, asked: Asked, key: str, kind: str) -> HttpResponse:
    if kind not in exports.WRITERS:
        raise Http404
    group = _group(request, key)
    found, _ = people.people_behind(key, group, asked.question, limit=MOST_EXPORTED)
    name = f"{key}-{group}-{asked.period.from_on}-{asked.period.to_on}"
    return exports.WRITERS[kind](name, _table(found))


def _group(request: WorkspaceRequest, key: str) -> str:
    if key not in DEFINITIONS:
        raise Http404
    groups = people.groups_of(key)
    group = request.GET.get("group", groups[0])
    if group not in groups:
        raise InvalidQuestion(fields={"group": f"One of {', '.join(groups)}."})
    return group


def _words(name: str) -> str:
    """A column or group as its head: `applied_at` → Applied."""
    words = name.removesuffix("_at").replace("_", " ")
    return "CRM" if words == "crm" else words.capitalize()


def _offset(request: WorkspaceRequest) -> int:
    text = request.GET.get("after", "0")
    return min(int(text), 10**7) // PAGE * PAGE if text.isdecimal() and len(text) < 10 else 0


def _page_url(asked: Asked, key: str, group: str, offset: int) -> str:
    return f"{asked.people_url(key, group)}&after={max(0, offset)}"


def _table(found: Iterable[people.Behind]) -> Iterable[list[Any]]:
    found = list(found)
    dates = list(found[0].dates) if found else []
    yield ["candidate", "name", "application", "requisition", "origin", "days", *dates, "why"]
    for row in found:
        yield [
            row.candidate, row.name, row.application, row.requisition_title, row.origin, row.days,
            *(row.dates[name] for name in dates), row.why,
        ]  # fmt: skip
