"""One person's page: everything about them, and every small change to it."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import candidates, do_not_contact, erasures, merges
from crm.actions import duplicates as duplicate_queue
from crm.forms import profile_facts
from crm.forms.candidates import CallForm, ContactForm, NoteForm, PromiseForm, TaskForm
from crm.forms.do_not_contact import TermsForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Event
from crm.policies import due_times
from crm.queries import profiles
from crm.queries.candidate_list import owners
from crm.queries.candidates import living
from crm.queries.duplicates import beside
from crm.queries.engagement import scale_of
from crm.queries.profiles import Profile
from crm.queries.timeline import GROUP_LABELS, timeline


@permission_required("candidates.view")
@require_safe
def show(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    found = _profile(request, candidate_id)
    context = _context(request, found)
    is_panel = request.htmx and request.htmx.target == "panel"
    return render_page(request, "crm/candidate/detail.html", context, partial="panel" if is_panel else "")


@permission_required("candidates.edit")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    """The whole form, or with ?field= the one field beside its value."""
    candidate = get_object_or_404(living(), pk=candidate_id)
    field = request.GET.get("field", "")
    form = profile_facts.form(candidate, request.POST or None, field)
    if request.method == "POST" and form.is_valid():
        try:
            candidates.change(candidate=candidate, given=form.given(), by=request.membership.user)
        except DomainError as refusal:
            form.show_faults(refusal)
        else:
            return _changed(request, candidate_id, field)
    key = field.replace(".", "-")
    context = {"form": form, "candidate": candidate, "field": field, "field_key": key}
    name = "crm/candidate/edit.html#one" if request.htmx and field else "crm/candidate/edit.html"
    return render(request, name, context, status=422 if form.errors else 200)


@permission_required("candidates.view")
@require_safe
def older(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    before = None
    if "before" in request.GET:
        last = get_object_or_404(Event.objects, pk=request.GET["before"] or 0, candidate=candidate)
        before = (last.occurred_at, last.pk)
    group = request.GET.get("kind", "")
    entries = timeline(
        candidate.pk, limit=profiles.ENTRIES + 1, reader_id=request.membership.user_id, before=before,
        group=group,
    )  # fmt: skip
    shown = entries[: profiles.ENTRIES]
    context = {
        "candidate": candidate,
        "entries": shown,
        "has_more": len(entries) > len(shown),
        "group": group,
        "groups": GROUP_LABELS,
    }
    name = "timeline.html" if before else "timeline_card.html"
    if request.htmx:
        return render(request, f"crm/candidate/{name}", context)
    return render(request, "crm/candidate/timeline_page.html", context)


@permission_required("candidates.view")
@require_safe
def duplicates(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    found = beside(candidate)
    return render(request, "crm/candidate/duplicates.html", {"candidate": candidate, "likely": found})


@permission_required("candidates.edit")
@require_POST
def compare(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    """Side by side with somebody who may be the same person."""
    one = get_object_or_404(living(), pk=candidate_id)
    other = get_object_or_404(living(), pk=request.POST.get("other") or 0)
    pair = duplicate_queue.ask(one=one, other=other)
    return go(request, reverse("crm:duplicate", args=[request.workspace.slug, pair.pk]))


@permission_required("candidates.edit")
@require_POST
def merge(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    keep = get_object_or_404(living(), pk=candidate_id)
    other = get_object_or_404(living(), pk=request.POST.get("other") or 0)
    try:
        receipt = merges.Merge(keep, other, request.POST.getlist("fields"), request.membership.user).run()
    except DomainError as refusal:
        return refuse(request, refusal)
    undo = reverse("crm:merge_undo", args=[request.workspace.slug, receipt])
    return go(request, _url(request, keep.pk), toast=Toast(f"{other} was merged into this record.", undo))


@permission_required("candidates.edit")
@require_POST
def unmerge(request: WorkspaceRequest, receipt_id: int) -> HttpResponse:
    try:
        keep, _ = merges.undo(receipt=receipt_id, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request, keep.pk), toast=Toast("Two people again."))


@permission_required("candidates.edit")
@require_POST
def archive(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    by = request.membership.user
    if candidate.archived_at:
        candidates.restore(candidate_ids=[candidate.pk], by=by)
        return go(request, _url(request, candidate.pk), toast=Toast(f"{candidate} is back."))
    candidates.archive(candidate_ids=[candidate.pk], by=by)
    return go(request, _url(request, candidate.pk), toast=Toast(f"{candidate} is archived."))


@permission_required("candidates.edit")
@require_POST
def restrict(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    by = request.membership.user
    if candidate.do_not_contact_at:
        do_not_contact.lift(candidate=candidate, by=by)
        return go(request, _url(request, candidate.pk), toast=Toast(f"{candidate} may be contacted again."))
    do_not_contact.restrict(candidate=candidate, reason=request.POST.get("reason", "")[:200], by=by)
    return go(request, _url(request, candidate.pk), toast=Toast(f"Nobody will write to {candidate}."))


@permission_required("candidates.erase")
@require_POST
def erase(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    erasures.erase(candidate=candidate, by=request.membership.user)
    url = reverse("crm:candidates", args=[request.workspace.slug])
    return go(request, url, toast=Toast("Everything about this person was erased."))


def _profile(request: WorkspaceRequest, candidate_id: int) -> Profile:
    found = profiles.profile(
        candidate_id,
        reader_id=request.membership.user_id,
        now=timezone.now(),
        workspace=request.workspace,
        scale=scale_of(request.workspace),
    )
    if found is None:
        raise Http404
    return found


def _context(request: WorkspaceRequest, found: Profile) -> dict[str, Any]:
    candidate = found.candidate
    colleagues = owners()
    return {
        "profile": found,
        "candidate": candidate,
        "fields": profile_facts.facts(found),
        "entries": found.entries,
        "has_more": found.has_more,
        "panels": _panels(request, candidate.pk),
        "contacts": found.contacts,
        "contact_form": ContactForm(),
        "groups": GROUP_LABELS,
        "call_form": CallForm(),
        "note_form": NoteForm(),
        "task_form": TaskForm(members=colleagues),
        "promise_form": PromiseForm(auto_id="promise-%s"),
        "colleagues": colleagues,
        "snoozes": due_times.SNOOZES.items(),
        "now": timezone.now(),
        "mark_form": TermsForm(),
        "today": timezone.localdate(),
    }


def _panels(request: WorkspaceRequest, candidate_id: int) -> list[str]:
    urls = []
    for name in settings.CANDIDATE_PANELS:
        try:
            urls.append(reverse(name, args=[request.workspace.slug, candidate_id]))
        except NoReverseMatch:
            continue
    return urls


def _changed(request: WorkspaceRequest, candidate_id: int, field: str) -> HttpResponse:
    if not request.htmx or not field:
        return redirect(_url(request, candidate_id))
    found = _profile(request, candidate_id)
    context = {"fact": profile_facts.fact(found, field), "candidate": found.candidate}
    return render(request, "crm/candidate/edit.html#shown", context)


def _url(request: WorkspaceRequest, candidate_id: int) -> str:
    return reverse("crm:candidate", args=[request.workspace.slug, candidate_id])
