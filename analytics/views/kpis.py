from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from analytics.policies.definitions import DEFINITIONS, ORIGIN
from analytics.policies.exclusions import EXCLUSIONS
from analytics.policies.figures import sample
from analytics.policies.periods import just_before
from analytics.queries import kpis
from analytics.queries.answers import Answers
from analytics.queries.choices import choices
from analytics.queries.dashboards.comparison import change_in_words, verdict
from analytics.queries.dashboards.funnel import drop_off_section
from analytics.queries.dashboards.overview import in_a_sentence, trend
from analytics.queries.exclusions import excluded
from analytics.queries.freshness import freshness
from analytics.queries.preferences import targets
from analytics.queries.views import opening_view
from analytics.views.asked import Asked, asked_of
from analytics.views.dashboards import shown_sections
from analytics.views.figure_views import address_of
from analytics.views.headlines import Headlines
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page

# The part of each figure that stands large, and so says how it changed.
_CHANGES = {
    "time_to_hire": "crm.mean_days",
    "conversion_to_screening": "rate",
    "offer_acceptance": "nurtured.rate",
    "share_of_hires_from_crm": "rate",
    "time_to_accept": "all.mean_days",
    "time_to_fill": "mean_days",
    "reply_rate": "rate",
}


@permission_required("analytics.view")
@require_safe
@asked_of
def index(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    opening = None if request.META["QUERY_STRING"] else opening_view(request.membership.user_id)
    if opening:
        return redirect(address_of(request, opening))
    answers = Answers(asked.question)
    sections = [trend(answers), drop_off_section(answers.cohort)]
    context = asked.context() | {
        "lead": in_a_sentence(answers),
        "headlines": Headlines(asked, answers, targets()),
        "sections": [one | {"is_long": True} for one in shown_sections(asked, "overview", sections)],
        "changes": list(_CHANGES),
        "changes_url": asked.url("analytics:changes"),
        "xlsx_url": asked.url("analytics:dashboard_export", "overview", "xlsx"),
        "publish_url": asked.url("analytics:report_publish"),
        "may_connect": "connections.manage" in request.permissions,
    }
    return render_page(request, "analytics/kpi/list.html", context)


@permission_required("analytics.view")
@require_safe
@asked_of
def changes(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    """How each headline differs from the period before, put into the page once it stands."""
    if not request.htmx:
        return redirect(asked.url("analytics:comparison"))
    found = kpis.compare(asked.question, asked.question.compare or just_before(asked.period))
    rows = [
        (one.key, change_in_words(one), *verdict(one), _direction(one.change))
        for one in found
        if _CHANGES.get(one.key) == one.figure
    ]
    return render_page(
        request, "analytics/kpi/changes.html", {"rows": rows, "url": asked.url("analytics:comparison")}
    )


def _direction(change: float | None) -> str:
    """The arrow of a change that can be seen; none where there is nothing to compare."""
    return "" if not change else ("trending-up" if change > 0 else "trending-down")


@permission_required("analytics.view")
@require_safe
@asked_of
def definition(request: WorkspaceRequest, asked: Asked, key: str) -> HttpResponse:
    if key not in DEFINITIONS:
        raise Http404
    found = DEFINITIONS[key]
    context = {
        "definition": found,
        "origin": ORIGIN if "crm" in found.groups else "",
        "version": asked.question.terms.number,
        "attribution_days": asked.question.terms.attribution_days,
        "groups": [
            ("CRM" if group == "crm" else group.replace("_", " "), asked.people_url(key, group))
            for group in found.groups
        ],
        "n": sample(Answers(asked.question)[key]),
        "told": asked.told(choices(asked.question.reader)),
        "exclusions": _exclusions(asked, key),
        "freshness": freshness(),
    }
    return render_page(request, "analytics/kpi/definition.html", context, partial="panel")


def _exclusions(asked: Asked, key: str) -> list[tuple[int, str, str]]:
    """How many were left out or counted with a reservation, in words, with their list."""
    found = excluded(asked.question, [key])[key]
    return [(n, EXCLUSIONS[key][name], asked.people_url(key, name)) for name, n in found.items()]
