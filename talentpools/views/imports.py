import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import go
from crm.queries import rules
from talentpools.queries.segments import FORMAT
from talentpools.views.frames import frame

LARGEST = 200_000


@permission_required("segments.manage")
@require_http_methods(["GET", "POST"])
def show(request: WorkspaceRequest) -> HttpResponse:
    """Reads a segment file and opens it in the builder, unsaved."""
    if request.method == "GET":
        return render(request, "talentpools/segment/import.html", frame(request))
    upload = request.FILES.get("file")
    text = upload.read(LARGEST).decode(errors="replace") if upload else request.POST.get("text", "")
    found, faults = _read(text)
    if faults:
        context = {"text": text, "faults": faults} | frame(request)
        return render(request, "talentpools/segment/import.html", context, status=422)
    request.session["imported_segment"] = found
    return go(request, reverse("talentpools:segment_new", args=[request.workspace.slug]))


def _read(text: str) -> tuple[dict[str, Any], list[str]]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}, ["This is not JSON."]
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return {}, [f"This is not a segment file: it does not say “format”: “{FORMAT}”."]
    try:
        rules.parse(found.get("rules"))
    except DomainError as refusal:
        return {}, [f"{path}: {sentence}" for path, sentence in refusal.fields.items()]
    columns = ("name", "description", "mode", "rules")
    return {key: found[key] for key in columns if key in found}, []
