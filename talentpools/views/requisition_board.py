"""The board of requisitions: which stands where, and moving those made here."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.actions import requisitions as actions
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Requisition
from crm.queries import requisition_board
from talentpools.forms.requisition_filters import offered, read
from talentpools.queries import shortlists


@permission_required("requisitions.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    filters = read(request.GET)
    columns = requisition_board.columns(filters)
    sizes = shortlists.sizes([row.pk for column in columns for row in column.rows])
    context = {
        "columns": [
            (
                column,
                [(row, sizes.get(row.pk, 0), *requisition_board.beside(row.status)) for row in column.rows],
            )
            for column in columns
        ],
        "q": filters.text,
        "choices": [choice for choice in offered(request.GET, filters) if choice["name"] != "status"],
        "may_edit": "requisitions.edit" in request.permissions,
    }
    return render_page(request, "talentpools/requisition/board.html", context, partial="board")


@permission_required("requisitions.edit")
@require_POST
def move(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    before = requisition.status
    try:
        moved = actions.move(
            requisition=requisition, status=request.POST.get("status", ""), by=request.membership.user
        )
    except DomainError as refusal:
        return refuse(request, refusal)
    slug = request.workspace.slug
    undo = reverse("talentpools:requisition_status_undo", args=[slug, requisition.pk, before])
    back = f"{reverse('talentpools:requisition_board', args=[slug])}?{request.POST.get('query', '')}"
    sentence = f"“{moved.title}”: {moved.get_status_display().lower()}."
    return go(request, back, toast=Toast(sentence, undo_url=undo if moved.status != before else ""))


@permission_required("requisitions.edit")
@require_POST
def undo(request: WorkspaceRequest, requisition_id: int, status: str) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    try:
        actions.move(requisition=requisition, status=status, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    board = reverse("talentpools:requisition_board", args=[request.workspace.slug])
    return go(request, board, toast=Toast("Undone."))
