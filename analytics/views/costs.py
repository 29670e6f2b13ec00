from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from analytics.actions import costs
from analytics.forms.costs import CostForm
from analytics.models import Cost
from analytics.policies.figures import money
from analytics.queries.costs import costs_in
from analytics.views.asked import Asked, asked_of
from analytics.views.reports import cost_tiles
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page


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
def remove(request: WorkspaceRequest, cost_id: int) -> HttpResponse:
    cost = get_object_or_404(Cost.objects, pk=cost_id)
    costs.remove(cost=cost, by=request.membership.user)
    return go(request, _index(request), toast=Toast(f"{cost.category} taken out."))


def _page(request: WorkspaceRequest, asked: Asked, form: CostForm, status: int = 200) -> HttpResponse:
    entered = [(cost, f"{money(cost.amount_cents):,.2f}") for cost in costs_in(asked.question)[:200]]
    context = asked.context() | {
        "form": form,
        "costs": entered,
        "currency": request.workspace.currency,
        "tiles": cost_tiles(asked),
        "may_edit": "costs.edit" in request.permissions,
        "definition_url": asked.url("analytics:definition", "cost_per_hire"),
    }
    return render_page(request, "analytics/cost/list.html", context, status=status)


def _index(request: WorkspaceRequest) -> str:
    return reverse("analytics:costs", args=[request.workspace.slug])
