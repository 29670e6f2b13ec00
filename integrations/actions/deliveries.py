"""One person of a push on their way into the ATS."""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from crm.actions import event_sets, events, hiring, rowsets
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import Application
from integrations.actions import connections
from integrations.actions.outgoing import look_up, person_of
from integrations.models import ExternalRef, Push, PushItem
from integrations.policies import preflight
from integrations.policies.preflight import Judgment
from integrations.providers import registry
from integrations.providers.base import Access, Connector, Forbidden, Person, Pushed, Retryable, VendorFault

State, Verdict, Kind = PushItem.State, PushItem.Verdict, ExternalRef.Kind
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 6
SOURCE = "Rekindle"
SAME_PERSON = "The same person as {name}, who is on this push."


def deliver(*, workspace_id: int, push_id: int, seconds: float = 30.0, patience: float = 20.0) -> None:
    """Send the waiting people of the push, one after the other, for about so many seconds, then hand on.

    A person is claimed by one worker; whoever is cut off is tried again with the same look-up first,
    so that no second candidate or application can come of it.
    """
    until = timezone.now() + timedelta(seconds=seconds)
    with workspace_scope(workspace_id):
        _follow_merges(push_id)
    with closing(Line(patience)) as line:
        while timezone.now() < until and (delivery := _claim(workspace_id, push_id)):
            delivery.run(line)
    with workspace_scope(workspace_id):
        finish(push_id)
        if timezone.now() >= until and PushItem.objects.filter(push=push_id, state=State.WAITING).exists():
            enqueue("integrations.deliver_push", push_id=push_id)


def finish(push_id: int) -> None:
    """The push is over when nobody on it waits any more."""
    push = Push.objects.select_for_update().get(pk=push_id)
    is_open = push.items.exclude(state__in=[State.DONE, State.FAILED, State.REFUSED, State.UNDONE]).exists()
    if push.state in (Push.State.SENDING, Push.State.UNDOING) and not is_open:
        now = timezone.now()
        Push.objects.filter(pk=push_id).update(state=Push.State.FINISHED, finished_at=now)
        events.record("push.finished", ref=f"{push_id}:{now.isoformat()}", data={"push": push_id})


def _follow_merges(push_id: int) -> None:
    """Whoever was merged since the pre-flight is sent as who they are now, and once."""
    waiting = PushItem.objects.filter(push=push_id, state=State.WAITING).exclude(candidate__merged_into=None)
    for item in waiting.select_related("candidate__merged_into").order_by("pk"):
        kept = item.candidate.merged_into
        mine = PushItem.objects.filter(pk=item.pk, state=State.WAITING)
        if PushItem.objects.filter(push=push_id, candidate=kept).exists():
            detail = SAME_PERSON.format(name=kept)[:300]
            mine.update(state=State.REFUSED, detail=detail, finished_at=timezone.now())
        else:
            mine.update(candidate=kept)


