from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from talentpools.actions import starter
from talentpools.queries import pool_templates
from talentpools.views.frames import frame


@permission_required("segments.manage")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest) -> HttpResponse:
    here = reverse("talentpools:pools", args=[request.workspace.slug])
    if request.method == "POST" and (keys := request.POST.getlist("template")):
        try:
            made = starter.make(keys=keys, by=request.membership.user)
        except DomainError as refusal:
            return refuse(request, refusal)
        pools = ngettext("%(n)s pool is", "%(n)s pools are", len(made)) % {"n": len(made)}
        return go(request, here, toast=Toast(f"{pools} ready, with the sub-segments you chose."))
    offers = pool_templates.offers(user_id=request.membership.user_id, now=timezone.now())
    crumbs = [{"label": "Pools", "href": here}, {"label": "Start from a template"}]
    context = {"crumbs": crumbs, "offers": offers, "is_refused": request.method == "POST"} | frame(request)
    status = 422 if request.method == "POST" else 200
    return render(request, "talentpools/pool/templates.html", context, status=status)
