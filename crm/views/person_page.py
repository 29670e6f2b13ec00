"""The person's own pages, reached by the code in their mail. No account, no cookie, no JavaScript.

The code in the address is the only authority here, and it comes in no cookie: there is nothing a foreign
site could make a browser send along, so these forms carry no CSRF token.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import candidates, erasures, job_preferences, preferences, tracking, unsubscribes
from crm.forms.person_page import ChoicesForm, DetailsForm, JobsForm
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.models import Attachment, Candidate, Workspace
from crm.policies.languages import told
from crm.policies.tokens import Purpose, unseal
from crm.queries import data_copies, public_pages
from crm.queries import job_preferences as queries
from crm.queries.held_data import held_about
from crm.queries.personal_data import export
from crm.views.languages import spoken
from crm.views.public_pages import forget_cookies, nobody

UNDO_SALT = "crm.person_page.undo"
UNDO_LASTS = 24 * 3_600


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is here, by their code: the person, in which workspace, from which message."""

    request: HttpRequest
    token: str
    workspace: Workspace
    candidate: Candidate
    message_id: int


def _person_view(
    purpose: Purpose,
) -> Callable[[Callable[[Visit], HttpResponse]], Callable[[HttpRequest, str], HttpResponse]]:
    """Open the scope the code names and hand over the visit; anything but a genuine code is 404."""

    def door(view: Callable[[Visit], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            forget_cookies(request)
            ids = unseal(purpose, token)
            if ids is None or len(ids) != 3:
                return spoken(request, "", nobody)
            with workspace_scope(ids[0]):
                candidate = Candidate.objects.select_related("merged_into").filter(pk=ids[1]).first()
                workspace = Workspace.objects.filter(pk=ids[0]).first()
                if candidate is None or workspace is None:
                    return spoken(request, "", nobody)
                person = candidate.merged_into or candidate
                visit = Visit(request, token, workspace, person, ids[2])
                response = spoken(request, person.locale, lambda: view(visit))
            add_never_cache_headers(response)
            response["Referrer-Policy"] = "no-referrer"
            return response

        return opened

    return door


@require_http_methods(["GET", "HEAD", "POST"])
@_person_view(Purpose.STOP)
def stop(visit: Visit) -> HttpResponse:
    """RFC 8058: a POST stops all mail, whatever its body; a GET only shows the button."""
    if visit.request.method == "POST":
        if not visit.candidate.anonymized_at:
            unsubscribes.stop_everything(candidate=visit.candidate, channel="one_click")
        return _page(visit, "crm/person/stopped.html")
    _note_visit(visit)
    return _page(visit, "crm/person/stop.html")


@require_safe
@_person_view(Purpose.PAGE)
def show(visit: Visit) -> HttpResponse:
    _note_visit(visit)
    return _preferences(visit)


@require_POST
@_person_view(Purpose.PAGE)
def choices(visit: Visit) -> HttpResponse:
    form = ChoicesForm(visit.candidate, visit.request.POST)
    if not form.is_valid():
        return _preferences(visit, choices=form, status=422)
    preferences.choose(candidate=visit.candidate, **form.chosen())
    return _back(visit, "choices", was=form.initial)


@require_POST
@_person_view(Purpose.PAGE)
def details(visit: Visit) -> HttpResponse:
    form = DetailsForm(visit.candidate, visit.request.POST)
    if not form.is_valid():
        return _preferences(visit, details=form, status=422)
    try:
        candidates.change(candidate=visit.candidate, given=form.cleaned_data)
    except DomainError as refusal:
        form.add_error(None, told(refusal.sentence))
        return _preferences(visit, details=form, status=422)
    return _back(visit, "details", was=form.initial)


@require_POST
@_person_view(Purpose.PAGE)
def jobs(visit: Visit) -> HttpResponse:
    form = _jobs_form(visit, visit.request.POST)
    if not form.is_valid():
        return _preferences(visit, jobs=form, status=422)
    job_preferences.state(candidate=visit.candidate, given=form.cleaned_data)
    return _back(visit, "jobs", was=form.initial)


@require_POST
@_person_view(Purpose.PAGE)
def stop_all(visit: Visit) -> HttpResponse:
    unsubscribes.stop_everything(candidate=visit.candidate, channel="page")
    return _back(visit, "stopped")


@require_POST
@_person_view(Purpose.PAGE)
def start_again(visit: Visit) -> HttpResponse:
    unsubscribes.start_again(candidate=visit.candidate)
    return _back(visit, "started")


@require_safe
@_person_view(Purpose.PAGE)
def copy(visit: Visit) -> HttpResponse:
    """Everything held about the person, as a file they can take elsewhere (GDPR 15 and 20)."""
    now = timezone.now()
    if Attachment.objects.filter(candidate=visit.candidate).exists():
        with data_copies.archive(visit.candidate, now=now) as packed:
            zipped = HttpResponse(packed.read(), content_type="application/zip")
        zipped["Content-Disposition"] = 'attachment; filename="my-data.zip"'
        return zipped
    held = export(visit.candidate, now=now)
    response = HttpResponse(
        json.dumps(held, cls=DjangoJSONEncoder, indent=2), content_type="application/json"
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@_person_view(Purpose.PAGE)
def erasure(visit: Visit) -> HttpResponse:
    if visit.candidate.anonymized_at:
        return _page(visit, "crm/person/erased.html")
    if visit.request.method != "POST":
        return _page(visit, "crm/person/erase.html", {"wrong": False})
    if not visit.request.POST.get("confirmed"):
        return _page(visit, "crm/person/erase.html", {"wrong": True}, status=422)
    erasures.erase(candidate=visit.candidate)
    return _page(visit, "crm/person/erased.html")


def _preferences(visit: Visit, *, status: int = 200, **bound: forms.Form) -> HttpResponse:
    if visit.candidate.anonymized_at:
        return _page(visit, "crm/person/erased.html")
    context = {
        "choices": bound.get("choices") or ChoicesForm(visit.candidate),
        "details": bound.get("details") or DetailsForm(visit.candidate),
        "jobs": bound.get("jobs") or _jobs_form(visit),
        "held": held_about(visit.candidate),
        "done": visit.request.GET.get("done", ""),
        "undo": _undo(visit),
    }
    return _page(visit, "crm/person/page.html", context, status=status)


def _jobs_form(visit: Visit, data: Any = None) -> JobsForm:
    held = queries.of(visit.candidate)
    return JobsForm(held, data, currency=visit.workspace.currency)


def _page(
    visit: Visit, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    # Rendered without the request: nothing of a session, and no cookie for a CSRF token, can get in.
    shared = {
        "workspace": visit.workspace,
        "look": public_pages.look(visit.workspace),
        "candidate": visit.candidate,
        "token": visit.token,
    }
    return HttpResponse(render_to_string(template, shared | (context or {})), status=status)


def _back(visit: Visit, done: str, *, was: Mapping[str, Any] | None = None) -> HttpResponse:
    """Back to the page, which says what was done and, knowing what stood there before, offers to undo it."""
    query = {"done": done}
    if was is not None:
        query["was"] = signing.dumps(_posted(was), salt=UNDO_SALT, compress=True)
    url = reverse("person_page", args=[visit.token])
    return HttpResponseRedirect(f"{url}?{urlencode(query)}#{done}")


def _posted(was: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A form's values as its inputs would send them."""
    pairs = []
    for name, value in was.items():
        several = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, str(one)) for one in several if one is not None]
    return pairs


def _undo(visit: Visit) -> list[tuple[str, str]]:
    """The inputs that put back what stood there before the last change."""
    try:
        pairs = signing.loads(visit.request.GET.get("was", ""), salt=UNDO_SALT, max_age=UNDO_LASTS)
    except signing.BadSignature:
        return []
    return [(str(name), str(value)) for name, value in pairs]


def _note_visit(visit: Visit) -> None:
    agent = visit.request.headers.get("User-Agent", "")[:500]
    method = visit.request.method or ""
    tracking.visit_footer(message_id=visit.message_id, method=method, agent=agent, at=timezone.now())
