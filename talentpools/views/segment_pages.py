from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page
from crm.models import SearchCandidate
from crm.queries import rule_traces
from crm.queries.candidates import Filters, ordered, search
from crm.views.paging import page_of
from talentpools.models import Segment
from talentpools.queries import rule_readings, segment_history, segment_uses, sizes
from talentpools.queries import segments as queries
from talentpools.views.frames import around, segment_of


@permission_required("pools.view")
@require_safe
def overview(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    context = around(request, segment, "overview") | {
        "reading": rule_readings.read(segment.rules),
        "chart": sizes.chart(segment),
        "uses": segment_uses.uses(segment.pk),
        "decisions": queries.decisions(segment),
        "newest": queries.members(segment)[:10],
    }
    return render(request, "talentpools/segment/detail.html", context)


@permission_required("pools.view")
@require_safe
def people(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    page = page_of(request, queries.members(segment))
    context = around(request, segment, "people") | {"page": page}
    return render_page(request, "talentpools/segment/people.html", context, partial="people")


@permission_required("pools.view")
@require_safe
def explanation(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment, now = segment_of(request, segment_id), timezone.now()
    text = request.GET.get("q", "").replace("\x00", "")[:200]
    found = search(Filters(text=text), now=now) if text else SearchCandidate.objects.none()
    context: dict[str, Any] = {"q": text, "found": ordered(found, "name")[:8], "person": None}
    asked = request.GET.get("candidate", "")
    if asked.isdecimal() and len(asked) < 19:
        context["person"] = SearchCandidate.objects.filter(pk=asked).first()
    if context["person"]:
        context |= _explained(segment, context["person"], now, request.GET.get("version", ""))
    return render(
        request, "talentpools/segment/explanation.html", around(request, segment, "explanation") | context
    )


def _explained(segment: Segment, person: SearchCandidate, now: datetime, asked: str) -> dict[str, Any]:
    """By the rules of today, or by those of the version asked for."""
    kept = segment_history.version_of(segment, int(asked)) if asked.isdecimal() and len(asked) < 9 else None
    tree = kept.rules if kept else segment.rules
    try:
        found = rule_traces.explain(tree, candidate_id=person.pk, now=now)
    except DomainError as refusal:
        return {"refusal": refusal}
    return {"explained": found, "standing": queries.standing(segment, person.pk), "by_version": kept}
