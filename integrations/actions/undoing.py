"""Taking a push back: the application is deleted where the ATS allows it, else a note there says so."""

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import Application, User
from integrations.actions import connections
from integrations.actions.deliveries import LEASE, MOST_ATTEMPTS, SOURCE, Line, finish
from integrations.actions.records import removals
from integrations.models import ExternalRef, Push, PushItem
from integrations.providers.base import Access, Pushed, Retryable, VendorFault

State, Verdict = PushItem.State, PushItem.Verdict
DELETED = "The application was deleted there; the person was left."
NOTED = "It cannot be deleted there: a note on it says that it was taken back."


class NothingToUndo(DomainError):
    """This push made nothing in the ATS that could be taken back."""

    code = "nothing_to_undo"
    status = 409


@transaction.atomic
def start(*, push: Push, item_ids: Collection[int] | None = None, by: User | None) -> Push:
    """Take back what the push (or these receipts of it) made; whoever still waits is not sent at all.

    Applications that were there before it stay. Refuses when nothing is left to undo, so twice is once.
    """
    push = Push.objects.select_for_update().get(pk=push.pk)
    chosen = push.items.all() if item_ids is None else push.items.filter(pk__in=item_ids)
    now = timezone.now()
    stopped = chosen.filter(state=State.WAITING, attempt=0).update(
        state=State.REFUSED, detail="Stopped before anything was sent.", finished_at=now
    )
    made = chosen.filter(state=State.DONE, verdict__in=[Verdict.CREATE, Verdict.ATTACH])
    taken = made.update(state=State.UNDOING, attempt=0, due_at=None, failure="", detail="")
    if not stopped + taken:
        raise NothingToUndo
    Push.objects.filter(pk=push.pk).update(state=Push.State.UNDOING, finished_at=None)
    about = {"push": push.pk, "requisition": push.requisition_id, "people": taken}
    events.record("push.undo_requested", by=by, ref=f"{push.pk}:{now.isoformat()}", data=about)
    enqueue("integrations.undo_push", push_id=push.pk)
    push.refresh_from_db()
    return push


def run(*, workspace_id: int, push_id: int, seconds: float = 30.0, patience: float = 20.0) -> None:
    """Take people back one after the other for about so many seconds. Opens its own scopes."""
    until = timezone.now() + timedelta(seconds=seconds)
    with closing(Line(patience)) as line:
        while timezone.now() < until and (undo := _claim(workspace_id, push_id)):
            undo.run(line)
    with workspace_scope(workspace_id):
        finish(push_id)


@dataclass(frozen=True, slots=True)
class _Undo:
    """One receipt being taken back; `attempt` of the claimed item fences the outcome."""

    workspace_id: int
    item: PushItem
    access: Access
    requisition_id: str
    note: str

    def run(self, line: Line) -> None:
        item = self.item
        connector = line.to(item.push.connection.kind, self.access)
        pushed = Pushed(item.external_candidate_id, item.external_application_id, item.url)
        try:
            is_gone = connector.take_back(pushed, self.requisition_id, self.note)
        except Retryable as fault:
            self._failed(fault, again=item.attempt < MOST_ATTEMPTS)
        except VendorFault as fault:
            self._failed(fault, again=False)
        else:
            self._done(is_gone=is_gone)

    def _failed(self, fault: VendorFault, *, again: bool) -> None:
        delay = max(getattr(fault, "retry_after", None) or 0.0, 2.0 * 2**self.item.attempt)
        with workspace_scope(self.workspace_id):
            self._settle(
                state=State.UNDOING if again else State.DONE,
                due_at=timezone.now() + timedelta(seconds=delay) if again else None,
                failure=fault.sentence[:300],
            )

    def _done(self, *, is_gone: bool) -> None:
        item = self.item
        with workspace_scope(self.workspace_id):
            detail = DELETED if is_gone else NOTED
            if not self._settle(state=State.UNDONE, due_at=None, failure="", detail=detail):
                return
            number, kind = item.external_application_id, ExternalRef.Kind.APPLICATION
            held = ExternalRef.objects.filter(
                connection=item.push.connection_id, kind=kind, external_id=number
            )
            ours = held.values_list("object_id", flat=True).first()
            Application.objects.filter(pk__in=held.values("object_id")).update(is_pushed=False)
            if is_gone:
                removals.forget(item.push.connection, kind, [number], action="push taken back")
            about = {"push": item.push_id, "application": ours, "requisition": item.push.requisition_id}
            events.record(
                "push.undone",
                candidate=item.candidate,
                ref=f"{item.pk}:{timezone.now().isoformat()}",
                data={**about, "deleted": is_gone},
            )

    def _settle(self, **told: object) -> bool:
        mine = PushItem.objects.filter(pk=self.item.pk, state=State.UNDOING, attempt=self.item.attempt)
        return bool(mine.update(**told, lease_until=None))


def _claim(workspace_id: int, push_id: int) -> _Undo | None:
    with workspace_scope(workspace_id):
        now = timezone.now()
        is_free = (Q(due_at=None) | Q(due_at__lte=now)) & (Q(lease_until=None) | Q(lease_until__lte=now))
        waiting = PushItem.objects.filter(is_free, push=push_id, state=State.UNDOING)
        item = (
            waiting.select_for_update(skip_locked=True, of=("self",))
            .select_related("push__connection", "push__requisition", "candidate")
            .first()
        )
        if item is None:
            return None
        PushItem.objects.filter(pk=item.pk).update(lease_until=now + LEASE, attempt=F("attempt") + 1)
        item.attempt += 1
        push = item.push
        ref = ExternalRef.objects.get(
            connection=push.connection, kind=ExternalRef.Kind.REQUISITION, object_id=push.requisition_id
        )
        note = f"Taken back in {SOURCE}: please disregard the application for {push.requisition.title}."
        return _Undo(workspace_id, item, connections.access_of(push.connection), ref.external_id, note)
