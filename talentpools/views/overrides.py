from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from crm.views.paging import page_of
from talentpools.actions import access
from talentpools.models import AccessOverride
from talentpools.queries import overrides, visibility


@permission_required("members.manage")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest) -> HttpResponse:
    by, fault = request.membership.user, ""
    if request.method == "POST":
        try:
            access.override(reason=request.POST.get("reason", ""), by=by, now=timezone.now())
            toast = Toast("You see every pool and segment for an hour; each one you open is on record.")
            return go(request, request.path, toast=toast)
        except DomainError as refusal:
            fault = refusal.sentence
    context = {
        "fault": fault,
        "opened": visibility.open_override(by.pk),
        "page": page_of(request, overrides.history()),
    }
    return render(request, "talentpools/access/overrides.html", context, status=422 if fault else 200)


@permission_required("members.manage")
@require_POST
def end(request: WorkspaceRequest, override_id: int) -> HttpResponse:
    opened = get_object_or_404(AccessOverride.objects, pk=override_id, user=request.membership.user)
    access.end_override(opened=opened, by=request.membership.user, now=timezone.now())
    return go(request, request.path.rsplit(str(override_id), 1)[0], toast=Toast("The override is over."))
