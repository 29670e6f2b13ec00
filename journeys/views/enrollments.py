from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Candidate
from crm.views.paging import page_of
from journeys.actions import enrollments
from journeys.forms.journeys import EnrollForm
from journeys.models import Enrollment, Journey
from journeys.policies.refusals import told
from journeys.queries import choices, entry, plans
from journeys.queries import enrollments as standings
from journeys.queries import journeys as found
from talentpools.models import SegmentMember

PAGE = 50


@permission_required("journeys.view")
@require_safe
def index(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    state = request.GET.get("state", Enrollment.State.ACTIVE)
    rows = standings.enrollments(
        journey_id=journey.pk, state=state if state in Enrollment.State.values else ""
    )
    return _list(request, rows.order_by("due_at", "pk"), {"journey": journey, "state": state})


@permission_required("enrollments.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    form = EnrollForm(request.POST or request.GET or None, segments=choices.segments())
    if not form.is_valid():
        shown = EnrollForm(segments=choices.segments()) if not form.data else form
        return _ask(request, journey, shown)
    people = _people(form)
    if "enroll" not in request.POST:
        return _ask(request, journey, form, people)
    try:
        done = enrollments.enroll(journey=journey, candidate_ids=people, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("journeys:journey", args=[request.workspace.slug, journey.pk])
    return go(request, url, toast=Toast(f"{done.count} enrolled, {len(done.refused)} not."))


@permission_required("enrollments.edit")
@require_POST
def exit(request: WorkspaceRequest, enrollment_id: int) -> HttpResponse:
    enrollment = get_object_or_404(standings.enrollments(), pk=enrollment_id)
    try:
        enrollments.exit(enrollment=enrollment, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    undo = reverse("journeys:return", args=[request.workspace.slug, enrollment.pk])
    return _panel(request, enrollment, Toast(f"Taken out of “{enrollment.journey.name}”.", undo_url=undo))


@permission_required("enrollments.edit")
@require_POST
def return_to(request: WorkspaceRequest, enrollment_id: int) -> HttpResponse:
    enrollment = get_object_or_404(standings.enrollments(), pk=enrollment_id)
    try:
        enrollments.return_to(enrollment=enrollment, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return _panel(request, enrollment, Toast(f"Back in “{enrollment.journey.name}”."))


@permission_required("enrollments.edit")
@require_POST
def release(request: WorkspaceRequest, enrollment_id: int) -> HttpResponse:
    enrollment = get_object_or_404(standings.enrollments(), pk=enrollment_id)
    try:
        enrollments.release(enrollment=enrollment, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return _panel(request, enrollment, Toast("It is tried again now."))


@permission_required("journeys.view")
@require_safe
def candidate_panel(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.defer("search_text"), pk=candidate_id)
    return _rows(request, candidate, None)


def _panel(request: WorkspaceRequest, enrollment: Enrollment, toast: Toast) -> HttpResponse:
    """The panel with what changed; without htmx the page the person came from."""
    if request.htmx:
        return _rows(request, enrollment.candidate, toast)
    url = reverse("journeys:enrollments", args=[request.workspace.slug, enrollment.journey_id])
    return go(request, url, toast=toast)


def _rows(request: WorkspaceRequest, candidate: Candidate, toast: Toast | None) -> HttpResponse:
    rows = standings.enrollments(candidate_id=candidate.pk).order_by("-enrolled_at", "-pk")[:20]
    shown = [(row, standings.sentence_for(row)) for row in rows]
    live = Journey.objects.filter(state=Journey.State.LIVE, is_campaign=False).order_by("name", "pk")
    context = {"candidate": candidate, "rows": shown, "journeys": live}
    return render_page(request, "journeys/enrollment/candidate.html", context, partial="panel", toast=toast)


def _list(request: WorkspaceRequest, rows: QuerySet[Enrollment], context: dict[str, object]) -> HttpResponse:
    page = page_of(request, rows)
    states = Enrollment.State.choices
    context |= {"rows": standings.told(page.rows), "page": page, "total": page.total, "states": states}
    return render_page(request, "journeys/enrollment/list.html", context)


def _ask(
    request: WorkspaceRequest, journey: Journey, form: EnrollForm, people: list[int] | None = None
) -> HttpResponse:
    context: dict[str, object] = {"journey": journey, "form": form}
    if people is not None:
        plan = plans.read_plan(journey.version.definition if journey.version else journey.draft)
        judged = entry.entry(journey, plan, people, now=timezone.now(), asked_by=request.membership.user_id)
        cautions = judged.cautions[:PAGE]
        asked = [one.candidate_id for one in judged.refused[:PAGE]] + [pk for pk, _ in cautions]
        names = Candidate.objects.in_bulk(asked)
        context["cautions"] = [(names.get(pk), sentence) for pk, sentence in cautions]
        refused = [(names.get(one.candidate_id), one) for one in judged.refused[:PAGE]]
        context |= {"judged": judged, "refused": refused, "codes": told(judged.codes())}
    status = 422 if form.errors else 200
    return render_page(request, "journeys/enrollment/form.html", context, partial="panel", status=status)


def _people(form: EnrollForm) -> list[int]:
    if form.cleaned_data["candidates"]:
        return list(form.cleaned_data["candidates"])
    members = SegmentMember.objects.filter(
        segment_id=int(form.cleaned_data["segment"]), left_at=None, is_reviewed=True
    )
    return list(members.order_by("candidate_id").values_list("candidate_id", flat=True))
