from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from crm.models import Candidate
from talentpools.actions import segments
from talentpools.queries import segments as queries
from talentpools.views.frames import around, segment_of
from talentpools.views.paging import page_of

VERDICTS = {"include": segments.include, "exclude": segments.exclude, "": segments.undecide}
SENTENCES = {
    "include": "{name} stays in, whatever the rules say.",
    "exclude": "{name} stays out, whatever the rules say.",
    "": "The rules decide about {name} again.",
}


@permission_required("pools.edit")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    waiting = queries.waiting(segment)
    if request.method == "GET":
        context = around(request, segment, "review") | {"page": page_of(request, waiting)}
        return render(request, "talentpools/segment/review.html", context)
    ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]
    if request.POST.get("all"):
        ids = list(waiting.values_list("candidate_id", flat=True))
    is_accepted = request.POST.get("verdict") == "accept"
    decide = segments.accept if is_accepted else segments.refuse
    count = decide(segment=segment, candidate_ids=ids, by=request.membership.user)
    here = reverse("talentpools:segment_review", args=[request.workspace.slug, segment.pk])
    return go(request, here, toast=Toast(f"{count} {'accepted' if is_accepted else 'refused for good'}."))


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