class Line:
    """The one HTTP connection of a worker's turn, opened anew when what we sign in with has changed."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.access: Access | None = None
        self.connector: Connector | None = None
        self._open: dict[str, bool] = {}

    def to(self, kind: str, access: Access) -> Connector:
        if self.connector is None or self.access != access:
            self.close()
            self.connector = registry.connector(kind, access, lane="push", patience=self.patience)
            self.access = access
        return self.connector

    def is_open(self, connector: Connector, requisition_id: str) -> bool:
        """Asked once a turn: the ATS itself refuses whoever comes after it has closed."""
        if requisition_id not in self._open:
            self._open[requisition_id] = connector.is_open(requisition_id)
        return self._open[requisition_id]

    def close(self) -> None:
        if self.connector is not None:
            self.connector.close()


@dataclass(slots=True)
class Delivery:
    """One claimed person. `attempt` fences the outcome."""

    workspace_id: int
    item: PushItem
    access: Access
    person: Person
    requisition_id: str
    note: str
    was_tried: bool
    pushed: Pushed | None = field(default=None)

    def run(self, line: Line) -> None:
        try:
            judgment = self._send(line)
        except Retryable as fault:
            self._later(fault)
        except Forbidden as fault:
            self._end(State.REFUSED, Judgment(Verdict.FORBIDDEN, fault.sentence))
        except VendorFault as fault:
            self._end(State.FAILED, Judgment(self.item.verdict), failure=fault.sentence)
        else:
            self._end(State.DONE if self.pushed else State.REFUSED, judgment)

    def _send(self, line: Line) -> Judgment:
        connector = line.to(self.item.push.connection.kind, self.access)
        judgment, candidate_id = look_up(connector, self.person, self.requisition_id)
        is_there = judgment.verdict == Verdict.ALREADY_THERE
        if judgment.verdict not in preflight.SENDS:
            return judgment
        if not is_there and not line.is_open(connector, self.requisition_id):
            return Judgment(Verdict.FORBIDDEN, "The requisition is not open in the ATS.")
        self._remember(judgment)
        self.pushed = connector.push(self.person, self.requisition_id, candidate_id, self.note)
        return Judgment(self.item.verdict)

    def _remember(self, judgment: Judgment) -> None:
        """Say what is about to be written before it is: an attempt that was cut off may have written it.

        What such an attempt set out to do stays its verdict when we find it done, or half done.
        """
        is_ours = self.was_tried and self.item.verdict in (Verdict.CREATE, Verdict.ATTACH)
        if judgment.verdict not in (Verdict.ALREADY_THERE, Verdict.ATTACH) or not is_ours:
            self.item.verdict = judgment.verdict
        with workspace_scope(self.workspace_id):
            self._mine().update(verdict=self.item.verdict)

    def _end(self, state: PushItem.State, judgment: Judgment, *, failure: str = "") -> None:
        with workspace_scope(self.workspace_id):
            told: dict[str, Any] = {
                "state": state,
                "verdict": judgment.verdict,
                "detail": judgment.detail[:300],
            }
            told |= {"failure": failure[:300], "finished_at": timezone.now(), "lease_until": None}
            if self.pushed:
                told |= {
                    "external_candidate_id": self.pushed.candidate_id,
                    "external_application_id": self.pushed.application_id,
                    "url": self.pushed.url[:400],
                }
            if self._mine().update(**told) and self.pushed:
                _record(self.item, self.pushed, is_new=judgment.verdict != Verdict.ALREADY_THERE)

    def _later(self, fault: Retryable) -> None:
        if self.item.attempt >= MOST_ATTEMPTS:
            self._end(State.FAILED, Judgment(self.item.verdict), failure=fault.sentence)
            return
        delay = max(fault.retry_after or 0.0, 2.0 * 2**self.item.attempt)
        with workspace_scope(self.workspace_id):
            due = timezone.now() + timedelta(seconds=delay)
            self._mine().update(
                state=State.WAITING, due_at=due, lease_until=None, failure=fault.sentence[:300]
            )

    def _mine(self) -> QuerySet[PushItem]:
        return PushItem.objects.filter(pk=self.item.pk, state=State.SENDING, attempt=self.item.attempt)


def _claim(workspace_id: int, push_id: int) -> Delivery | None:
    with workspace_scope(workspace_id):
        now = timezone.now()
        due = Q(state=State.WAITING) & (Q(due_at=None) | Q(due_at__lte=now))
        due |= Q(state=State.SENDING, lease_until__lte=now)
        waiting = PushItem.objects.filter(due, push=push_id).select_for_update(skip_locked=True, of=("self",))
        item = waiting.select_related(
            "push__connection", "push__requisition", "push__created_by", "candidate"
        ).first()
        if item is None:
            return None
        if item.candidate.merged_into_id:
            # Merged this moment: the next turn sends who they are now.
            PushItem.objects.filter(pk=item.pk).update(due_at=now + timedelta(seconds=2))
            return None
        was_tried = item.attempt > 0
        try:
            with transaction.atomic():
                PushItem.objects.filter(pk=item.pk).update(
                    state=State.SENDING, lease_until=now + LEASE, attempt=F("attempt") + 1
                )
        except IntegrityError:
            # Another push is sending the same person this moment.
            PushItem.objects.filter(pk=item.pk).update(due_at=now + timedelta(seconds=5))
            return None
        item.attempt += 1
        push = item.push
        ref = ExternalRef.objects.get(
            connection=push.connection, kind=Kind.REQUISITION, object_id=push.requisition_id
        )
        access = connections.access_of(push.connection)
        return Delivery(
            workspace_id, item, access, person_of(item, with_cv=True), ref.external_id, _note(push), was_tried
        )


def _note(push: Push) -> str:
    return f"Shortlisted in {SOURCE} by {push.created_by or 'the team'} for {push.requisition.title}."


def _record(item: PushItem, pushed: Pushed, *, is_new: bool) -> None:
    """The application here, marked as ours when we made it, and the fact on the timeline."""
    now = timezone.now()
    connection_id = item.push.connection_id
    _refer(connection_id, Kind.CANDIDATE, pushed.candidate_id, item.candidate_id, pushed.url)
    ref = ExternalRef.objects.filter(
        connection=connection_id, kind=Kind.APPLICATION, external_id=pushed.application_id
    ).first()
    application_id = ref.object_id if ref else _add_application(item, pushed)
    if is_new:
        Application.objects.filter(pk=application_id).update(is_pushed=True)
    about = {"push": item.push_id, "application": application_id, "requisition": item.push.requisition_id}
    fact = events.NewEvent(
        "push.delivered", item.candidate_id, item.push.created_by_id, now, str(item.pk), about
    )
    event_sets.record_facts([fact])


def _add_application(item: PushItem, pushed: Pushed) -> int:
    now = timezone.now()
    pk = rowsets.new_ids(Application, 1)[0]
    row = {"id": pk, "candidate_id": item.candidate_id, "requisition_id": item.push.requisition_id}
    row |= {"applied_at": now, "source": SOURCE, "outcome": "active", "ended_at": None, "read_at": now}
    hiring.save_applications(new=[row | {"current_stage_name": ""}], changed=[])
    hiring.settle([pk])
    _refer(item.push.connection_id, Kind.APPLICATION, pushed.application_id, pk, pushed.url)
    return pk


def _refer(connection_id: int, kind: ExternalRef.Kind, external_id: str, object_id: int, url: str) -> None:
    row = {
        "connection_id": connection_id,
        "kind": kind.value,
        "external_id": external_id,
        "object_id": object_id,
    }
    row |= {"url": url[:400], "fingerprint": "", "applied": {}, "read_at": timezone.now()}
    rowsets.insert(ExternalRef, [row])
