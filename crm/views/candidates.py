"""The list of candidates, acting on many of them, and adding one."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import candidates, events, tags
from crm.forms import candidate_filters, candidate_rules
from crm.forms.candidates import CandidateForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.kernel.tenancy import workspace_scope
from crm.models import Stage, User, Workspace
from crm.policies import csv_files, people
from crm.queries import candidate_list, rules
from crm.queries.duplicates import suggestions
from crm.queries.people import custom_fields, member_ids
from crm.views.candidate_list_page import CandidateListPage

_EXPORTED = (
    "id", "first_name", "last_name", "email", "headline", "current_title", "current_company", "city",
    "region", "country", "role_family", "seniority", "stage", "availability", "source",
    "created_at", "last_engaged_at",
)  # fmt: skip


@permission_required("candidates.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    try:
        if "rule_field" in request.GET:
            return redirect(f"{request.path}{candidate_rules.with_rule(request.GET, rules.language())}")
        page = CandidateListPage(request, timezone.now())
        return render_page(request, "crm/candidate/list.html", page.context(), partial="results")
    except DomainError as refusal:
        return refuse(request, refusal)


@permission_required("candidates.edit")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    members = candidate_list.owners()
    form = CandidateForm(request.POST or None, owners=members, custom_fields=custom_fields().values())
    likely: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            likely = _likely(form)
            is_sure = bool(request.POST.get("confirmed")) or any(one.is_certain for one in likely)
            if not likely or is_sure:
                candidate = candidates.create(given=form.given(), origin="manual", by=request.membership.user)
                return go(request, _profile(request, candidate.pk), toast=Toast(f"{candidate} was added."))
        except DomainError as refusal:
            form.show_faults(refusal)
    is_known = any(one.is_certain for one in likely)
    context = {"form": form, "likely": likely, "may_add": bool(likely) and not is_known}
    return render_page(
        request, "crm/candidate/new.html", context, status=422 if request.method == "POST" else 200
    )


@permission_required("candidates.edit")
@require_POST
def likely(request: WorkspaceRequest) -> HttpResponse:
    """While somebody types: who this may be."""
    form = CandidateForm(request.POST, owners=candidate_list.owners())
    people_ = _likely(form) if form.is_valid() else []
    return render(request, "crm/candidate/likely.html", {"likely": people_})


@permission_required("candidates.edit")
@require_POST
def bulk(request: WorkspaceRequest) -> HttpResponse:
    by = request.membership.user
    try:
        ids = _chosen(request)
        sentence, receipt = _act(request, ids, by)
    except DomainError as refusal:
        return refuse(request, refusal)
    undo = reverse("crm:receipt_undo", args=[request.workspace.slug, receipt]) if receipt else ""
    back = reverse("crm:candidates", args=[request.workspace.slug])
    return go(request, f"{back}?{request.POST.get('query', '')}", toast=Toast(sentence, undo_url=undo))


@permission_required("candidates.edit")
@require_POST
def undo(request: WorkspaceRequest, receipt_id: int) -> HttpResponse:
    try:
        count = _undo_action(receipt_id)(receipt=receipt_id, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    back = request.headers.get("HX-Current-URL") or request.headers.get("Referer")
    url = back if back and back.startswith(request.build_absolute_uri("/")) else _list(request)
    return go(request, url, toast=Toast(f"Undone for {count:,}."))


@permission_required("candidates.export")
@require_safe
def export(request: WorkspaceRequest) -> HttpResponseBase:
    try:
        filters = candidate_filters.filters_from(request.GET)
    except DomainError as refusal:
        return refuse(request, refusal)
    events.record("candidates.exported", by=request.membership.user)
    lines = csv_files.written(_rows(request.workspace, filters))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="candidates-{timezone.now():%Y-%m-%d}.csv"'
    return response


def _rows(workspace: Workspace, filters: Any) -> Iterator[list[object]]:
    """Read while it is sent, so in a scope of its own: the request's has ended by then."""
    with workspace_scope(workspace.pk):
        own = list(custom_fields())
        yield [*_EXPORTED, *(f"custom.{key}" for key in own)]
        for batch in candidate_list.in_batches(filters, now=timezone.now()):
            for person in batch:
                custom = [csv_files.joined(person.custom.get(key)) for key in own]
                yield [*(getattr(person, name) for name in _EXPORTED), *custom]


def _chosen(request: WorkspaceRequest) -> list[int]:
    """The rows ticked, or everybody the list's filters find."""
    if request.POST.get("all") == "1":
        filters = candidate_filters.filters_from(QueryDict(request.POST.get("query", "")))
        return candidate_list.ids_of(filters, now=timezone.now())
    return [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]


def _act(request: WorkspaceRequest, ids: list[int], by: User) -> tuple[str, int]:
    """What the pressed button asks for: a sentence for the toast and the receipt that undoes it."""
    if "stage" in request.POST:
        stage = request.POST["stage"]
        receipt = candidates.set_stage(candidate_ids=ids, stage=stage, by=by)
        return f"{len(ids):,} moved to {Stage(stage).label.lower()}.", receipt
    if request.POST.get("action") == "archive":
        return f"{candidates.archive(candidate_ids=ids, by=by):,} archived.", 0
    name = request.POST.get("tag", "")
    receipt = tags.add(candidate_ids=ids, name=name, by=by)
    return f"Tagged {len(ids):,} with “{name.strip()}”.", receipt


def _undo_action(receipt: int) -> Callable[..., int]:
    kinds: dict[str, Callable[..., int]] = {
        "candidates.stage_set": candidates.undo_stages,
        "candidates.tagged": tags.undo,
    }
    return kinds.get(events.kind_of(receipt), candidates.undo_stages)


def _likely(form: CandidateForm) -> list[Any]:
    """People who may be the one being added, for somebody to look at first."""
    try:
        person = people.read(form.given(), custom_fields=custom_fields(), members=member_ids())
    except people.InvalidPerson:
        return []
    return list(suggestions(person))


def _profile(request: WorkspaceRequest, candidate_id: int) -> str:
    return reverse("crm:candidate", args=[request.workspace.slug, candidate_id])


def _list(request: WorkspaceRequest) -> str:
    return reverse("crm:candidates", args=[request.workspace.slug])
