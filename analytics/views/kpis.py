from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from analytics.policies.definitions import DEFINITIONS, ORIGIN
from analytics.policies.intervals import mean_interval, wilson
from analytics.policies.targets import GOALS, in_words
from analytics.policies.words import between, sure_of_days
from analytics.queries import hires, trends
from analytics.queries.answers import Answers
from analytics.queries.freshness import freshness
from analytics.queries.preferences import targets
from analytics.queries.views import opening_view
from analytics.views import charts
from analytics.views.asked import Asked, asked_of
from analytics.views.charts import percent, shown
from analytics.views.figure_views import address_of
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page

SEEDS = ("time_to_hire", "conversion_to_screening", "offer_acceptance", "share_of_hires_from_crm")
OTHERS = ("time_to_accept", "relationship_age", "time_to_fill", "reply_rate")


@dataclass(frozen=True, slots=True)
class Side:
    """One number of a figure, with its n, and the people behind it."""

    label: str
    value: str
    unit: str
    n: int
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Seed:
    """One of the four figures that stand large at the top."""

    key: str
    title: str
    sides: list[Side]
    definition_url: str
    notes: list[str] = field(default_factory=list)


@permission_required("analytics.view")
@require_safe
@asked_of
def index(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    opening = None if request.META["QUERY_STRING"] else opening_view(request.membership.user_id)
    if opening:
        return redirect(address_of(request, opening))
    question = asked.question
    answers = Answers(question)
    figures = {key: answers[key] for key in (*SEEDS, *OTHERS)}
    steps = answers.cohort.steps
    context = asked.context() | {
        "compares": True,
        "seeds": [_SEEDS[key](asked, answers) for key in SEEDS],
        "others": _others(asked, answers),
        "drop_off": charts.drop_off(steps, answers.cohort.standing),
        "drop_off_n": steps[0].reached,
        "trend": charts.time_to_hire(trends.monthly_time_to_hire(question)),
        "steps": [(charts.STEP_LABELS[step.step], asked.people_url("drop_off", step.step)) for step in steps],
        "xlsx_url": asked.url("analytics:dashboard_export", "overview", "xlsx"),
        "goals": _goals(figures),
        "publish_url": asked.url("analytics:report_publish"),
    }
    return render_page(request, "analytics/kpi/list.html", context)


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
        "exclusions": _exclusions(asked, key),
        "freshness": freshness(),
    }
    return render_page(request, "analytics/kpi/definition.html", context, partial="panel")


_EXCLUDED = {
    "time_to_hire": {
        "without_opening_date": _("left out for want of an opening date"),
        "without_offer": _("counted without an offer"),
        "accepted_before_opening": _("accepted before the requisition opened"),
    },
    "relationship_age": {"without_touch": _("left out, no touch known before")},
}


def _exclusions(asked: Asked, key: str) -> list[tuple[int, Any, str]]:
    """How many were left out or counted oddly, in words, with their list."""
    if key not in _EXCLUDED:
        return []
    found = hires.excluded_hires(asked.question)
    return [(found[name], words, asked.people_url(key, name)) for name, words in _EXCLUDED[key].items()]


def _goals(figures: dict[str, Any]) -> list[tuple[str, str, bool | None]]:
    """Each figure with a target: its label, how it stands, and whether it is met."""
    values = {
        "time_to_hire": figures["time_to_hire"].crm.mean_days,
        "time_to_fill": figures["time_to_fill"].mean_days,
        "conversion_to_screening": figures["conversion_to_screening"].rate,
        "offer_acceptance": figures["offer_acceptance"].nurtured.rate,
        "share_of_hires_from_crm": figures["share_of_hires_from_crm"].rate,
        "reply_rate": figures["reply_rate"].rate,
    }
    return [
        (
            GOALS[key].label,
            in_words(GOALS[key], values[key], target),
            None if values[key] is None else GOALS[key].is_met(values[key], target),
        )
        for key, target in sorted(targets().items())
    ]


def _time_to_hire(asked: Asked, answers: Answers) -> Seed:
    figure: Any = answers["time_to_hire"]
    spread = answers.hire_days["time_to_hire"]
    sides = [
        _days_side(asked, "time_to_hire", who, label, getattr(figure, who), spread[who])
        for who, label in (("crm", "From the CRM"), ("external", "External"))
    ]
    notes = []
    if figure.crm.mean_days is not None and figure.external.mean_days is not None:
        gap = figure.external.mean_days - figure.crm.mean_days
        notes = [f"{abs(gap):.1f} days {'less' if gap >= 0 else 'more'} than external hires."]
    return _seed(asked, "time_to_hire", sides, notes)


