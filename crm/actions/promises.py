"""Promises to people: made, kept or broken, and counted."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Candidate, Promise, User


class EmptyPromise(DomainError):
    """Say what was promised, and by when."""

    code = "empty_promise"


@transaction.atomic
def make(*, candidate: Candidate, text: str, due_on: date, by: User) -> Promise:
    """A colleague gave their word: they come back to the person by that day."""
    said = " ".join(text.replace("\x00", "").split())[:300]
    if not said:
        raise EmptyPromise(fields={"text": "Say what was promised."})
    promise = Promise.objects.create(
        candidate=candidate, made_by=by, text=said, due_on=due_on, made_at=timezone.now()
    )
    data = {"promise": promise.pk, "due_on": due_on.isoformat()}
    events.record("promise.made", candidate=candidate, by=by, data=data)
    return promise


@transaction.atomic
def settle(*, promise: Promise, outcome: str, by: User) -> None:
    """It was kept, or broken. A settled promise stays as it is; `reopen` takes that back."""
    now = timezone.now()
    open_ = Promise.objects.filter(pk=promise.pk, outcome=Promise.Outcome.OPEN)
    if open_.update(outcome=outcome, settled_at=now):
        late = max(0, (now.date() - promise.due_on).days)
        data = {"promise": promise.pk, "days_late": late}
        events.record(f"promise.{outcome}", candidate=promise.candidate, by=by, data=data)


@transaction.atomic
def reopen(*, promise: Promise, by: User) -> None:
    """Neither kept nor broken yet, after all."""
    settled = Promise.objects.filter(pk=promise.pk).exclude(outcome=Promise.Outcome.OPEN)
    if settled.update(outcome=Promise.Outcome.OPEN, settled_at=None):
        events.record("promise.reopened", candidate=promise.candidate, by=by, data={"promise": promise.pk})
