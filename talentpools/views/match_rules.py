"""Narrowing the people of a requisition by any rule, written with the builder that segments have."""

import json
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import go, refuse
from crm.models import Requisition
from crm.queries import rules
from crm.queries.rules import SAMPLE, Preview
from talentpools.forms import rule_builder
from talentpools.forms.matches import read_filters
from talentpools.policies import rule_drafts
from talentpools.policies.rule_drafts import Node
from talentpools.queries import matches
from talentpools.queries.matches import MatchFilters
from talentpools.views.requisitions import page_url
from talentpools.views.rule_building import built

START = {"match": "all", "rules": [{"field": "availability", "op": "in", "value": ["open", "active"]}]}
FRAGMENTS = {"builder": "talentpools/segment/changed.html", "preview": "talentpools/segment/preview.html"}


@permission_required("requisitions.view")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    try:
        filters = read_filters(dict(request.GET.lists()), requisition, reader=request.membership.user_id)
        if request.method == "GET":
            if filters.rules:
                rules.parse(filters.rules)
            return _page(request, requisition, filters, rule_drafts.from_tree(filters.rules or START))
    except DomainError as refusal:
        return refuse(request, refusal)
    root = rule_builder.read(request.POST, rules.language())
    if request.htmx or request.POST.get("do") == "update" or ":" in request.POST.get("do", ""):
        return _page(request, requisition, filters, root)
    return _taken(request, requisition, filters, root)


def _taken(
    request: WorkspaceRequest, requisition: Requisition, filters: MatchFilters, root: Node
) -> HttpResponse:
    """Back to the matches with the rules in their address, or on to a segment; faults stay on the page."""
    tree = rule_drafts.to_tree(root, rules.language().fields)
    context = _built(request, requisition, filters, root)
    if tree["rules"] and context["preview"] is None:
        return _page(request, requisition, filters, root, status=422)
    if request.POST.get("do") == "segment" and "segments.manage" in request.permissions:
        request.session["imported_segment"] = {"rules": tree, "name": requisition.title}
        return go(request, reverse("talentpools:segment_new", args=[request.workspace.slug]))
    query = request.GET.copy()
    for name in ("rules", "after"):
        query.pop(name, None)
    if tree["rules"]:
        query["rules"] = json.dumps(tree, separators=(",", ":"))
    return go(request, f"{page_url(request, requisition)}?{query.urlencode()}")


def _page(
    request: WorkspaceRequest,
    requisition: Requisition,
    filters: MatchFilters,
    root: Node,
    *,
    status: int = 200,
) -> HttpResponse:
    context = _built(request, requisition, filters, root) | {
        "workspace": request.workspace,
        "requisition": requisition,
        "back_url": f"{page_url(request, requisition)}?{request.GET.urlencode()}",
        "may_manage": "segments.manage" in request.permissions,
    }
    template = FRAGMENTS.get(request.htmx.target or "", "") if request.htmx else ""
    return render(request, template or "talentpools/requisition/rules.html", context, status=status)


def _built(
    request: WorkspaceRequest, requisition: Requisition, filters: MatchFilters, root: Node
) -> dict[str, Any]:
    def previewed(tree: Any) -> Preview:
        rules.parse(tree)
        found = matches.people(requisition, replace(filters, rules=tree), now=timezone.now())
        return Preview(found.count(), tuple(found.order_by("pk")[:SAMPLE]))

    return built(request, root, previewed) | {"builder_url": request.get_full_path()}
