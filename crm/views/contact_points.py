"""Addresses, numbers and links of a person: add, prefer, take off, put back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions import contact_points
from crm.forms.candidates import ContactForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Candidate, ContactPoint, RemovedContactPoint
from crm.queries.candidates import living
from crm.queries.contact_points import reaches_of


@permission_required("candidates.edit")
@require_http_methods(["GET", "POST"])
def create(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            point = contact_points.add(candidate=candidate, by=request.membership.user, **form.cleaned_data)
            return _shown(request, candidate, Toast(f"{point.value} was added."))
        except DomainError as refusal:
            form.show_faults(refusal)
    return _shown(request, candidate, form=form)


@permission_required("candidates.edit")
@require_POST
def prefer(request: WorkspaceRequest, candidate_id: int, point_id: int) -> HttpResponse:
    point = get_object_or_404(ContactPoint.objects, pk=point_id, candidate_id=candidate_id)
    contact_points.prefer(contact_point=point, by=request.membership.user)
    return _shown(request, _person(candidate_id), Toast(f"{point.value} is the primary one now."))


@permission_required("candidates.edit")
@require_POST
def remove(request: WorkspaceRequest, candidate_id: int, point_id: int) -> HttpResponse:
    point = get_object_or_404(ContactPoint.objects, pk=point_id, candidate_id=candidate_id)
    removed = contact_points.remove(contact_point=point, by=request.membership.user)
    undo = reverse("crm:contact_point_undo", args=[request.workspace.slug, removed.pk])
    return _shown(request, _person(candidate_id), Toast(f"{point.value} was taken off.", undo_url=undo))


@permission_required("candidates.edit")
@require_POST
def undo(request: WorkspaceRequest, removed_contact_point_id: int) -> HttpResponse:
    removed = get_object_or_404(RemovedContactPoint.objects, pk=removed_contact_point_id)
    try:
        point = contact_points.put_back(removed=removed, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("crm:candidate", args=[request.workspace.slug, point.candidate_id])
    return go(request, url, toast=Toast(f"{point.value} is back."))


def _shown(
    request: WorkspaceRequest,
    candidate: Candidate,
    toast: Toast | None = None,
    form: ContactForm | None = None,
) -> HttpResponse:
    """The card after a change, or the profile for who came without htmx."""
    if not request.htmx and form is None:
        url = reverse("crm:candidate", args=[request.workspace.slug, candidate.pk])
        return go(request, url, toast=toast)
    context: dict[str, Any] = {
        "candidate": candidate,
        "contacts": reaches_of(candidate, home=request.workspace.country),
        "contact_form": form or ContactForm(),
    }
    status = 422 if form and form.errors else 200
    page = "crm/candidate/contact_page.html"
    return render_page(request, page, context, partial="card", toast=toast, status=status)


def _person(candidate_id: int) -> Candidate:
    return get_object_or_404(living(), pk=candidate_id)
