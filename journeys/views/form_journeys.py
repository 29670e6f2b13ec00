from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import CaptureForm
from journeys.actions import form_welcomes
from journeys.policies.form_welcomes import WELCOME
from journeys.queries.choices import template_keys
from journeys.queries.form_journeys import journeys_of


@permission_required("capture.edit")
@require_safe
def panel(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    """On a form's page: what is written to people who send it."""
    form = get_object_or_404(CaptureForm.objects, pk=form_id)
    templates = [(WELCOME.key, WELCOME.name), *(p for p in template_keys() if p[0] != WELCOME.key)]
    context = {"form": form, "journeys": journeys_of(form), "templates": templates}
    return render(request, "journeys/journey/of_form.html", context)


@permission_required("journeys.manage")
@require_POST
def start(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    form = get_object_or_404(CaptureForm.objects, pk=form_id)
    try:
        template = request.POST.get("template") or WELCOME.key
        journey = form_welcomes.start(form=form, template=template, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("crm:form", args=[request.workspace.slug, form.pk])
    return go(request, url, toast=Toast(f"“{journey.name}” is live. The next person hears from you at once."))
