from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from journeys.actions import journeys
from journeys.forms.step_types import FORMS
from journeys.forms.steps import Choices, StepForm
from journeys.models import Journey
from journeys.policies import editing, wording
from journeys.queries import choices, enrollments, step_defaults, templates, tree
from journeys.queries import journeys as found

SHOWN = 200


@permission_required("journeys.manage")
@require_POST
def add(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    kind, index = request.POST.get("kind", ""), request.POST.get("index", "0")
    if kind not in FORMS or not index.isdecimal():
        raise Http404
    step = step_defaults.new_step(journey, kind)
    try:
        document = editing.inserted(journey.draft, request.POST.get("where", "steps"), int(index), step)
    except editing.NoSuchStep as gone:
        raise Http404 from gone
    return _save(request, journey, document, "Added.", step["id"])


@permission_required("journeys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: WorkspaceRequest, journey_id: int, step: str) -> HttpResponse:
    journey, spot = _found(journey_id, step)
    kind = FORMS[spot.step["type"]]
    initial = kind.read(spot.step) | kind.so_far(request.GET)
    form = kind(request.POST or None, initial=initial, choices=_choices(journey))
    if request.method == "POST" and form.is_valid():
        document = editing.replaced(journey.draft, step, form.write(spot.step))
        return _save(request, journey, document, "Saved in the draft.")
    return _editor(request, journey, spot, form)


@permission_required("journeys.manage")
@require_POST
def remove(request: WorkspaceRequest, journey_id: int, step: str) -> HttpResponse:
    journey, _ = _found(journey_id, step)
    return _save(request, journey, editing.removed(journey.draft, step), "Removed from the draft.")


@permission_required("journeys.manage")
@require_POST
def move(request: WorkspaceRequest, journey_id: int, step: str) -> HttpResponse:
    journey, _ = _found(journey_id, step)
    by = -1 if request.POST.get("to") == "up" else 1
    return _save(request, journey, editing.moved(journey.draft, step, by), "Moved.")


@permission_required("journeys.view")
@require_safe
def people(request: WorkspaceRequest, journey_id: int, step: str) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    kind = request.GET.get("kind", "waiting")
    if kind not in enrollments.KINDS:
        raise Http404
    rows = enrollments.at_step(journey_id=journey.pk, step_id=step, kind=kind)
    shown = list(rows.order_by("due_at", "pk")[:SHOWN])
    context = {
        "journey": journey,
        "rows": enrollments.told(shown),
        "total": rows.count(),
        "kind": kind,
        "step": step,
    }
    return render_page(request, "journeys/enrollment/list.html", context, partial="panel")


def _found(journey_id: int, step: str) -> tuple[Journey, editing.Spot]:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    try:
        return journey, editing.find(journey.draft, step)
    except editing.NoSuchStep as gone:
        raise Http404 from gone


def _save(
    request: WorkspaceRequest, journey: Journey, document: dict[str, Any], sentence: str, opened: str = ""
) -> HttpResponse:
    try:
        journeys.save_draft(document=document, by=request.membership.user, journey=journey, is_complete=False)
    except DomainError as refusal:
        return refuse(request, refusal)
    slug = request.workspace.slug
    url = reverse("journeys:journey", args=[slug, journey.pk])
    if opened:
        url += "#panel=" + reverse("journeys:step", args=[slug, journey.pk, opened])
    return go(request, url, toast=Toast(sentence))


def _editor(request: WorkspaceRequest, journey: Journey, spot: editing.Spot, form: StepForm) -> HttpResponse:
    step_id = spot.step["id"]
    context = {
        "journey": journey,
        "step": spot.step,
        "label": wording.KINDS[spot.step["type"]][0],
        "title": wording.title(spot.step, dict(choices.template_keys())),
        "faults": [fault.sentence for fault in tree.faults_of(journey) if fault.step == step_id],
        "form": form,
        "rules": choices.condition_of(journey, spot.step),
        "template": templates.living().filter(key=spot.step.get("template", "")).first(),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "journeys/step/form.html", context, partial="panel", status=status)


def _choices(journey: Journey) -> Choices:
    return Choices(
        templates=choices.template_keys(),
        check_in_forms=choices.form_keys(),
        users=choices.users(),
        journeys=choices.other_journeys(journey),
        segments=choices.segments(),
        pools=choices.pools(),
        messages=choices.messages_before(journey.draft),
    )
