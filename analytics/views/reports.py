from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from analytics.queries import costs
from analytics.queries.preferences import preference
from analytics.views import dashboards
from analytics.views.asked import Asked, asked_of
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page


@permission_required("analytics.view")
@require_safe
@asked_of
def comparison(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    pivot = preference().pivot_on
    context = dashboards.page_of(asked, "comparison") | {
        "pivot": pivot,
        "pivot_url": f"?{asked.around(pivot)}" if pivot else "",
    }
    return render_page(request, "analytics/report/comparison.html", context)


def cost_tiles(asked: Asked) -> list[dict[str, Any]]:
    """Cost per hire: all, CRM, external."""
    figure = costs.cost_per_hire(asked.question)
    return [
        {
            "label": label,
            "value": "–" if part.value is None else f"{part.value:,.0f}",
            "unit": part.currency,
            "n": part.hires,
            "note": f"{part.cost:,.0f} {part.currency} spent",
            "href": asked.people_url("cost_per_hire", who),
        }
        for who, label, part in (
            ("all", "Cost per hire", figure.all),
            ("crm", "From the CRM", figure.crm),
            ("external", "External", figure.external),
        )
    ]
