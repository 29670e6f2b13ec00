import datetime as dt

import pytest
import time_machine

from crm.actions import promises, tasks
from crm.actions.tasks import Due
from crm.models import Event, Promise, Task, User
from tests.factories import CandidateFactory

pytestmark = pytest.mark.usefixtures("scope")
TODAY = dt.date(2026, 6, 15)


def test_a_task_that_repeats_leaves_the_next_one_and_undo_takes_it_away(
    ada: User, clock: time_machine.Traveller
) -> None:
    due = Due(TODAY, dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC), "weekly")
    task = tasks.add(candidate=None, title="Look at replies", assignee=ada, due=due, by=ada)
    tasks.finish(task=task, by=ada)
    following = Task.objects.get(done_at=None)
    assert (following.due_on, following.repeats) == (TODAY + dt.timedelta(days=7), "weekly")
    assert following.due_at == dt.datetime(2026, 6, 22, 12, tzinfo=dt.UTC)
    task.refresh_from_db()
    tasks.reopen(task=task, by=ada)
    assert list(Task.objects.values_list("pk", "done_at")) == [(task.pk, None)]


def test_a_task_is_put_off_and_given_away(ada: User, grace: User, clock: time_machine.Traveller) -> None:
    task = tasks.add(candidate=CandidateFactory.create(), title="Call", assignee=ada, due_on=TODAY, by=ada)
    tasks.snooze(task=task, day=TODAY + dt.timedelta(days=1), by=ada)
    tasks.assign(task=task, to=grace, by=ada)
    task.refresh_from_db()
    assert (task.due_on, task.assignee) == (TODAY + dt.timedelta(days=1), grace)
    kinds = set(Event.objects.filter(kind__startswith="task.").values_list("kind", flat=True))
    assert kinds == {"task.added", "task.snoozed", "task.assigned"}


def test_a_promise_is_kept_once_and_says_how_late(ada: User, clock: time_machine.Traveller) -> None:
    person = CandidateFactory.create()
    promise = promises.make(candidate=person, text=" the  offer ", due_on=TODAY, by=ada)
    clock.shift(dt.timedelta(days=2))
    promises.settle(promise=promise, outcome="kept", by=ada)
    promises.settle(promise=promise, outcome="broken", by=ada)
    promise.refresh_from_db()
    assert (promise.text, promise.outcome) == ("the offer", "kept")
    assert Event.objects.get(kind="promise.kept").data == {"promise": promise.pk, "days_late": 2}
    assert Event.objects.filter(kind="promise.made", candidate=person).count() == 1
    promises.reopen(promise=promise, by=ada)
    assert Promise.objects.get().outcome == "open"


def test_an_empty_promise_is_refused(ada: User) -> None:
    with pytest.raises(promises.EmptyPromise):
        promises.make(candidate=CandidateFactory.create(), text=" ", due_on=TODAY, by=ada)
