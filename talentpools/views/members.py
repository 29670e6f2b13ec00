from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from talentpools.actions import members
from talentpools.forms import chosen
from talentpools.models import Receipt
from talentpools.queries import pools


@permission_required("pools.edit")
@require_POST
def add(request: WorkspaceRequest) -> HttpResponse:
    wanted = request.POST.get("pool", "")
    pool = get_object_or_404(pools.visible_to(request.user.pk), pk=wanted if wanted.isdecimal() else 0)
    ids = chosen.candidate_ids(request.POST, now=timezone.now())
    receipt = members.add(pool=pool, candidate_ids=ids, by=request.membership.user)
    sentence = f"{receipt.changed} {_people(receipt.changed)} added to {pool.name}"
    known = f", {receipt.unchanged} already there" if receipt.unchanged else ""
    return go(request, _back(request), toast=Toast(f"{sentence}{known}.", undo_url=_undo(request, receipt)))


@permission_required("pools.edit")
@require_POST
def remove(request: WorkspaceRequest, pool_id: int) -> HttpResponse:
    pool = get_object_or_404(pools.visible_to(request.user.pk), pk=pool_id)
    ids = chosen.candidate_ids(request.POST, now=timezone.now(), pool=pool)
    receipt = members.remove(pool=pool, candidate_ids=ids, by=request.membership.user)
    sentence = f"{receipt.changed} {_people(receipt.changed)} taken out of {pool.name}"
    kept = f"; {receipt.unchanged} stay, they are in by a sub-segment" if receipt.unchanged else ""
    return go(request, _back(request), toast=Toast(f"{sentence}{kept}.", undo_url=_undo(request, receipt)))


@permission_required("pools.edit")
@require_POST
def undo(request: WorkspaceRequest, receipt_id: int) -> HttpResponse:
    kinds = (Receipt.Kind.POOL_ADD, Receipt.Kind.POOL_REMOVE)
    receipt = get_object_or_404(Receipt.objects, pk=receipt_id, kind__in=kinds)
    get_object_or_404(pools.visible_to(request.user.pk), pk=receipt.target_id)
    try:
        members.undo(receipt=receipt, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _back(request), toast=Toast("Undone."))


def _undo(request: WorkspaceRequest, receipt: Receipt) -> str:
    return reverse("talentpools:receipt_undo", args=[request.workspace.slug, receipt.pk])


def _back(request: WorkspaceRequest) -> str:
    """The page the press came from, or the pools."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if came_from and url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return came_from
    return reverse("talentpools:pools", args=[request.workspace.slug])


def _people(count: int) -> str:
    return "person" if count == 1 else "people"
