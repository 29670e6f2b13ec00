from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.queries import mail_standing
from journeys.actions import journeys, starter
from journeys.forms.journeys import ImportForm, SettingsForm
from journeys.models import Journey
from journeys.policies import wording
from journeys.policies.file_format import FORMAT
from journeys.policies.starter_journeys import ABOUT, JOURNEYS
from journeys.queries import choices, journey_files
from journeys.queries import journeys as found
from journeys.queries.tree import tree


@permission_required("journeys.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    rows = found.with_figures(list(found.listed()))
    context = {
        "rows": rows,
        "gallery": _gallery(),
        "held": sum(row.held for row in rows),
        "form": ImportForm(),
    }
    return render_page(request, "journeys/journey/list.html", context, partial="rows")


@permission_required("journeys.manage")
@require_POST
def create(request: WorkspaceRequest) -> HttpResponse:
    name = request.POST.get("starter", "")
    if name in {document["name"] for document in JOURNEYS}:
        journey = starter.add(name=name, by=request.membership.user)
    else:
        journey = journeys.save_draft(document=_blank(), by=request.membership.user, is_complete=False)
    return go(request, _page(request, journey))


@permission_required("journeys.view")
@require_safe
def show(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    return render_page(request, "journeys/journey/detail.html", page_context(journey), partial="tree")


@permission_required("journeys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    form = SettingsForm(
        request.POST or None,
        initial=SettingsForm.read(journey.draft) | SettingsForm.so_far(request.GET),
        choices=choices.of_triggers(),
        senders=choices.users(),
    )
    if request.method == "POST" and form.is_valid():
        document = form.write(journey.draft)
        journeys.save_draft(document=document, by=request.membership.user, journey=journey, is_complete=False)
        return go(request, _page(request, journey), toast=Toast("Saved in the draft."))
    status = 422 if request.method == "POST" else 200
    rules = choices.rules_of(journey.draft)
    context = {
        "journey": journey,
        "form": form,
        "rules": rules,
        "sending": mail_standing.standing(request.workspace),
    }
    return render_page(request, "journeys/journey/settings.html", context, partial="panel", status=status)


@permission_required("journeys.view")
@require_safe
def export(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    try:
        document = journey_files.to_file(journey.draft)
    except DomainError as refusal:
        return refuse(request, refusal)
    response = JsonResponse(document, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{slugify(journey.name) or "journey"}.json"'
    return response


@permission_required("journeys.manage")
@require_POST
def delete(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    try:
        journeys.delete(journey=journey, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, reverse("journeys:journeys", args=[request.workspace.slug]), toast=Toast("Deleted."))


def page_context(journey: Journey) -> dict[str, Any]:
    is_changed = journey.version is None or journey.version.definition != journey.draft
    return {
        "journey": journey,
        "row": found.with_figures([journey])[0],
        "tree": tree(journey),
        "trigger": wording.trigger(journey.draft.get("trigger", {})),
        "segment": choices.segment_of(journey.draft),
        "rules": choices.rules_of(journey.draft),
        "kinds": [(kind, label, icon) for kind, (label, icon) in wording.KINDS.items()],
        "is_changed": is_changed,
    }


def _gallery() -> list[dict[str, Any]]:
    return [
        {
            "name": document["name"],
            "about": ABOUT[document["name"]],
            "steps": len(document["steps"]),
            "trigger": wording.trigger(document["trigger"]),
        }
        for document in JOURNEYS
    ]


def _blank() -> dict[str, Any]:
    window = {
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "ranges": [["09:00", "17:00"]],
        "zone": "candidate",
    }
    settings = {"window": window, "holidays": "candidate_country", "priority": 50}
    return {
        "format": FORMAT,
        "name": "New journey",
        "trigger": {"on": "manual"},
        "settings": settings,
        "steps": [],
    }


def _page(request: WorkspaceRequest, journey: Journey) -> str:
    return reverse("journeys:journey", args=[request.workspace.slug, journey.pk])
