from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.policies import csv_files
from journeys.actions import rehearsals
from journeys.actions.rehearsals import RATES, Wish
from journeys.forms.rehearsals import RehearsalForm
from journeys.models import Journey, Rehearsal
from journeys.queries import choices
from journeys.queries import rehearsals as found
from journeys.queries.rehearsal_calendar import calendar, mailboxes
from talentpools.models import SegmentMember

PAGE = 50
_OPEN = (Rehearsal.State.WAITING, Rehearsal.State.RUNNING)
# What htmx takes as "stop polling".
_STOP_POLLING = 286


@permission_required("journeys.view")
@require_safe
def index(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(Journey.objects, pk=journey_id)
    rows = Rehearsal.objects.filter(journey=journey).select_related("requested_by").order_by("-pk")[:50]
    form = RehearsalForm(segments=choices.segments(), initial={"days": 84})
    context = {"journey": journey, "rehearsals": rows, "form": form}
    return render_page(request, "journeys/rehearsal/list.html", context)


@permission_required("enrollments.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(Journey.objects, pk=journey_id)
    form = RehearsalForm(request.POST or None, segments=choices.segments(), initial={"days": 84})
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"journey": journey, "form": form}
        return render_page(request, "journeys/rehearsal/form.html", context, partial="panel", status=status)
    given = form.cleaned_data
    wish = Wish(
        given["since"] or timezone.now(), given["days"], form.assumptions(), _members(given["segment"])
    )
    try:
        made = rehearsals.start(journey=journey, wish=wish, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, reverse("journeys:rehearsal", args=[request.workspace.slug, made.pk]))


@permission_required("journeys.view")
@require_safe
def show(request: WorkspaceRequest, rehearsal_id: int) -> HttpResponse:
    rehearsal = _one(rehearsal_id)
    is_open = rehearsal.state in _OPEN
    context: dict[str, Any] = {"rehearsal": rehearsal, "journey": rehearsal.journey, "is_open": is_open}
    context["shares"] = {name: f"{100 * rehearsal.assumptions.get(name, 0):g}" for name in RATES}
    if request.htmx and request.GET.get("progress"):
        status = 200 if is_open else _STOP_POLLING
        answer = render_page(
            request, "journeys/rehearsal/detail.html", context, partial="progress", status=status
        )
        if not is_open:
            answer["HX-Refresh"] = "true"
        return answer
    if rehearsal.state == Rehearsal.State.FINISHED:
        context |= _outcome(request, rehearsal)
    return render_page(request, "journeys/rehearsal/detail.html", context)


@permission_required("journeys.view")
@require_safe
def person(request: WorkspaceRequest, rehearsal_id: int, candidate_id: int) -> HttpResponse:
    rehearsal = _one(rehearsal_id)
    row = get_object_or_404(found.people(rehearsal), candidate_id=candidate_id)
    names, titles = dict(Journey.objects.values_list("pk", "name")), found.titles(rehearsal)
    context = {
        "rehearsal": rehearsal,
        "row": row,
        "moments": [
            (moment, names.get(moment.journey_id, ""), names.get(moment.rival_id, ""),
             titles.get(moment.step, "") if moment.journey_id == rehearsal.journey_id else moment.step)
            for moment in found.moments(row)
        ],
        "why": found.why(row) if row.code else "",
    }  # fmt: skip
    return render_page(request, "journeys/rehearsal/person.html", context, partial="panel")


@permission_required("enrollments.edit")
@require_POST
def stop(request: WorkspaceRequest, rehearsal_id: int) -> HttpResponse:
    rehearsal = _one(rehearsal_id)
    rehearsals.cancel(rehearsal=rehearsal)
    url = reverse("journeys:rehearsals", args=[request.workspace.slug, rehearsal.journey_id])
    return go(request, url, toast=Toast(_("Stopped. Nothing was sent and nothing was changed.")))


@permission_required("candidates.export")
@require_safe
def export(request: WorkspaceRequest, rehearsal_id: int) -> HttpResponseBase:
    rehearsal = _one(rehearsal_id)
    lines = list(csv_files.written(found.lines(rehearsal)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = slugify(rehearsal.journey.name) or "journey"
    response["Content-Disposition"] = f'attachment; filename="rehearsal-{name}-{rehearsal.pk}.csv"'
    return response


def _one(rehearsal_id: int) -> Rehearsal:
    return get_object_or_404(Rehearsal.objects.select_related("journey", "requested_by"), pk=rehearsal_id)


def _members(segment: str) -> tuple[int, ...] | None:
    if not segment:
        return None
    members = SegmentMember.objects.filter(segment_id=int(segment), left_at=None, is_reviewed=True)
    return tuple(members.order_by("candidate_id").values_list("candidate_id", flat=True))


def _outcome(request: WorkspaceRequest, rehearsal: Rehearsal) -> dict[str, Any]:
    shown = request.GET.get("show", "")
    show_list = shown if shown in found.SHOWN else ""
    page = Paginator(found.people(rehearsal, show_list).order_by("pk"), PAGE).get_page(
        request.GET.get("page")
    )
    counts = {name: found.people(rehearsal, name).count() for name in ("", *found.SHOWN)}
    labels = {
        "": _("Everybody"), "held": _("Held back"), "collisions": _("In collisions"),
        "refused": _("Not let in"), "left": _("Leave early"),
    }  # fmt: skip
    return {
        "weeks": calendar(rehearsal),
        "mailboxes": mailboxes(rehearsal),
        "page": page,
        "people": [(row, found.why(row) if row.code else "", found.first_dates(row)) for row in page],
        "tabs": [
            {"label": labels[name], "href": f"?show={name}", "current": name == show_list, "count": count}
            for name, count in counts.items()
        ],
        "codes": [
            (found.sentence_for(code), code, what, count)
            for what, codes in rehearsal.result["codes"].items()
            for code, count in codes.items()
            if code and what != "passed" and code != "branch"
        ],
        "show": show_list,
    }
