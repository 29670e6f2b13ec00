from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from talentpools.queries import pools


@permission_required("pools.edit")
@require_safe
def menu(request: WorkspaceRequest) -> HttpResponse:
    found = pools.visible_to(request.user.pk).order_by("name")[:100]
    return render(request, "talentpools/pool/choice.html", {"pools": found})
