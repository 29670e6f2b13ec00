from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.queries import rules
from talentpools.actions import access, refreshes
from talentpools.actions import segments as actions
from talentpools.forms import rule_builder
from talentpools.forms.access import access_of
from talentpools.forms.segments import SegmentForm
from talentpools.models import Segment
from talentpools.policies import rule_drafts
from talentpools.policies.rule_drafts import Node
from talentpools.queries import pools
from talentpools.queries import segments as queries
from talentpools.views.frames import colleagues_of, frame, segment_of
from talentpools.views.rule_building import built

PAGE = "talentpools/segment/form.html"


@permission_required("pools.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    visible = pools.segments_visible_to(request.user.pk)
    found = queries.with_waiting().filter(pk__in=visible.values("pk")).select_related("pool")
    return render(request, "talentpools/segment/list.html", {"segments": found} | frame(request))


@permission_required("segments.manage")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    if request.method == "POST":
        return _save(request, None)
    start = request.session.pop("imported_segment", None) or {}
    tree = start.get("rules", {"match": "all", "rules": [{"field": "role_family", "op": "eq", "value": ""}]})
    values = {"pool": request.GET.get("pool", ""), "parent": request.GET.get("parent", "")} | start
    return _page(request, _form(request, initial=values), rule_drafts.from_tree(tree))


@permission_required("segments.manage")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    if request.method == "POST":
        return _save(request, segment)
    columns = ("name", "description", "pool", "parent", "mode")
    values = {name: getattr(segment, name) for name in columns} | access_of(segment)
    form = _form(request, initial=values, but=segment)
    return _page(request, form, rule_drafts.from_tree(segment.rules), segment=segment)


@permission_required("segments.manage")
@require_POST
def builder(request: WorkspaceRequest) -> HttpResponse:
    """The rules after the press of a button or another field was chosen; the preview comes along."""
    context = _built(request, rule_builder.read(request.POST, rules.language()))
    return render(request, "talentpools/segment/changed.html", context | frame(request))


@permission_required("segments.manage")
@require_POST
def preview(request: WorkspaceRequest) -> HttpResponse:
    context = _built(request, rule_builder.read(request.POST, rules.language()))
    return render(request, "talentpools/segment/preview.html", context | frame(request))


@permission_required("pools.edit")
@require_POST
def refresh(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    done = refreshes.refresh(segment=segment, now=timezone.now())
    toast = Toast(f"Computed: {done.entered} came, {done.left} left, {done.size} are in.")
    if done.error:
        toast = Toast(f"Could not be computed: {done.error}", tone="bad")
    return go(request, _url(request, segment), toast=toast)


@permission_required("segments.manage")
@require_POST
def delete(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    try:
        actions.delete(segment=segment, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    index_url = reverse("talentpools:segments", args=[request.workspace.slug])
    return go(request, index_url, toast=Toast(f"Segment “{segment.name}” deleted."))


def _save(request: WorkspaceRequest, segment: Segment | None) -> HttpResponse:
    """Save what was posted; without JS, a press of one of the builder's buttons only changes the page."""
    root = rule_builder.read(request.POST, rules.language())
    form = _form(request, request.POST, but=segment)
    if request.POST.get("do") or not form.is_valid():
        status = 200 if request.POST.get("do") else 422
        return _page(request, form, root, segment=segment, status=status)
    tree = rule_drafts.to_tree(root, rules.language().fields)
    try:
        saved = _kept(request, form, segment, tree)
    except DomainError as refusal:
        faults = dict(refusal.fields)
        beside = next((name for name in ("name", "visibility") if name in faults), None)
        form.add_error(beside, faults.pop(beside or "", refusal.sentence))
        return _page(request, form, root, segment=segment, faults=faults, status=422)
    return go(request, _url(request, saved), toast=Toast(f"“{saved.name}” holds {_people(saved.size)}."))


@transaction.atomic
def _kept(request: WorkspaceRequest, form: SegmentForm, segment: Segment | None, tree: Any) -> Segment:
    by, draft = request.membership.user, form.draft(tree)
    # Whom it names is decided while it is still seen as it was.
    if segment is not None:
        access.name_guests(kept=segment, **form.named, by=by)
        return actions.update(segment=segment, draft=draft, by=by)
    made = actions.create(draft=draft, by=by)
    access.name_guests(kept=made, **form.named, by=by)
    return made


def _page(
    request: WorkspaceRequest,
    form: SegmentForm,
    root: Node,
    *,
    segment: Segment | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _built(request, root, faults) | {"form": form, "segment": segment} | frame(request)
    return render(request, PAGE, context, status=status)


def _built(request: WorkspaceRequest, root: Node, faults: dict[str, str] | None = None) -> dict[str, Any]:
    url = reverse("talentpools:segment_builder", args=[request.workspace.slug])
    return built(request, root, partial(rules.preview, now=timezone.now()), faults) | {"builder_url": url}


def _form(request: WorkspaceRequest, *data: Any, but: Segment | None = None, **options: Any) -> SegmentForm:
    others = pools.segments_visible_to(request.user.pk)
    if but is not None:
        others = others.exclude(pk=but.pk)
    visible = pools.visible_to(request.user.pk)
    return SegmentForm(*data, pools=visible, segments=others, colleagues=colleagues_of(request), **options)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _url(request: WorkspaceRequest, segment: Segment) -> str:
    return reverse("talentpools:segment", args=[request.workspace.slug, segment.pk])
