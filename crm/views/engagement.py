from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import engagement_scale
from crm.forms.engagement import ScaleForm, values_of
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from crm.models import EngagementRun
from crm.queries import engagement_history, engagement_keys
from crm.queries.candidates import living
from crm.queries.engagement import scale_of


@permission_required("workspace.manage")
@require_http_methods(["GET", "POST"])
def settings(request: WorkspaceRequest) -> HttpResponse:
    form, by = ScaleForm(request.POST or None, initial=values_of(request.workspace)), request.membership.user
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            run = engagement_scale.change(
                workspace=request.workspace, draft=form.draft(), by=by, now=timezone.now()
            )
            sentence = "Saved; everybody is being computed again." if run else "Saved."
            return go(request, request.path, toast=Toast(sentence))
        except DomainError as refusal:
            form.blame(dict(refusal.fields))
    context = _previewed(request, form) | {"form": form} | _running()
    return render(request, "crm/engagement/settings.html", context, status=422 if form.errors else 200)


@permission_required("workspace.manage")
@require_POST
def preview(request: WorkspaceRequest) -> HttpResponse:
    context = _previewed(request, ScaleForm(request.POST))
    return render(request, "crm/engagement/preview.html", context)


@permission_required("workspace.manage")
@require_safe
def progress(request: WorkspaceRequest) -> HttpResponse:
    context = _running()
    # 286 ends the polling.
    status = 200 if context["is_running"] else 286
    return render(request, "crm/engagement/progress.html", context, status=status)


@permission_required("candidates.view")
@require_safe
def history(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    found = engagement_history.history(candidate, scale=scale_of(request.workspace), now=timezone.now())
    return render(request, "crm/engagement/history.html", {"candidate": candidate, "history": found})


def _previewed(request: WorkspaceRequest, form: ScaleForm) -> dict[str, Any]:
    """What the values of the form would change; the faults when they cannot be."""
    if not form.is_bound or not form.is_valid():
        return {"preview": None, "faults": {"": "Fill in every number."} if form.is_bound else {}}
    now = timezone.now()
    try:
        wanted = engagement_scale.scale_from(form.draft(), request.workspace, now=now)
    except DomainError as refusal:
        return {"preview": None, "faults": refusal.fields}
    return {"preview": engagement_keys.preview(wanted, scale_of(request.workspace), now=now)}


def _running() -> dict[str, Any]:
    run = EngagementRun.objects.order_by("-pk").first()
    return {"run": run, "is_running": run is not None and run.finished_at is None}
