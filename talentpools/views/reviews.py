from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.forms.ticked import ticked
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Candidate
from crm.views.paging import page_of
from talentpools.actions import decisions
from talentpools.models import Receipt, Segment
from talentpools.queries import pools
from talentpools.queries import segments as queries
from talentpools.views.frames import around, segment_of

VERDICTS = {"include": decisions.include, "exclude": decisions.exclude, "": decisions.undecide}
SENTENCES = {
    "include": "{name} stays in, whatever the rules say.",
    "exclude": "{name} stays out, whatever the rules say.",
    "": "The rules decide about {name} again.",
}
KINDS = (Receipt.Kind.SEGMENT_ACCEPT, Receipt.Kind.SEGMENT_REFUSE)


@permission_required("pools.edit")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    waiting = queries.waiting(segment)
    if request.method == "GET":
        context = around(request, segment, "review") | {"page": page_of(request, waiting)}
        return render(request, "talentpools/segment/review.html", context)
    ids = ticked(request.POST)
    if request.POST.get("all"):
        ids = list(waiting.values_list("candidate_id", flat=True))
    by = request.membership.user
    if request.POST.get("verdict") == "accept":
        receipt = decisions.accept(segment=segment, candidate_ids=ids, by=by)
        sentence = f"{receipt.changed} accepted."
    else:
        reason = request.POST.get("reason", "")
        receipt = decisions.refuse(segment=segment, candidate_ids=ids, by=by, reason=reason)
        sentence = f"{receipt.changed} refused for good."
    undo_url = reverse("talentpools:segment_receipt_undo", args=[request.workspace.slug, receipt.pk])
    return go(request, _review(request, segment), toast=Toast(sentence, undo_url=undo_url))


@permission_required("pools.edit")
@require_POST
def undo(request: WorkspaceRequest, receipt_id: int) -> HttpResponse:
    receipt = get_object_or_404(Receipt.objects, pk=receipt_id, kind__in=KINDS)
    segment = segment_of(request, receipt.target_id)
    try:
        decisions.undo(receipt=receipt, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _review(request, segment), toast=Toast("Undone: they wait again."))


@permission_required("pools.edit")
@require_safe
def waiting(request: WorkspaceRequest) -> HttpResponse:
    """A fragment of Today: the segments in which matches wait for a person."""
    visible = pools.segments_visible_to(request.user.pk).order_by().values("pk")
    found = queries.with_waiting().filter(pk__in=visible, waiting__gt=0).select_related("pool")
    return render(request, "talentpools/segment/today.html", {"segments": found[:8]})


@permission_required("pools.edit")
@require_POST
def decide(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    asked = request.POST.get("candidate", "")
    candidate = get_object_or_404(Candidate.objects, pk=asked if asked.isdecimal() else 0)
    verdict = request.POST.get("verdict", "")
    verdict = verdict if verdict in VERDICTS else ""
    VERDICTS[verdict](segment=segment, candidate=candidate, by=request.membership.user)
    here = reverse("talentpools:segment_explanation", args=[request.workspace.slug, segment.pk])
    toast = Toast(SENTENCES[verdict].format(name=candidate))
    return go(request, f"{here}?candidate={candidate.pk}", toast=toast)


def _review(request: WorkspaceRequest, segment: Segment) -> str:
    return reverse("talentpools:segment_review", args=[request.workspace.slug, segment.pk])
