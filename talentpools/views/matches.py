from typing import Any

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import refuse, render_page
from crm.models import Requisition, RoleFamily, Stage
from crm.policies import csv_files
from talentpools.actions import match_views
from talentpools.forms.matches import ANYBODY, LEVELS, read_filters
from talentpools.queries import match_views as match_views_found
from talentpools.queries import matches, pools
from talentpools.queries.reach import depth
from talentpools.views.requisitions import around

PAGE = 50
MANY = ("stage", "skill", "engagement")


@permission_required("requisitions.view")
@require_safe
def index(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    now, asked = timezone.now(), _asked(request.GET)
    try:
        filters = read_filters(dict(asked.lists()), requisition, reader=request.membership.user_id)
        first = _offset(request)
        found = matches.ranked(requisition, filters, now=now, limit=PAGE, offset=first)
        match_views.record(requisition=requisition, matches=found, by=request.membership.user)
        reach = depth(matches.people(requisition, filters, now=now), now=now)
    except DomainError as refusal:
        return refuse(request, refusal)
    offered = _choices(request, requisition)
    context = around(request, requisition, "matches") | {
        "matches": found,
        "reach": reach,
        "first": first + 1 if found else 0,
        "last": first + len(found),
        "previous_url": _page(asked, first - PAGE) if first else "",
        "next_url": _page(asked, first + PAGE) if first + PAGE < reach.people else "",
        "choices": offered,
        "chips": _chips(asked, requisition, offered),
        "kept": [(name, value) for name, values in asked.lists() for value in values if name != "after"],
        "may_export": "candidates.export" in request.permissions,
        "may_see_people": "candidates.view" in request.permissions,
    }
    return render_page(request, "talentpools/requisition/detail.html", context, partial="matches")


@permission_required("candidates.export")
@require_safe
def log(request: WorkspaceRequest, requisition_id: int) -> StreamingHttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    # Read inside the scope: a stream is sent after it has closed.
    lines = list(csv_files.written(match_views_found.exported(requisition)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="scores-{requisition.pk}.csv"'
    return response


def _asked(query: QueryDict) -> QueryDict:
    """The query without what was left open; of what can be only one thing, the last word."""
    asked = QueryDict(mutable=True)
    for name, values in query.lists():
        given = list(dict.fromkeys(value for value in values if value))
        asked.setlist(name, given if name in MANY else given[-1:])
    return asked


def _offset(request: WorkspaceRequest) -> int:
    text = request.GET.get("after", "0")
    return min(int(text), 10**6) // PAGE * PAGE if text.isdecimal() and len(text) < 9 else 0


def _page(asked: QueryDict, offset: int) -> str:
    query = asked.copy()
    query["after"] = str(max(0, offset))
    return f"?{query.urlencode()}"


def _choices(request: WorkspaceRequest, requisition: Requisition) -> list[dict[str, Any]]:
    reader = request.membership.user_id
    families = [(ANYBODY, "Everybody"), *RoleFamily.choices]
    offered = [
        ("role_family", "Role family", families),
        ("stage", "CRM stage", Stage.choices),
        ("engagement", "Engagement", [(level, level.capitalize()) for level in LEVELS]),
        ("skill", "Skill", [(skill, skill) for skill in requisition.skills]),
        ("pool", "Pool", list(pools.visible_to(reader).values_list("pk", "name"))),
        ("segment", "Segment", _segments(reader)),
    ]
    return [{"name": name, "label": label, "options": options} for name, label, options in offered if options]


def _segments(reader: int) -> list[tuple[int, str]]:
    rows = pools.segments_visible_to(reader).select_related("pool").order_by("pool__name", "name", "pk")
    return [(row.pk, f"{row.pool.name}: {row.name}" if row.pool else row.name) for row in rows]


def _chips(asked: QueryDict, requisition: Requisition, offered: list[dict[str, Any]]) -> list[dict[str, str]]:
    labels = {
        (choice["name"], str(value)): str(label) for choice in offered for value, label in choice["options"]
    }
    names = {choice["name"]: choice["label"] for choice in offered}
    chips = [
        {
            "label": names[name],
            "value": labels.get((name, value), value),
            "href": _without(asked, name, value),
        }
        for name, values in asked.lists()
        for value in values
        if name in names and value
    ]
    if requisition.role_family and not asked.get("role_family"):
        family = labels.get(("role_family", requisition.role_family), requisition.role_family)
        query = asked.copy()
        query["role_family"] = ANYBODY
        chips.insert(0, {"label": "Role family", "value": family, "href": f"?{query.urlencode()}"})
    return chips


def _without(query: QueryDict, name: str, value: str) -> str:
    rest = query.copy()
    rest.setlist(name, [kept for kept in rest.getlist(name) if kept != value])
    rest.pop("after", None)
    return f"?{rest.urlencode()}"
