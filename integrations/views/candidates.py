from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.models import Candidate
from integrations.queries.provenance import origins


@permission_required("pools.view")
@require_safe
def panel(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    """What ATSs say of a person and how fresh that is, for their profile."""
    candidate = get_object_or_404(Candidate.objects, pk=candidate_id)
    context = {"candidate": candidate, "origins": origins(candidate)}
    return render(request, "integrations/candidate/panel.html", context)
