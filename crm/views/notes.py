"""Notes on a person."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.actions import calls, notes
from crm.forms.candidates import CallForm, NoteForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Candidate, Note
from crm.queries.candidates import living


class _Incomplete(DomainError):
    """Something is missing."""


@permission_required("candidates.edit")
@require_POST
def create(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return refuse(request, _faults(form))
    notes.add(candidate=candidate, by=request.membership.user, **form.cleaned_data)
    return go(request, _url(request, candidate), toast=Toast("Note added."))


@permission_required("candidates.edit")
@require_POST
def remove(request: WorkspaceRequest, note_id: int) -> HttpResponse:
    note = get_object_or_404(Note.objects, pk=note_id, author=request.membership.user)
    candidate = note.candidate
    notes.remove(note=note, by=request.membership.user)
    return go(request, _url(request, candidate), toast=Toast("Note deleted."))


@permission_required("candidates.edit")
@require_POST
def pin(request: WorkspaceRequest, note_id: int) -> HttpResponse:
    readable = Q(is_private=False) | Q(author=request.membership.user)
    note = get_object_or_404(Note.objects.filter(readable).select_related("candidate"), pk=note_id)
    is_pinned = note.pinned_at is None
    notes.pin(note=note, is_pinned=is_pinned, by=request.membership.user)
    sentence = "Pinned above the timeline." if is_pinned else "Back in the timeline."
    return go(request, _url(request, note.candidate), toast=Toast(sentence))


@permission_required("candidates.edit")
@require_POST
def log_call(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    form = CallForm(request.POST)
    if not form.is_valid():
        return refuse(request, _faults(form))
    try:
        calls.log(candidate=candidate, by=request.membership.user, **form.cleaned_data)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request, candidate), toast=Toast("The call is on the timeline."))


def _faults(form: Any) -> DomainError:
    return _Incomplete(fields={name: str(errors[0]) for name, errors in form.errors.items()})


def _url(request: WorkspaceRequest, candidate: Candidate) -> str:
    return reverse("crm:candidate", args=[request.workspace.slug, candidate.pk])
