from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page
from crm.policies.topics import TOPICS
from crm.queries.candidates import living
from journeys.actions import contact_budgets
from journeys.forms.contact_budgets import ContactBudgetForm, PersonBudgetForm
from journeys.policies.pressure import Override
from journeys.queries import people, pressure


@permission_required("workspace.manage")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    context = {"rows": pressure.topic_rows(), "budget": people.house().budget}
    return render_page(request, "journeys/pressure/list.html", context)


@permission_required("workspace.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: WorkspaceRequest, topic: str) -> HttpResponse:
    if topic not in TOPICS:
        raise Http404
    held = people.overrides_of(None).get(None, {}).get(topic, Override())
    form = ContactBudgetForm(request.POST or None, initial=ContactBudgetForm.read(held))
    if request.method == "POST" and form.is_valid():
        by = request.membership.user
        contact_budgets.set_budget(candidate=None, topic=topic, numbers=form.numbers(), by=by)
        url = reverse("journeys:pressure_topics", args=[request.workspace.slug])
        return go(request, url, toast=Toast("Saved. What waits is looked at again when it is due."))
    context = {"form": form, "topic": topic, "name": TOPICS[topic]}
    status = 422 if form.errors else 200
    return render_page(request, "journeys/pressure/topic.html", context, partial="panel", status=status)


@permission_required("journeys.view")
@require_safe
def person(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    return _person(request, candidate_id, None)


@permission_required("enrollments.edit")
@require_POST
def set_person(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    form = PersonBudgetForm(request.POST)
    if not form.is_valid():
        return _person(request, candidate_id, form)
    contact_budgets.set_budget(
        candidate=candidate, topic=form.cleaned_data["topic"], numbers=form.numbers(),
        by=request.membership.user,
    )  # fmt: skip
    url = reverse("journeys:pressure", args=[request.workspace.slug, candidate_id])
    return go(request, url, toast=Toast("Saved. Their own choice still wins."))


def _person(request: WorkspaceRequest, candidate_id: int, form: PersonBudgetForm | None) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    found = pressure.pressure_of(candidate, now=timezone.now())
    context: dict[str, Any] = {
        "candidate": candidate,
        "pressure": found,
        "form": form or PersonBudgetForm(initial=_initial(found)),
        "heard": [(one, TOPICS.get(one.topic, one.topic)) for one in found.heard] if found else [],
        "set_here": [(TOPICS.get(topic, "Anything"), numbers) for topic, numbers in _held(found)],
    }
    status = 422 if form is not None else 200
    return render_page(request, "journeys/pressure/person.html", context, partial="panel", status=status)


def _held(found: pressure.Pressure | None) -> list[tuple[str, Override]]:
    return list(found.overrides.items()) if found else []


def _initial(found: pressure.Pressure | None) -> dict[str, Any]:
    return PersonBudgetForm.read(found.overrides.get("", Override())) if found else {}
