"""The list of candidates, acting on many of them, and adding one."""

import io
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import bulk_changes, candidates, events, exports, list_runs
from crm.forms import candidate_filters, candidate_rules
from crm.forms.candidates import CandidateForm
from crm.forms.ticked import ticked
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from crm.policies import candidate_export, csv_files, people, xlsx_files
from crm.queries import candidate_list, rules
from crm.queries.duplicates import suggestions
from crm.queries.people import custom_fields, member_ids
from crm.views.candidate_list_page import CandidateListPage

# More people than this are changed, or written to a file, in the background.
IN_ONE_GO = 500
_FILE_IN_ONE_GO = 5_000


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
    by, query = request.membership.user, request.POST.get("query", "")
    change, params = _asked(request.POST)
    asked = bulk_changes.changes()[change]
    if asked.permission not in request.permissions:
        raise PermissionDenied
    try:
        ids = _chosen(request)
        if len(ids) > IN_ONE_GO:
            run = list_runs.start(change=change, params=params, candidate_ids=ids, query=query, by=by)
            return go(request, reverse("crm:list_run", args=[request.workspace.slug, run.pk]))
        receipt = bulk_changes.make(change, candidate_ids=ids, params=params, by=by)
    except DomainError as refusal:
        return refuse(request, refusal)
    word = next(iter(params.values()), "").strip().replace("_", " ")
    sentence = bulk_changes.told(change, [receipt]) or asked.said.format(n=f"{len(ids):,}", word=word)
    undo = reverse("crm:receipt_undo", args=[request.workspace.slug, receipt])
    return go(request, f"{_list(request)}?{query}", toast=Toast(sentence, undo_url=undo))


@permission_required("candidates.edit")
@require_POST
def undo(request: WorkspaceRequest, receipt_id: int) -> HttpResponse:
    try:
        count = bulk_changes.undo(receipt=receipt_id, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    back = request.headers.get("HX-Current-URL") or request.headers.get("Referer")
    url = back if back and back.startswith(request.build_absolute_uri("/")) else _list(request)
    return go(request, url, toast=Toast(f"Undone for {count:,}."))


@permission_required("candidates.export")
@require_safe
def export(request: WorkspaceRequest) -> HttpResponseBase:
    kind, now, by = request.GET.get("format", "csv"), timezone.now(), request.membership.user
    try:
        filters = candidate_filters.filters_from(request.GET)
        ids = candidate_list.ids_of(filters, now=now)
        if kind not in exports.FORMATS or len(ids) > _FILE_IN_ONE_GO:
            query = request.GET.urlencode()
            run = exports.start(kind=kind, candidate_ids=ids, query=query, by=by)
            return go(request, reverse("crm:list_run", args=[request.workspace.slug, run.pk]))
    except DomainError as refusal:
        return refuse(request, refusal)
    events.record("candidates.exported", by=by, data={"people": len(ids)})
    name = f"candidates-{now:%Y-%m-%d}.{kind}"
    if kind == "xlsx":
        file = io.BytesIO()
        xlsx_files.written(_rows(request.workspace, filters), file)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name)
    lines = csv_files.written(_rows(request.workspace, filters))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(workspace: Workspace, filters: Any) -> Iterator[list[object]]:
    """Read while it is sent, so in a scope of its own: the request's has ended by then."""
    with workspace_scope(workspace.pk):
        own = list(custom_fields())
        yield candidate_export.head(own)
        for batch in candidate_list.in_batches(filters, now=timezone.now()):
            yield from (candidate_export.row(person, own) for person in batch)


def _chosen(request: WorkspaceRequest) -> list[int]:
    """The rows ticked, or everybody the list's filters find."""
    if request.POST.get("all") == "1":
        filters = candidate_filters.filters_from(QueryDict(request.POST.get("query", "")))
        return candidate_list.ids_of(filters, now=timezone.now())
    return ticked(request.POST)


def _asked(posted: QueryDict) -> tuple[str, dict[str, str]]:
    """What the pressed button asks for: the change and what it takes."""
    name = "stage" if "stage" in posted else posted.get("action", "")
    known = bulk_changes.changes()
    if name == "tag" or name not in known:
        return "tag", {"name": posted.get("tag", "")}
    takes = known[name].takes
    return name, {takes: posted.get(takes, "")} if takes else {}


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
