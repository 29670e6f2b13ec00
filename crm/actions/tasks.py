from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Candidate, Task, User
from crm.policies import due_times


class EmptyTask(DomainError):
    """Say what is to be done."""

    code = "empty_task"


@dataclass(frozen=True, slots=True)
class Due:
    """When it is due: a day, the instant where a time was given, and whether it comes again."""

    on: date | None = None
    at: datetime | None = None
    repeats: str = ""


@transaction.atomic
def add(
    *,
    candidate: Candidate | None,
    title: str,
    assignee: User | None,
    due_on: date | None = None,
    due: Due | None = None,
    by: User | None = None,
) -> Task:
    """Something a colleague should do, about a person or not. Without a day nothing repeats."""
    text = " ".join(title.replace("\x00", "").split())[:300]
    if not text:
        raise EmptyTask(fields={"title": "Say what is to be done."})
    due = due or Due(due_on)
    task = Task.objects.create(
        candidate=candidate, title=text, assignee=assignee, due_on=due.on, due_at=due.at,
        repeats=due.repeats if due.on else "", created_by=by,
    )  # fmt: skip
    events.record("task.added", candidate=candidate, by=by, data={"task": task.pk})
    return task


@transaction.atomic
def finish(*, task: Task, by: User | None = None) -> None:
    """The task is done; one that repeats leaves the next one behind. Twice is once."""
    if not Task.objects.filter(pk=task.pk, done_at=None).update(done_at=timezone.now()):
        return
    data = {"task": task.pk}
    if task.repeats and task.due_on:
        day = due_times.following(task.due_on, task.repeats, today=timezone.localdate())
        data["next"] = Task.objects.create(
            candidate=task.candidate, title=task.title, assignee=task.assignee, due_on=day,
            due_at=due_times.moved(task.due_at, day), repeats=task.repeats, created_by=task.created_by,
        ).pk  # fmt: skip
    events.record("task.finished", candidate=task.candidate, by=by, data=data)


@transaction.atomic
def reopen(*, task: Task, by: User | None = None) -> None:
    """The task is not done after all; the next one of a row, if nobody touched it, goes again."""
    if not Task.objects.filter(pk=task.pk, done_at__isnull=False).update(done_at=None):
        return
    events.record("task.reopened", candidate=task.candidate, by=by, data={"task": task.pk})
    if task.repeats:
        coming = Task.objects.filter(
            done_at=None, repeats=task.repeats, title=task.title, candidate=task.candidate
        )
        coming.exclude(pk=task.pk).filter(assignee=task.assignee, due_on__gt=task.due_on).delete()


@transaction.atomic
def snooze(*, task: Task, day: date, by: User | None = None) -> None:
    """Put it off to another day, at the same time of day."""
    due_at = due_times.moved(task.due_at, day)
    Task.objects.filter(pk=task.pk).update(due_on=day, due_at=due_at)
    data = {"task": task.pk, "until": day.isoformat()}
    events.record("task.snoozed", candidate=task.candidate, by=by, data=data)


@transaction.atomic
def assign(*, task: Task, to: User, by: User | None = None) -> None:
    """Somebody else does it."""
    Task.objects.filter(pk=task.pk).update(assignee=to)
    events.record("task.assigned", candidate=task.candidate, by=by, data={"task": task.pk, "to": to.pk})
