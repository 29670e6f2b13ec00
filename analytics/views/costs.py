from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from analytics.actions import costs
from analytics.forms.costs import CostFileForm, CostForm
from analytics.models import Cost
from analytics.policies import cost_files
from analytics.policies.figures import money
from analytics.queries.costs import costs_in
from analytics.views.asked import Asked, asked_of
from analytics.views.reports import cost_tiles
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page
from crm.models import Event

MOST_FAULTS = 50
MOST_SHOWN = 200


@permission_required("analytics.view")
@require_http_methods(["GET", "HEAD"])
@asked_of
def index(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    return _page(request, asked, CostForm())


@permission_required("costs.edit")
@require_POST
@asked_of
def add(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    form = CostForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form, status=422)
    values = {name: form.cleaned_data[name] for name in ("origin", "category", "incurred_on", "note")}
    cost = costs.add(**values, amount_cents=form.amount_cents, by=request.membership.user)
    return go(request, _index(request), toast=Toast(f"{cost.category} entered."))


@permission_required("costs.edit")
@require_POST
@asked_of
def import_file(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    form = CostFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, asked, CostForm(), form, status=422)
    found = cost_files.read(form.cleaned_data["lines"])
    if found.faults:
        again = CostFileForm(initial={"lines": form.cleaned_data["lines"]})
        return _page(request, asked, CostForm(), again, found.faults, status=422)
    added = costs.add_many(entries=found.entries, by=request.membership.user)
    known = len(found.entries) - added
    words = f"{added:,} costs entered." + (f" {known:,} were here already." if known else "")
    return go(request, _index(request), toast=Toast(words))


@permission_required("costs.edit")
@require_POST
def remove(request: WorkspaceRequest, cost_id: int) -> HttpResponse:
    cost = get_object_or_404(Cost.objects, pk=cost_id)
    removal = costs.remove(cost=cost, by=request.membership.user)
    undo = reverse("analytics:cost_put_back", args=[request.workspace.slug, removal.pk])
    return go(request, _index(request), toast=Toast(f"{cost.category} taken out.", undo_url=undo))


@permission_required("costs.edit")
@require_POST
def put_back(request: WorkspaceRequest, removal_id: int) -> HttpResponse:
    removal = get_object_or_404(Event.objects, pk=removal_id, kind="cost.removed", data__has_key="on")
    costs.put_back(removal=removal, by=request.membership.user)
    return go(request, _index(request), toast=Toast(f"{removal.data['category']} is back."))


def _page(
    request: WorkspaceRequest,
    asked: Asked,
    form: CostForm,
    file_form: CostFileForm | None = None,
    faults: Sequence[cost_files.Fault] = (),
    status: int = 200,
) -> HttpResponse:
    found = costs_in(asked.question)
    context = asked.context() | {
        "form": form,
        "file_form": file_form or CostFileForm(),
        "faults": faults[:MOST_FAULTS],
        "more_faults": max(0, len(faults) - MOST_FAULTS),
        "is_importing": file_form is not None,
        "costs": [(cost, f"{money(cost.amount_cents):,.2f}") for cost in found[:MOST_SHOWN]],
        "total": found.count(),
        "currency": request.workspace.currency,
        "tiles": cost_tiles(asked),
        "may_edit": "costs.edit" in request.permissions,
        "definition_url": asked.url("analytics:definition", "cost_per_hire"),
    }
    return render_page(request, "analytics/cost/list.html", context, status=status)


def _index(request: WorkspaceRequest) -> str:
    return reverse("analytics:costs", args=[request.workspace.slug]) + "?days=365"
