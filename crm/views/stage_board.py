"""The board of CRM stages: who is how far, and moving them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.actions import candidates
from crm.forms import candidate_filters
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Stage
from crm.queries import candidate_list, stage_board, stage_moves
from crm.queries.candidates import living
from crm.views.paging import page_of

OFFERED = ("role_family", "seniority", "level", "owner", "tag", "reachable")


@permission_required("candidates.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    query = request.GET
    filters = candidate_filters.filters_from(query)
    offered = candidate_filters.available(query, candidate_list.offers(), [])
    shown = [found for found in offered if found.name in OFFERED]
    context = {
        "columns": stage_board.columns(filters, now=timezone.now()),
        "filters": shown,
        "chosen": [(found, choice) for found in shown for choice in found.chosen],
        "q": filters.text,
        "may_move": "candidates.edit" in request.permissions,
    }
    return render_page(request, "crm/candidate/board.html", context, partial="board")


@permission_required("candidates.view")
@require_safe
def moves(request: WorkspaceRequest) -> HttpResponse:
    stage = request.GET.get("stage", "")
    page = page_of(request, stage_moves.moves(stage))
    context = {"page": page, "moves": stage_moves.told(page.rows), "stage": stage, "stages": Stage.choices}
    return render_page(request, "crm/candidate/moves.html", context)


@permission_required("candidates.edit")
@require_POST
def move(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    stage = request.POST.get("stage", "")
    try:
        receipt = candidates.set_stage(candidate_ids=[candidate.pk], stage=stage, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    slug = request.workspace.slug
    undo = reverse("crm:receipt_undo", args=[slug, receipt])
    sentence = f"{candidate}: {str(Stage(stage).label).lower()}."
    back = f"{reverse('crm:stage_board', args=[slug])}?{request.POST.get('query', '')}"
    return go(request, back, toast=Toast(sentence, undo_url=undo))
