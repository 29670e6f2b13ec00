"""Tasks and promises: made on a profile or on Today, put off, given away, done, kept."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.actions import promises, tasks
from crm.actions.tasks import Due
from crm.forms.candidates import PromiseForm, TaskForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Candidate, Promise, Task, User
from crm.policies import due_times
from crm.queries.candidate_list import owners
from crm.queries.candidates import living


class _Incomplete(DomainError):
    """Something is missing."""


@permission_required("candidates.edit")
@require_POST
def create(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    return _add(request, get_object_or_404(living(), pk=candidate_id))


@permission_required("candidates.edit")
@require_POST
def create_own(request: WorkspaceRequest) -> HttpResponse:
    """A task that is about nobody."""
    return _add(request, None)


@permission_required("candidates.edit")
@require_POST
def finish(request: WorkspaceRequest, task_id: int) -> HttpResponse:
    task = get_object_or_404(Task.objects.select_related("candidate", "assignee"), pk=task_id)
    tasks.finish(task=task, by=request.membership.user)
    undo = reverse("crm:task_reopen", args=[request.workspace.slug, task.pk])
    return go(request, _back(request, task.candidate), toast=Toast(f"Done: {task.title}", undo_url=undo))


@permission_required("candidates.edit")
@require_POST
def reopen(request: WorkspaceRequest, task_id: int) -> HttpResponse:
    task = get_object_or_404(Task.objects.select_related("candidate", "assignee"), pk=task_id)
    tasks.reopen(task=task, by=request.membership.user)
    return go(request, _back(request, task.candidate), toast=Toast(f"Open again: {task.title}"))


@permission_required("candidates.edit")
@require_POST
def snooze(request: WorkspaceRequest, task_id: int) -> HttpResponse:
    task = get_object_or_404(Task.objects.select_related("candidate"), pk=task_id)
    choice = request.POST.get("until", "")
    if choice not in due_times.SNOOZES:
        return refuse(request, _Incomplete("Say until when."))
    day = due_times.snoozed(choice, today=timezone.localdate())
    tasks.snooze(task=task, day=day, by=request.membership.user)
    return go(request, _back(request, task.candidate), toast=Toast(f"Put off to {day:%-d %B}: {task.title}"))


@permission_required("candidates.edit")
@require_POST
def assign(request: WorkspaceRequest, task_id: int) -> HttpResponse:
    task = get_object_or_404(Task.objects.select_related("candidate"), pk=task_id)
    to = _member(request.POST.get("assignee", ""))
    if to is None:
        return refuse(request, _Incomplete("Choose a colleague."))
    tasks.assign(task=task, to=to, by=request.membership.user)
    return go(request, _back(request, task.candidate), toast=Toast(f"{to} does it: {task.title}"))


@permission_required("candidates.edit")
@require_POST
def promise(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    form = PromiseForm(request.POST)
    if not form.is_valid():
        return refuse(request, _faults(form))
    promises.make(candidate=candidate, by=request.membership.user, **form.cleaned_data)
    return go(request, _back(request, candidate), toast=Toast("Noted. It shows on Today when it is due."))


@permission_required("candidates.edit")
@require_POST
def settle_promise(request: WorkspaceRequest, promise_id: int) -> HttpResponse:
    made = get_object_or_404(Promise.objects.select_related("candidate"), pk=promise_id)
    outcome = request.POST.get("outcome", "")
    if outcome not in (Promise.Outcome.KEPT, Promise.Outcome.BROKEN):
        return refuse(request, _Incomplete("Kept or broken?"))
    promises.settle(promise=made, outcome=outcome, by=request.membership.user)
    undo = reverse("crm:promise_reopen", args=[request.workspace.slug, made.pk])
    toast = Toast(f"{Promise.Outcome(outcome).label}: {made.text}", undo_url=undo)
    return go(request, _back(request, made.candidate), toast=toast)


@permission_required("candidates.edit")
@require_POST
def reopen_promise(request: WorkspaceRequest, promise_id: int) -> HttpResponse:
    made = get_object_or_404(Promise.objects.select_related("candidate"), pk=promise_id)
    promises.reopen(promise=made, by=request.membership.user)
    return go(request, _back(request, made.candidate), toast=Toast(f"Open again: {made.text}"))


def _add(request: WorkspaceRequest, candidate: Candidate | None) -> HttpResponse:
    form = TaskForm(request.POST, members=owners())
    if not form.is_valid():
        return refuse(request, _faults(form))
    given, by = form.cleaned_data, request.membership.user
    theirs = candidate.time_zone if candidate and given["zone"] == "theirs" else ""
    zone = theirs or request.workspace.time_zone
    due = Due(given["due_on"], due_times.instant(given["due_on"], given["due_time"], zone), given["repeats"])
    who = _member(given["assignee"]) or by
    tasks.add(candidate=candidate, title=given["title"], assignee=who, due=due, by=by)
    return go(request, _back(request, candidate), toast=Toast("Task added."))


def _member(pk: str) -> User | None:
    return User.objects.filter(pk=int(pk)).first() if pk in {str(known) for known, _ in owners()} else None


def _faults(form: Any) -> DomainError:
    return _Incomplete(fields={name: str(errors[0]) for name, errors in form.errors.items()})


def _back(request: WorkspaceRequest, candidate: Candidate | None) -> str:
    if request.POST.get("from") == "today" or candidate is None:
        return reverse("crm:today", args=[request.workspace.slug])
    return reverse("crm:candidate", args=[request.workspace.slug, candidate.pk])
