"""Companies and people to leave alone: the list, adding, importing, lifting."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import do_not_contact
from crm.forms.do_not_contact import CompanyForm, CompanyListForm, TermsForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import DoNotContact
from crm.policies.do_not_contact import Terms
from crm.queries.candidates import living
from crm.queries.do_not_contact import listed
from crm.views.paging import page_of


@permission_required("candidates.edit")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    return _page(request)


@permission_required("workspace.manage")
@require_POST
def add_company(request: WorkspaceRequest) -> HttpResponse:
    form = CompanyForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    given = {name: form.cleaned_data[name] for name in ("name", "domain", "reason")}
    try:
        do_not_contact.restrict_company(
            **given, by=request.membership.user, expires_at=form.expires_at, terms=form.terms
        )
    except DomainError as refusal:
        form.add_error("name", refusal.sentence)
        return _page(request, form=form)
    return go(request, _url(request), toast=Toast("Everybody there is left alone from now on."))


@permission_required("workspace.manage")
@require_POST
def add_list(request: WorkspaceRequest) -> HttpResponse:
    form = CompanyListForm(request.POST, auto_id="list-%s")
    if not form.is_valid():
        return _page(request, list_form=form)
    terms = Terms(effect=form.cleaned_data["effect"])
    try:
        new, known = do_not_contact.import_companies(
            text=form.cleaned_data["companies"], by=request.membership.user, terms=terms
        )
    except DomainError as refusal:
        form.add_error("companies", refusal.sentence)
        return _page(request, list_form=form)
    return go(request, _url(request), toast=Toast(f"{new:,} companies marked, {known:,} were before."))


@permission_required("candidates.edit")
@require_POST
def add_person(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return refuse(request, _Incomplete(fields={n: str(e[0]) for n, e in form.errors.items()}))
    do_not_contact.restrict(
        candidate=candidate, reason=form.cleaned_data["reason"], by=request.membership.user,
        expires_at=form.expires_at, terms=form.terms,
    )  # fmt: skip
    url = reverse("crm:candidate", args=[request.workspace.slug, candidate.pk])
    return go(request, url, toast=Toast(f"Noted for {candidate}."))


@permission_required("candidates.edit")
@require_http_methods(["POST"])
def lift(request: WorkspaceRequest, mark_id: int) -> HttpResponse:
    mark = get_object_or_404(DoNotContact.objects, pk=mark_id)
    if mark.candidate_id is None and "workspace.manage" not in request.permissions:
        return refuse(request, _OnlyAdmins())
    do_not_contact.lift_mark(mark=mark, by=request.membership.user)
    person = reverse("crm:candidate", args=[request.workspace.slug, mark.candidate_id or 0])
    is_profile = request.POST.get("from") == "profile" and mark.candidate_id
    return go(request, person if is_profile else _url(request), toast=Toast("The mark was taken off."))


class _Incomplete(DomainError):
    """Something is missing."""


class _OnlyAdmins(DomainError):
    """Marks on companies are taken off by an admin."""

    status = 403


def _page(
    request: WorkspaceRequest, *, form: CompanyForm | None = None, list_form: CompanyListForm | None = None
) -> HttpResponse:
    are_companies = request.GET.get("of") != "people"
    here = "companies" if are_companies else "people"
    counts = {of: listed(companies=of == "companies").count() for of in ("companies", "people")}
    context: dict[str, Any] = {
        "page": page_of(request, listed(companies=are_companies)),
        "are_companies": are_companies,
        "form": form or CompanyForm(),
        "list_form": list_form or CompanyListForm(auto_id="list-%s"),
        "now": timezone.now(),
        "tabs": [
            {"label": label, "href": f"{_url(request)}?of={of}", "current": of == here,
             "count": counts[of]}
            for of, label in (("companies", "Companies"), ("people", "People"))
        ],
    }  # fmt: skip
    status = 422 if form or list_form else 200
    return render(request, "crm/do_not_contact/list.html", context, status=status)


def _url(request: WorkspaceRequest) -> str:
    return reverse("crm:do_not_contact", args=[request.workspace.slug])
