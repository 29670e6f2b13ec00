from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page
from crm.queries.candidates import living
from crm.queries.reachability import obstacle
from journeys.queries import enrollments as standings
from journeys.queries import why


@permission_required("journeys.view")
@require_safe
def show(request: WorkspaceRequest, enrollment_id: int) -> HttpResponse:
    """One way through one journey, with every reason."""
    rows = standings.enrollments().select_related("version", "enrolled_by")
    found = why.ledger(get_object_or_404(rows, pk=enrollment_id))
    context = {"ledger": found, "row": found.enrollment, "code": standings.code_of(found.enrollment)}
    context["steps"] = why.titled(found)
    return render_page(request, "journeys/why/enrollment.html", context, partial="panel")


@permission_required("journeys.view")
@require_safe
def person(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    """Why a person gets mail, and why not: what they are in, and what keeps them out of the rest."""
    candidate = get_object_or_404(living(), pk=candidate_id)
    now = timezone.now()
    rows = standings.enrollments(candidate_id=candidate.pk).order_by("-enrolled_at", "-pk")[:50]
    context = {
        "candidate": candidate,
        "obstacle": obstacle(candidate, now=now),
        "rows": [(row, standings.sentence_for(row)) for row in rows],
        "outside": why.outside(candidate, now=now),
    }
    return render_page(request, "journeys/why/person.html", context, partial="panel")
