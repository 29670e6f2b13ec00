import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page
from journeys.forms.journeys import ImportForm
from journeys.policies.differences import differences
from journeys.policies.parsing import parse
from journeys.queries import journeys as found
from journeys.queries import templates, versions


@permission_required("journeys.view")
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"journey": journey, "versions": versions.told(journey), "form": form}
    status = 200
    if request.method == "POST":
        file = _file(form)
        parsed = parse(file)
        if parsed.journey is None:
            form.add_error(None, parsed.faults[0].sentence)
            status = 422
        else:
            names = dict(templates.living().values_list("key", "name"))
            context["compared"] = differences(journey.draft, file, names)
    return render_page(request, "journeys/journey/versions.html", context, status=status)


def _file(form: ImportForm) -> Any:
    try:
        return json.load(form.cleaned_data["file"]) if form.is_valid() else None
    except (ValueError, RecursionError):
        return None
