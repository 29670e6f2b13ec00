"""Any rules for a journey's door or for a branch, written with the builder that segments have."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from crm.queries import rules
from crm.queries.rules import Preview
from journeys.actions import journeys
from journeys.models import Journey
from journeys.policies import editing
from journeys.queries import conditions
from journeys.queries import journeys as found
from talentpools.forms import rule_builder
from talentpools.policies import rule_drafts
from talentpools.policies.rule_drafts import Node
from talentpools.views.rule_building import built

REJECTION = "application.rejected"
START = {"match": "all", "rules": [{"application": {"outcome": "rejected"}}]}
FRAGMENTS = {"builder": "talentpools/segment/changed.html", "preview": "talentpools/segment/preview.html"}
Document = dict[str, Any]


@permission_required("journeys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def of_trigger(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    before = journey.draft.get("trigger", {})
    # The panel offers this once the trigger is chosen, before it is saved.
    trigger = before if before.get("on") == REJECTION else {"on": REJECTION}

    def written(tree: Any) -> Document:
        draft: Document = journey.draft
        return draft | {"trigger": trigger | {"rules": tree}}

    return _answer(request, journey, trigger.get("rules"), written)


@permission_required("journeys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def of_branch(request: WorkspaceRequest, journey_id: int, step: str) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    try:
        branch = editing.find(journey.draft, step).step
    except editing.NoSuchStep as gone:
        raise Http404 from gone
    if branch.get("type") != "branch":
        raise Http404

    def written(tree: Any) -> Document:
        return editing.replaced(journey.draft, step, branch | {"if": tree})

    return _answer(request, journey, branch.get("if"), written)


def _answer(
    request: WorkspaceRequest, journey: Journey, tree: Any, written: Callable[[Any], Document]
) -> HttpResponse:
    """The builder; each press of its buttons; at last the draft with what was built, if nothing is wrong."""
    if request.method != "POST":
        root = rule_drafts.from_tree(conditions.in_journey(tree or START, journey.pk))
        return _page(request, journey, root)
    root = rule_builder.read(request.POST, rules.language())
    if request.htmx or request.POST.get("do"):
        return _page(request, journey, root)
    context = _built(request, root)
    if context["preview"] is None:
        return _page(request, journey, root, status=422)
    kept = conditions.untied(rule_drafts.to_tree(root, rules.language().fields), journey.pk)
    document = written(kept)
    journeys.save_draft(document=document, by=request.membership.user, journey=journey, is_complete=False)
    url = reverse("journeys:journey", args=[request.workspace.slug, journey.pk])
    return go(request, url, toast=Toast("Saved in the draft."))


def _page(request: WorkspaceRequest, journey: Journey, root: Node, *, status: int = 200) -> HttpResponse:
    context = _built(request, root) | {"workspace": request.workspace, "journey": journey}
    template = FRAGMENTS.get(request.htmx.target or "", "") if request.htmx else ""
    return render(request, template or "journeys/journey/rules.html", context, status=status)


def _built(request: WorkspaceRequest, root: Node) -> dict[str, Any]:
    def previewed(tree: Any) -> Preview:
        return rules.preview(tree, now=timezone.now())

    return built(request, root, previewed) | {"builder_url": request.path}
