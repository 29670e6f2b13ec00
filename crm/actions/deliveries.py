"""Carries queued messages to the mail server, in the fenced steps of crm.actions.claims."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import connection
from django.utils import timezone

from crm.actions import claims, mail_accounts
from crm.actions.rendering import Renderer, Unsendable
from crm.kernel.tenancy import workspace_scope
from crm.models import Message, Workspace
from crm.policies.sending import Answer, Verdict
from crm.providers.courier import Courier

BATCH = 200
# What is `unknown` after a kill is at most this many; what is committed per sync to disk too.
STARTED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run did, by the verdict of the mail server, and how many messages it left out."""

    accepted: int = 0
    retried: int = 0
    rejected: int = 0
    unknown: int = 0
    held: int = 0


def deliver_due(*, workspace_id: int, seconds: float = 60.0) -> Tally:
    """Send what is due in one workspace, for at most so long. Opens its own scopes: call it outside any."""
    return Delivery(workspace_id=workspace_id, seconds=seconds).run()


def deliver_all(*, workspace_id: int, at: datetime | None = None) -> Tally:
    """Send everything queued now, also what waits for another attempt. `at` is what `sent_at` will say."""
    return Delivery(workspace_id=workspace_id, seconds=86_400.0, is_all=True, at=at).run()


class Delivery:
    """One run over the queue of one workspace, on one connection to the mail server."""

    def __init__(
        self, *, workspace_id: int, seconds: float, is_all: bool = False, at: datetime | None = None
    ) -> None:
        self.workspace_id = workspace_id
        self.ends_at = monotonic() + seconds
        self.is_all = is_all
        self.at = at
        self.last_id = 0
        self.counts: Counter[str] = Counter()
        self.renderer = Renderer(Workspace.objects.get(pk=workspace_id))

    def run(self) -> Tally:
        with Courier(self._connection()) as courier:
            while monotonic() < self.ends_at and (batch := self._lease()):
                for start in range(0, len(batch), STARTED_AT_ONCE):
                    self._carry(courier, batch[start : start + STARTED_AT_ONCE])
        counts = self.counts
        return Tally(
            accepted=counts[Verdict.ACCEPTED],
            retried=counts[Verdict.RETRY],
            rejected=counts[Verdict.REJECTED],
            unknown=counts[Verdict.UNKNOWN],
            held=counts["held"],
        )

    def _connection(self) -> Any:
        """The workspace's own way out, where it has one in use."""
        with workspace_scope(self.workspace_id):
            return mail_accounts.connection_here()

    def _lease(self) -> list[Message]:
        with workspace_scope(self.workspace_id):
            batch = claims.lease(limit=BATCH, is_all=self.is_all, after_id=self.last_id)
            self.renderer.load_senders(batch)
        if batch and self.is_all:
            self.last_id = batch[-1].pk
        return batch

    def _carry(self, courier: Courier, messages: Sequence[Message]) -> None:
        if obstacle := courier.reach():
            with workspace_scope(self.workspace_id):
                claims.release(messages, reason=obstacle.text)
            self.counts[Verdict.RETRY] += len(messages)
            return
        with workspace_scope(self.workspace_id):
            started = claims.start(messages, at=self.at)
        self.counts["held"] += len(messages) - len(started)
        answers = [(message, self._send(courier, message)) for message in started]
        self._record(answers)

    def _send(self, courier: Courier, message: Message) -> Answer:
        try:
            mail = self.renderer.mail(message, date=timezone.now())
        except Unsendable as refusal:
            return Answer(Verdict.REJECTED, 0, str(refusal))
        if obstacle := courier.reach():
            return obstacle
        return courier.send(mail)

    def _record(self, answers: Sequence[tuple[Message, Answer]]) -> None:
        with workspace_scope(self.workspace_id):
            with connection.cursor() as cursor:
                # Losing this commit in a power cut costs an `unknown`, never a second mail.
                cursor.execute("SET LOCAL synchronous_commit = off")
            claims.record(answers, at=self.at)
        for _message, answer in answers:
            self.counts[answer.verdict] += 1
