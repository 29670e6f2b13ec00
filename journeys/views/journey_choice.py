from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from journeys.models import Journey


@permission_required("enrollments.edit")
@require_safe
def menu(request: WorkspaceRequest) -> HttpResponse:
    found = Journey.objects.filter(state=Journey.State.LIVE).order_by("name", "pk")[:100]
    return render(request, "journeys/journey/choice.html", {"journeys": found})
