from dataclasses import replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.forms import candidate_rules
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import refuse, render_page
from crm.models import Requisition, RoleFamily, Stage
from crm.queries import rules
from talentpools.actions import match_views
from talentpools.forms.matches import ANYBODY, LEVELS, read_filters
from talentpools.policies import matching
from talentpools.queries import matches, pools
from talentpools.queries import reach as reaching
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
        everybody = matches.people(requisition, replace(filters, reach=""), now=now)
        reach = reaching.depth(everybody, now=now)
        said = candidate_rules.said(_first_page(asked), rules.language()) if filters.rules else []
    except DomainError as refusal:
        return refuse(request, refusal)
    offered, total = _choices(request, requisition), reach.of(filters.reach)
    context = around(request, requisition, "matches") | {
        "matches": found,
        "reach": _reached(asked, reach),
        "total": total,
        "unreached": _without(asked, "reach", filters.reach) if filters.reach and reach.people else "",
        "weights": matching.explained(matches.wanted_by(requisition)),
        "first": first + 1 if found else 0,
        "last": first + len(found),
        "previous_url": _page(asked, first - PAGE) if first else "",
        "next_url": _page(asked, first + PAGE) if first + PAGE < total else "",
        "choices": offered,
        "chips": _chips(asked, requisition, offered),
        "rules_said": said,
        "query": asked.urlencode(),
        "kept": [(name, value) for name, values in asked.lists() for value in values if name != "after"],
        "may_export": "candidates.export" in request.permissions,
        "may_see_people": "candidates.view" in request.permissions,
    }
    return render_page(request, "talentpools/requisition/detail.html", context, partial="matches")


def _asked(query: QueryDict) -> QueryDict:
    """The query without what was left open; of what can be only one thing, the last word."""
    asked = QueryDict(mutable=True)
    for name, values in query.lists():
        given = list(dict.fromkeys(value for value in values if value))
        asked.setlist(name, given if name in MANY else given[-1:])
    return asked


def _first_page(asked: QueryDict) -> QueryDict:
    query = asked.copy()
    query.pop("after", None)
    return query


def _offset(request: WorkspaceRequest) -> int:
    text = request.GET.get("after", "0")
    return min(int(text), 10**6) // PAGE * PAGE if text.isdecimal() and len(text) < 9 else 0


def _page(asked: QueryDict, offset: int) -> str:
    query = asked.copy()
    query["after"] = str(max(0, offset))
    return f"?{query.urlencode()}"


def _reached(asked: QueryDict, reach: reaching.Depth) -> list[dict[str, Any]]:
    """Everybody, less those somebody may not write to by reason, and who is left; each opens its people."""
    rows = [
        ("", "people fit", reach.people),
        *((row.code, row.sentence, row.people) for row in reach.hindrances if row.people),
        (reaching.REACHABLE, "could be written to now", reach.reachable),
    ]
    found = []
    for code, words, people in rows:
        query = _first_page(asked)
        query["reach"] = code
        row = {"words": words, "people": people, "href": f"?{query.urlencode()}"}
        sign = {"": "", reaching.REACHABLE: "="}.get(code, "−")
        found.append(row | {"sign": sign, "is_on": code == asked.get("reach", "")})
    return found


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
    rest = _first_page(query)
    rest.setlist(name, [kept for kept in rest.getlist(name) if kept != value])
    return f"?{rest.urlencode()}"
