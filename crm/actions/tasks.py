from datetime import date

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Candidate, Task, User


class EmptyTask(DomainError):
    """Say what is to be done."""

    code = "empty_task"


@transaction.atomic
def add(
    *,
    candidate: Candidate | None,
    title: str,
    assignee: User | None,
    due_on: date | None = None,
    by: User | None = None,
) -> Task:
    """Something a colleague should do about the person."""
    text = " ".join(title.replace("\x00", "").split())[:300]
    if not text:
        raise EmptyTask(fields={"title": "Say what is to be done."})
    task = Task.objects.create(
        candidate=candidate, title=text, assignee=assignee, due_on=due_on, created_by=by
    )
    events.record("task.added", candidate=candidate, by=by, data={"task": task.pk})
    return task


@transaction.atomic
def finish(*, task: Task, by: User | None = None) -> None:
    """The task is done. Twice is once."""
    if Task.objects.filter(pk=task.pk, done_at=None).update(done_at=timezone.now()):
        events.record("task.finished", candidate=task.candidate, by=by, data={"task": task.pk})


@transaction.atomic
def reopen(*, task: Task, by: User | None = None) -> None:
    """The task is not done after all."""
    if Task.objects.filter(pk=task.pk, done_at__isnull=False).update(done_at=None):
        events.record("task.reopened", candidate=task.candidate, by=by, data={"task": task.pk})
