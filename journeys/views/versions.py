"""The versions of a journey, and files that come in as the draft of one that is here."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from journeys.actions import journeys
from journeys.forms.journeys import ImportForm
from journeys.models import Journey
from journeys.policies.parsing import parse
from journeys.queries import journey_files, versions
from journeys.queries import journeys as found

_BEFORE = "journey_draft_before"


@permission_required("journeys.view")
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"journey": journey, "versions": versions.told(journey), "form": form}
    status = 200
    if request.method == "POST":
        try:
            context |= _beside(journey, form.document())
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
            status = 422
    return render_page(request, "journeys/journey/versions.html", context, status=status)


@permission_required("journeys.manage")
@require_POST
def import_file(request: WorkspaceRequest) -> HttpResponse:
    """A file as a new journey; one called like a journey that is here is shown beside it first."""
    form = ImportForm(request.POST, request.FILES)
    document = form.document()
    same = _called_alike(document)
    try:
        if same is not None and "anew" not in request.POST:
            context = {"journey": same} | _beside(same, document)
            return render_page(request, "journeys/journey/arrival.html", context)
        made = journeys.save_draft(document=document, by=request.membership.user, is_complete=False)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _page(request, made), toast=Toast(f"“{made.name}” is here as a draft."))


@permission_required("journeys.manage")
@require_POST
def bring_in(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    """The file becomes the draft; people inside stay on their version until the next publishing."""
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    before = journey.draft
    try:
        journeys.save_draft(
            document=ImportForm(request.POST, request.FILES).document(), by=request.membership.user,
            journey=journey, is_complete=False,
        )  # fmt: skip
    except DomainError as refusal:
        return refuse(request, refusal)
    request.session[_BEFORE] = {"journey": journey.pk, "draft": before}
    undo = reverse("journeys:take_back", args=[request.workspace.slug, journey.pk])
    return go(request, _page(request, journey), toast=Toast("The draft is what the file says now.", undo))


@permission_required("journeys.manage")
@require_POST
def take_back(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    """Undo: the draft as it was before the file came."""
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    kept = request.session.pop(_BEFORE, None) or {}
    if kept.get("journey") != journey.pk:
        return refuse(request, NothingKept())
    by = request.membership.user
    journeys.save_draft(document=kept["draft"], by=by, journey=journey, is_complete=False)
    return go(request, _page(request, journey), toast=Toast("The draft is as it was."))


class NothingKept(DomainError):
    """The draft before the file is not here any more."""


def _beside(journey: Journey, document: Any) -> dict[str, Any]:
    """What the file would change, in words. Refuses a file that cannot be read."""
    read = journey_files.from_file(document)
    parsed = parse(read)
    if parsed.journey is None:
        raise journeys.InvalidJourney(parsed.faults)
    return {"compared": journey_files.compared(journey.draft, read), "document": json.dumps(document)}


def _called_alike(document: Any) -> Journey | None:
    name = document.get("name") if isinstance(document, dict) else None
    return found.listed().filter(name=name).first() if isinstance(name, str) else None


def _page(request: WorkspaceRequest, journey: Journey) -> str:
    return reverse("journeys:journey", args=[request.workspace.slug, journey.pk])
