from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analytics.actions import definitions
from analytics.forms.definitions import DefinitionsForm
from analytics.policies.asking import InvalidQuestion
from analytics.policies.definitions import DEFINITIONS
from analytics.policies.terms import sentences
from analytics.policies.words import percent, shown
from analytics.queries import kpis
from analytics.queries.terms import current_terms, history, terms_of
from analytics.views.asked import Asked, asked_of
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page


@permission_required("analytics.view")
@require_safe
@asked_of
def index(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    return _page(request, DefinitionsForm.showing(asked.question.terms))


@permission_required("workspace.manage")
@require_POST
@asked_of
def preview(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    form = DefinitionsForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    return _page(request, form, preview=_preview(asked, form))


@permission_required("workspace.manage")
@require_POST
def publish(request: WorkspaceRequest) -> HttpResponse:
    form = DefinitionsForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        made = definitions.publish(
            terms=form.terms,
            note=form.cleaned_data["note"],
            by=request.membership.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, form, status=422)
    url = reverse("analytics:definition_sets", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"Version {made.number} holds. Figures are being counted again."))


def _page(
    request: WorkspaceRequest, form: DefinitionsForm, *, preview: Any = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "preview": preview,
        "terms": current_terms(),
        "versions": [(version, sentences(terms_of(version))) for version in history()[:50]],
        "now": sentences(current_terms()),
        "definitions": DEFINITIONS.values(),
        "may_edit": "workspace.manage" in request.permissions,
    }
    return render_page(request, "analytics/definition_set/list.html", context, status=status)


def _preview(asked: Asked, form: DefinitionsForm) -> list[dict[str, Any]]:
    """The figures of the period by the definitions that hold and by those proposed."""
    try:
        definitions.check(form.terms)
    except DomainError as refusal:
        raise InvalidQuestion(fields=refusal.fields) from refusal
    proposed = replace(asked.question, terms=replace(form.terms, number=0), news=None)
    before, after = (kpis.kpis(question, _MOVED) for question in (asked.question, proposed))
    return [
        {"label": label, "before": read(before), "after": read(after), "moves": read(before) != read(after)}
        for label, read in _READ
    ]


_MOVED = (
    "time_to_hire", "share_of_hires_from_crm", "conversion_to_screening", "offer_acceptance",
    "relationship_age",
)  # fmt: skip
_READ: list[tuple[str, Any]] = [
    (
        "Hires from the CRM",
        lambda k: f"{k['share_of_hires_from_crm'].crm} of {k['share_of_hires_from_crm'].hires}",
    ),
    ("Assisted hires", lambda k: str(k["share_of_hires_from_crm"].assisted)),
    ("Time to hire, CRM, mean days", lambda k: shown(k["time_to_hire"].crm.mean_days)),
    ("Time to hire, external, mean days", lambda k: shown(k["time_to_hire"].external.mean_days)),
    ("Conversion to screening", lambda k: percent(k["conversion_to_screening"].rate)),
    ("Offers to nurtured people", lambda k: str(k["offer_acceptance"].nurtured.extended)),
    ("Offer acceptance, nurtured", lambda k: percent(k["offer_acceptance"].nurtured.rate)),
    ("Offer acceptance, cold", lambda k: percent(k["offer_acceptance"].cold.rate)),
    ("Relationship age, mean days", lambda k: shown(k["relationship_age"].mean_days)),
]