def _conversion(asked: Asked, answers: Answers) -> Seed:
    figure = answers.cohort.conversion
    side = _rate_side(
        asked, "conversion_to_screening", "contacted", "Of people first written to", figure.rate
    )
    notes = [f"Within {cut['days']} days: {percent(cut['rate'])}" for cut in answers.cohort.cuts]
    return _seed(asked, "conversion_to_screening", [side(figure.screened, figure.contacted)], notes)


def _acceptance(asked: Asked, answers: Answers) -> Seed:
    figure: Any = answers["offer_acceptance"]
    sides = [
        _rate_side(asked, "offer_acceptance", who, label, part.rate)(part.accepted, part.extended)
        for who, label, part in (("nurtured", "Nurtured", figure.nurtured), ("cold", "Cold", figure.cold))
    ]
    pending = figure.all.pending
    notes = [f"All {percent(figure.all.rate)}; decided {percent(figure.all.decided_rate)}; {pending} pending"]
    return _seed(asked, "offer_acceptance", sides, notes)


def _share(asked: Asked, answers: Answers) -> Seed:
    figure: Any = answers["share_of_hires_from_crm"]
    side = _rate_side(asked, "share_of_hires_from_crm", "crm", "Of all hires", figure.rate)(
        figure.crm, figure.hires
    )
    first = answers.of_hires["first_touch"]
    notes = [
        f"{figure.crm} of {figure.hires} hires. Assisted, not in it: {figure.assisted}. First touch: {first}."
    ]
    return _seed(asked, "share_of_hires_from_crm", [side], notes)


_SEEDS = {
    "time_to_hire": _time_to_hire,
    "conversion_to_screening": _conversion,
    "offer_acceptance": _acceptance,
    "share_of_hires_from_crm": _share,
}


def _seed(asked: Asked, key: str, sides: list[Side], notes: list[str]) -> Seed:
    return Seed(key, DEFINITIONS[key].title, sides, asked.url("analytics:definition", key), notes)


def _days_side(asked: Asked, key: str, group: str, label: str, figure: Any, values: Sequence[float]) -> Side:
    words = [] if figure.median_days is None else [f"median {figure.median_days:.1f}"]
    if getattr(figure, "p90_days", None) is not None:
        words.append(f"p90 {figure.p90_days:.1f}")
    note = "; ".join(part for part in (", ".join(words), sure_of_days(mean_interval(values))) if part)
    return Side(label, shown(figure.mean_days), "days", figure.n, asked.people_url(key, group), note)


def _rate_side(asked: Asked, key: str, group: str, label: str, rate: float | None) -> Any:
    def side(part: int, whole: int) -> Side:
        interval = wilson(part, whole)
        note = f"95 %: {between(interval)}" if interval else ""
        value = "–" if rate is None else f"{rate * 100:.1f}"
        return Side(label, value, "%", whole, asked.people_url(key, group), note)

    return side


def _others(asked: Asked, answers: Answers) -> list[Side]:
    accept: Any = answers["time_to_accept"]
    reply: Any = answers["reply_rate"]
    clocks = answers.hire_days
    return [
        _days_side(
            asked, "time_to_accept", "all", "Time to accept", accept.all, clocks["time_to_accept"]["all"]
        ),
        _days_side(asked, "time_to_fill", "all", "Time to fill", answers["time_to_fill"], answers.fill_days),
        _days_side(
            asked, "relationship_age", "all", "Relationship age", answers["relationship_age"],
            clocks["relationship_age"]["crm"],
        ),
        _rate_side(asked, "reply_rate", "delivered", "Reply rate", reply.rate)(
            reply.replied, reply.delivered
        ),
        *_costs(asked, answers),
    ]  # fmt: skip


def _costs(asked: Asked, answers: Answers) -> list[Side]:
    figure: Any = answers["cost_per_hire"]
    return [
        Side(
            label, "–" if part.value is None else f"{part.value:,.0f}", part.currency, part.hires,
            asked.people_url("cost_per_hire", who), f"{part.cost:,.0f} {part.currency} spent",
        )
        for who, label, part in (
            ("crm", "Cost per hire, CRM", figure.crm),
            ("external", "Cost per hire, external", figure.external),
        )
    ]  # fmt: skip
