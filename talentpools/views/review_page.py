"""What a hiring manager opens from their mail: one shortlist, no account, no JavaScript.

The code in the address is the only authority here and comes in no cookie, so these forms carry no CSRF token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, SearchCandidate, Workspace
from crm.policies.countries import country_name
from crm.views import file_host
from talentpools.actions import match_views
from talentpools.actions import shortlist_reviews as actions
from talentpools.forms.shortlist_reviews import VerdictForm
from talentpools.models import ShortlistEntry, ShortlistReview
from talentpools.queries import matches
from talentpools.queries import shortlist_reviews as reviews


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is here, by their code."""

    request: HttpRequest
    token: str
    workspace: Workspace
    review: ShortlistReview


def _review_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open the scope the code names and hand over the visit; a code that no longer works says so with 404."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, token: str, **ids: int) -> HttpResponseBase:
        try:
            workspace_id, review_id = actions.ids_in(token)
            with workspace_scope(workspace_id):
                review = actions.visit(review_id, now=timezone.now())
                workspace = Workspace.objects.get(pk=workspace_id)
                response = view(Visit(request, token, workspace, review), **ids)
        except DomainError as refusal:
            return _refused(request, token, refusal)
        add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return opened


@require_safe
@_review_view
def show(visit: Visit) -> HttpResponse:
    entries = list(reviews.entries_for(visit.review))
    waiting = [entry for entry in entries if not entry.mine]
    context = {"entries": entries, "judged": len(entries) - len(waiting), "waiting": waiting}
    return _page(visit, "talentpools/review/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_review_view
def person(visit: Visit, entry_id: int) -> HttpResponse:
    entry = _entry(visit, entry_id)
    given = reviews.verdict_on(visit.review, entry)
    initial = {"reason": given.reason, "note": given.note} if given else {}
    is_post = visit.request.method == "POST"
    form = VerdictForm(visit.request.POST if is_post else None, initial=initial)
    if is_post and form.is_valid():
        actions.judge(review=visit.review, entry_id=entry.pk, **form.given)
        return _next(visit, entry)
    living = list(SearchCandidate.objects.filter(pk=entry.candidate_id))
    fits = matches.explain(living, visit.review.requisition, now=timezone.now())
    match_views.record(
        requisition=visit.review.requisition, matches=fits, by=None, on="review", review=visit.review.pk
    )
    context = {
        "entry": entry,
        "given": given,
        "form": form,
        "fit": fits[0].fit if fits else None,
        "skills": reviews.skills_of(entry),
        "earlier": reviews.earlier_of(entry),
        "place": reviews.place_of(visit.review, entry),
        "home": _home(entry.candidate),
        "links": reviews.links_of(entry),
        "cv": reviews.cv_of(entry),
    }
    return _page(visit, "talentpools/review/person.html", context, status=422 if form.errors else 200)


@require_safe
@_review_view
def cv(visit: Visit, entry_id: int) -> HttpResponseBase:
    file = reviews.cv_of(_entry(visit, entry_id))
    if file is None:
        raise actions.NoLongerListed
    return redirect(file_host.address_of(file)) if settings.FILES_URL else file_host.answer(file)


@require_safe
@_review_view
def mine(visit: Visit) -> HttpResponse:
    asked = reviews.open_for(visit.review.reviewer_email, now=timezone.now())
    rows = [(review, actions.link(review)) for review in asked]
    return _page(visit, "talentpools/review/mine.html", {"rows": rows})


def _refused(request: HttpRequest, token: str, refusal: DomainError) -> HttpResponse:
    """The reason in words, with what somebody wrote, which would be lost otherwise."""
    context = {
        "refusal": refusal,
        "token": token if isinstance(refusal, actions.NoLongerListed) else "",
        "note": request.POST.get("note", "").strip()[:1000],
    }
    response = HttpResponse(render_to_string("talentpools/review/gone.html", context), status=refusal.status)
    add_never_cache_headers(response)
    return response


def _entry(visit: Visit, entry_id: int) -> ShortlistEntry:
    found: ShortlistEntry | None = reviews.entries_for(visit.review).filter(pk=entry_id).first()
    if found is None:
        raise actions.NoLongerListed
    return found


def _home(candidate: Candidate) -> str:
    country = country_name(candidate.country, get_language() or "en")
    return ", ".join(part for part in (candidate.city, country) if part)


def _next(visit: Visit, entry: ShortlistEntry) -> HttpResponse:
    following = reviews.next_waiting(visit.review, after=entry)
    if following is None:
        return HttpResponseRedirect(reverse("review", args=[visit.token]) + "?done=1")
    return HttpResponseRedirect(reverse("review_person", args=[visit.token, following.pk]))


def _page(visit: Visit, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    # Rendered without the request: nothing of a session can get in.
    shared = {
        "workspace": visit.workspace,
        "review": visit.review,
        "requisition": visit.review.requisition,
        "token": visit.token,
        "done": visit.request.GET.get("done", ""),
    }
    return HttpResponse(render_to_string(template, shared | context), status=status)
