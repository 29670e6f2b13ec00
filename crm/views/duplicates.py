"""The queue of pairs that may be one person: list, side by side, many at once."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.actions import duplicates, merge_batches, merges
from crm.forms.duplicates import chosen_fields, comparison
from crm.forms.ticked import ticked
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import DuplicatePair, MergeBatch
from crm.policies.duplicates import sentence
from crm.queries import duplicates as found
from crm.queries.likenesses import facts_about
from crm.views.paging import page_of

_TABS = (
    (DuplicatePair.State.OPEN, "To decide"),
    (DuplicatePair.State.MERGED, "Merged"),
    (DuplicatePair.State.DISMISSED, "Not the same"),
)


@permission_required("candidates.edit")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    state = request.GET.get("state", DuplicatePair.State.OPEN)
    state = state if state in dict(_TABS) else DuplicatePair.State.OPEN
    page = page_of(request, found.queue(state=state))
    context = {
        "page": page,
        "rows": [(pair, sentence(pair.signs)) for pair in page.rows],
        "state": state,
        "tabs": _tabs(request, state),
        "batch": MergeBatch.objects.order_by("-pk").first(),
    }
    return render_page(request, "crm/duplicate/list.html", context, partial="results")


@permission_required("candidates.edit")
@require_safe
def show(request: WorkspaceRequest, pair_id: int) -> HttpResponse:
    pair = get_object_or_404(DuplicatePair.objects.select_related("first", "second"), pk=pair_id)
    keep, other = (
        (pair.second, pair.first) if request.GET.get("keep") == "second" else (pair.first, pair.second)
    )
    facts = facts_about([keep.pk, other.pk])
    context = {
        "pair": pair,
        "keep": keep,
        "other": other,
        "because": sentence(pair.signs),
        "lines": comparison(keep, other),
        "sides": [facts[keep.pk], facts[other.pk]],
        "next": found.queue().exclude(pk=pair.pk).first(),
    }
    return render(request, "crm/duplicate/detail.html", context)


@permission_required("candidates.edit")
@require_POST
def merge(request: WorkspaceRequest, pair_id: int) -> HttpResponse:
    pair = get_object_or_404(DuplicatePair.objects.select_related("first", "second"), pk=pair_id)
    keep, other = (
        (pair.second, pair.first) if request.POST.get("keep") == "second" else (pair.first, pair.second)
    )
    try:
        receipt = merges.Merge(keep, other, chosen_fields(request.POST), request.membership.user).run()
    except DomainError as refusal:
        return refuse(request, refusal)
    undo = reverse("crm:merge_undo", args=[request.workspace.slug, receipt])
    return go(request, _next_url(request), toast=Toast(f"{keep} is one record now.", undo))


@permission_required("candidates.edit")
@require_POST
def dismiss(request: WorkspaceRequest, pair_id: int) -> HttpResponse:
    pair = get_object_or_404(DuplicatePair.objects, pk=pair_id)
    receipt = duplicates.dismiss(pair_ids=[pair.pk], by=request.membership.user)
    undo = reverse("crm:duplicates_undo", args=[request.workspace.slug, receipt])
    return go(request, _next_url(request), toast=Toast("They stay two people.", undo))


@permission_required("candidates.edit")
@require_POST
def bulk(request: WorkspaceRequest) -> HttpResponse:
    ids, by = _chosen(request), request.membership.user
    if request.POST.get("action") == "dismiss":
        receipt = duplicates.dismiss(pair_ids=ids, by=by)
        undo = reverse("crm:duplicates_undo", args=[request.workspace.slug, receipt])
        return go(request, _url(request), toast=Toast("They stay different people.", undo))
    if request.POST.get("action") == "reopen":
        count = duplicates.reopen(pair_ids=ids)
        return go(request, _url(request), toast=Toast(f"{count:,} asked about again."))
    try:
        batch = merge_batches.start(pair_ids=ids, by=by)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, reverse("crm:merge_batch", args=[request.workspace.slug, batch.pk]))


@permission_required("candidates.edit")
@require_POST
def undo(request: WorkspaceRequest, receipt_id: int) -> HttpResponse:
    try:
        count = duplicates.undo(receipt=receipt_id, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request), toast=Toast(f"Asked about again: {count:,}."))


@permission_required("candidates.edit")
@require_POST
def look(request: WorkspaceRequest) -> HttpResponse:
    enqueue("crm.look_at_everybody")
    return go(request, _url(request), toast=Toast("Looking through everybody; new pairs appear here."))


@permission_required("candidates.edit")
@require_safe
def batch(request: WorkspaceRequest, batch_id: int) -> HttpResponse:
    made = get_object_or_404(MergeBatch.objects.select_related("made_by"), pk=batch_id)
    pairs = list(made.pairs.select_related("first", "second").order_by("pk")[:500])
    states = [pair.state for pair in pairs]
    context: dict[str, Any] = {
        "batch": made,
        "pairs": pairs,
        "is_working": made.state in ("running", "undoing"),
        "done": states.count("merged"),
        "failed": sum(bool(pair.failure) for pair in pairs),
    }
    over = bool(request.htmx) and not context["is_working"]
    return render_page(
        request, "crm/duplicate/batch.html", context, partial="progress", status=286 if over else 200
    )


@permission_required("candidates.edit")
@require_POST
def undo_batch(request: WorkspaceRequest, batch_id: int) -> HttpResponse:
    made = get_object_or_404(MergeBatch.objects, pk=batch_id)
    try:
        merge_batches.undo(batch=made)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, reverse("crm:merge_batch", args=[request.workspace.slug, made.pk]))


def _chosen(request: WorkspaceRequest) -> list[int]:
    if request.POST.get("all") == "1":
        return list(found.queue().values_list("pk", flat=True))
    return ticked(request.POST)


def _tabs(request: WorkspaceRequest, state: str) -> list[dict[str, Any]]:
    counts = {DuplicatePair.State.OPEN.value: found.queue().count()}
    return [
        {"label": label, "href": f"{_url(request)}?state={value}", "current": value == state,
         "count": counts.get(value, "")}
        for value, label in _TABS
    ]  # fmt: skip


def _next_url(request: WorkspaceRequest) -> str:
    """The next pair to decide, or the list when there is none."""
    following = found.queue().first()
    if following is None or request.POST.get("then") != "next":
        return _url(request)
    return reverse("crm:duplicate", args=[request.workspace.slug, following.pk])


def _url(request: WorkspaceRequest) -> str:
    return reverse("crm:duplicates", args=[request.workspace.slug])
