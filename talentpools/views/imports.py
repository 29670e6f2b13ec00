import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from talentpools.actions import pool_files
from talentpools.actions.pool_files import BroughtIn
from talentpools.policies.pool_files import InvalidFile
from talentpools.views.frames import frame

PAGE = "talentpools/pool/import.html"
LARGEST = 500_000


@permission_required("segments.manage")
@require_http_methods(["GET", "POST"])
def show(request: WorkspaceRequest) -> HttpResponse:
    """Reads a file, says in words what it would change, and brings it in when asked to."""
    crumbs = [{"label": "Pools", "href": reverse("talentpools:pools", args=[request.workspace.slug])}]
    around = frame(request) | {"crumbs": [*crumbs, {"label": "Import"}]}
    if request.method == "GET":
        return render(request, PAGE, around)
    upload = request.FILES.get("file")
    text = upload.read(LARGEST).decode(errors="replace") if upload else request.POST.get("text", "")[:LARGEST]
    wanted = request.POST.get("do", "")
    act = pool_files.bring_in if wanted == "import" else pool_files.rehearse
    try:
        found = act(document=_document(text), by=request.membership.user)
    except DomainError as refusal:
        faults = [f"{path}: {sentence}" for path, sentence in refusal.fields.items()]
        context = {"text": text, "faults": faults or [refusal.sentence]} | around
        return render(request, PAGE, context, status=422)
    if wanted == "import":
        return go(request, _address(request, found), toast=Toast(_sentence(found)))
    if wanted == "builder" and len(found.segments) == 1:
        return _into_builder(request, found)
    return render(request, PAGE, {"text": text, "found": found} | around)


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise InvalidFile("This is not JSON.") from broken


def _into_builder(request: WorkspaceRequest, found: BroughtIn) -> HttpResponse:
    """The segment as it would be, unsaved."""
    (segment,) = found.segments
    columns = ("name", "description", "mode", "rules")
    start = {name: getattr(segment, name) for name in columns}
    start |= {"pool": segment.pool_id or "", "parent": segment.parent_id or ""}
    request.session["imported_segment"] = start
    return go(request, reverse("talentpools:segment_new", args=[request.workspace.slug]))


def _address(request: WorkspaceRequest, found: BroughtIn) -> str:
    slug = request.workspace.slug
    if found.pool is not None:
        return reverse("talentpools:pool_segments", args=[slug, found.pool.pk])
    return reverse("talentpools:segment", args=[slug, found.segments[0].pk])


def _sentence(found: BroughtIn) -> str:
    counts = {what: sum(one.what == what for one in found.changes) for what in ("new", "changed", "same")}
    return f"Imported: {counts['new']} new, {counts['changed']} changed, {counts['same']} as they were."
