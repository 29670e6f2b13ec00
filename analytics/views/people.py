from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from analytics.policies.definitions import DEFINITIONS, LISTS
from analytics.policies.exclusions import EXCLUSIONS
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
    chosen, first = _chosen(request, asked, key), _offset(request)
    found, total = people.people_behind(key, chosen, asked.question, limit=PAGE, offset=first)
    part = {"by": chosen.by, "of": chosen.of} if chosen.by else {}
    dates = {name: _words(name) for name in (found[0].dates if found else []) if name not in _IN_WORDS}
    context = asked.context() | {
        "definition": LISTS[key],
        "definition_url": asked.url("analytics:definition", key) if key in DEFINITIONS else "",
        "excluded": EXCLUSIONS.get(key, {}).get(chosen.group, ""),
        "group": chosen.group,
        "groups": [
            {
                "label": _words(name),
                "href": asked.people_url(key, name, **part),
                "current": name == chosen.group,
            }
            for name in people.groups_of(key)
            if name in LISTS[key].groups or name == chosen.group
        ],
        "part_by": _words(chosen.by),
        "part": people.part_of(chosen, asked.question),
        "part_url": asked.people_url(key, chosen.group),
        "dates": dates.values(),
        "rows": [(row, [(label, row.dates[name]) for name, label in dates.items()]) for row in found],
        "has_people": (has_people := any(row.candidate or not row.requisition for row in found) or not found),
        "noun": "people" if has_people else "requisitions",
        "has_days": any(row.days is not None for row in found),
        "has_origin": any(row.origin for row in found),
        "has_requisition": any(row.requisition for row in found),
        "total": total,
        "first": first + 1,
        "last": first + len(found),
        "next_url": _page_url(asked, key, chosen, first + PAGE) if total > first + PAGE else "",
        "previous_url": _page_url(asked, key, chosen, first - PAGE) if first else "",
        "may_see_people": "candidates.view" in request.permissions,
        "may_export": "candidates.export" in request.permissions,
        "csv_url": asked.url("analytics:people_export", key, "csv", group=chosen.group, **part),
        "xlsx_url": asked.url("analytics:people_export", key, "xlsx", group=chosen.group, **part),
    }
    return render_page(request, "analytics/people/list.html", context)


@permission_required("candidates.export")
@require_safe
@asked_of
def export(request: WorkspaceRequest, asked: Asked, key: str, kind: str) -> HttpResponse:
    if kind not in exports.WRITERS:
        raise Http404
    chosen = _chosen(request, asked, key)
    found, _ = people.people_behind(key, chosen, asked.question, limit=MOST_EXPORTED)
    name = f"{key}-{chosen.group}-{asked.period.from_on}-{asked.period.to_on}"
    return exports.WRITERS[kind](name, _table(found))


def _chosen(request: WorkspaceRequest, asked: Asked, key: str) -> people.Chosen:
    if not people.has_list(key):
        raise Http404
    return people.choose(key, request.GET.dict(), asked.question)


def _words(name: str) -> str:
    """A column or group as its head: `applied_at` → Applied."""
    words = name.removesuffix("_at").replace("_", " ")
    return "CRM" if words == "crm" else words.capitalize()


def _offset(request: WorkspaceRequest) -> int:
    text = request.GET.get("after", "0")
    return min(int(text), 10**7) // PAGE * PAGE if text.isdecimal() and len(text) < 10 else 0


def _page_url(asked: Asked, key: str, chosen: people.Chosen, offset: int) -> str:
    part = {"by": chosen.by, "of": chosen.of} if chosen.by else {}
    return f"{asked.people_url(key, chosen.group, **part)}&after={max(0, offset)}"


def _table(found: Iterable[people.Behind]) -> Iterable[list[Any]]:
    found = list(found)
    dates = list(found[0].dates) if found else []
    yield ["candidate", "name", "application", "requisition", "origin", "days", *dates, "why"]
    for row in found:
        yield [
            row.candidate, row.name, row.application, row.requisition_title, row.origin, row.days,
            *(row.dates[name] for name in dates), row.why,
        ]  # fmt: skip
