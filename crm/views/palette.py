from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.queries.candidates import Filters, search

_SHOWN = 8


@permission_required("candidates.view")
@require_safe
def find(request: WorkspaceRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    people = (
        search(Filters(text=text), now=timezone.now()).order_by("full_name_folded")[:_SHOWN] if text else []
    )
    return render(request, "crm/candidate/found.html", {"people": people, "q": text})
