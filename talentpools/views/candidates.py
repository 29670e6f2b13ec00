from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.models import Candidate
from talentpools.queries import pools, why
from talentpools.views.frames import frame


@permission_required("pools.view")
@require_safe
def panel(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    """The pools and segments of a person, for their profile."""
    candidate = get_object_or_404(Candidate.objects, pk=candidate_id)
    groups = why.groups_of(candidate.pk, user_id=request.user.pk)
    inside = {one.stay.pool_id for one in groups.pools}
    offered = [pool for pool in pools.visible_to(request.user.pk) if pool.pk not in inside]
    context = {"candidate": candidate, "groups": groups, "pools": offered} | frame(request)
    return render(request, "talentpools/candidate/panel.html", context)
