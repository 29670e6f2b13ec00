"""Runs what is due: claims a batch, asks the scheduler about each enrollment, writes what it says, set-based.

One batch is one transaction. Nothing leaves the building here: a message is a queued row that
`crm.actions.messages` delivers at most once, so a worker that dies loses nothing and repeats nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from crm.actions import event_sets, rowsets
from journeys.actions import batch, effects, mailboxes, mailings
from journeys.actions.batch import Batch, Item
from journeys.models import Enrollment, StepRun
from journeys.policies import exits, scheduler
from journeys.policies.scheduler import Decision, Verdict

BATCH = 500
_ON_CONFLICT = (
    "ON CONFLICT (workspace_id, enrollment_id, step_id, visit) DO UPDATE SET state = EXCLUDED.state, "
    "refusal = EXCLUDED.refusal, reason = EXCLUDED.reason, choice = EXCLUDED.choice, "
    "message_id = EXCLUDED.message_id, task_id = EXCLUDED.task_id, "
    "started_at = EXCLUDED.started_at, ended_at = EXCLUDED.ended_at"
)


@dataclass(slots=True)
class Ran:
    """What a run did, by kind, and how many enrollments it looked at."""

    seen: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def run_due(*, now: datetime, limit: int = BATCH) -> Ran:
    """Run one batch of what is due at `now`. Two workers never take one enrollment; nothing due is 0 seen."""
    with transaction.atomic():
        return Run(batch.claim(now=now, limit=limit)).run()


class Run:
    """Decides and writes one batch."""

    def __init__(self, claimed: Batch) -> None:
        self.batch = claimed
        self.now = claimed.now
        self.ran = Ran(seen=len(claimed.items))
        self.standings: list[dict[str, Any]] = []
        self.step_runs: list[dict[str, Any]] = []
        self.ended: dict[tuple[str, int, str], list[int]] = {}

    def run(self) -> Ran:
        """Decide each item in order, then write everything in a few statements."""
        if not self.batch.items:
            return self.ran
        self.post = mailings.Post(self.batch)
        self.boxes = mailboxes.Boxes(self.now, self.batch.house.zone)
        self.boxes.lock({item.sender_id for item in self.batch.items if item.step and item.step.is_sending})
        self.effects = effects.Effects(self.now)
        for item in self.batch.items:
            self._decide(item)
        self._write()
        return self.ran

    def _decide(self, item: Item) -> None:
        if item.step is None:
            self._finish(item, self.now, "")
        elif item.has_reached_goal:
            self._exit(item, "goal")
        elif item.step.is_sending:
            self._send(item)
        else:
            self._settle(item, scheduler.decide(self.batch.state_of(item, None), self.now))

    def _send(self, item: Item) -> None:
        """Everything that can keep a message back, in the order of the rules; then the mail itself."""
        topic = self.post.topic_of(item)
        block = batch.block_for(item.person, item.plan, topic)
        state = self.batch.state_of(item, block)
        decision = scheduler.decide(state, self.now)
        if decision.verdict is Verdict.GO:
            decision = self.post.write(item)
        if decision.verdict is Verdict.GO:
            decision = scheduler.pace(state, self.now, self.boxes.of(item.sender_id))
        if decision.verdict is Verdict.GO:
            self._mail(item)
        else:
            self._settle(item, decision)

    def _mail(self, item: Item) -> None:
        """The message goes into the queue; the journey waits for what becomes of it."""
        self.boxes.count(item.sender_id)
        self.batch.heard.setdefault(item.person.id, []).append(self.now)
        reason = self._won_against(item)
        self.ran.counts["sending"] += 1
        self.post.queue(item, self._note(item, StepRun.State.SENDING, reason=reason))
        self._stand(item, due_at=None, waits_why="The message is on its way.")

    def _settle(self, item: Item, decision: Decision) -> None:
        if decision.verdict is Verdict.GO:
            self._go(item, decision)
        elif decision.verdict is Verdict.WAIT:
            self._wait(item, decision)
        elif decision.verdict is Verdict.HOLD:
            self._hold(item, decision)
        else:
            self._refuse(item, decision)

    def _go(self, item: Item, decision: Decision) -> None:
        done = self.effects.perform(item)
        if done.task_id and done.is_held:
            self._note(
                item, StepRun.State.WAITING, refusal="task", reason=done.sentence, task_id=done.task_id
            )
            self._stand(item, due_at=None, waits_for="task", waits_why=done.sentence)
            return
        self.ran.counts["done"] += 1
        self._note(item, StepRun.State.DONE, choice=decision.choice, task_id=done.task_id, ended=True)
        self._finish(item, self.now, decision.choice)

    def _wait(self, item: Item, decision: Decision) -> None:
        self.ran.counts["waiting"] += 1
        self._note(item, StepRun.State.WAITING, refusal=decision.code, reason=decision.sentence)
        why = {"waits_for": decision.code, "waits_why": decision.sentence}
        self._stand(item, due_at=decision.until, **why)

    def _hold(self, item: Item, decision: Decision) -> None:
        self.ran.counts["held"] += 1
        self._note(item, StepRun.State.HELD, refusal=decision.code, reason=decision.sentence)
        self._stand(item, due_at=None, waits_for=decision.code, waits_why=decision.sentence)

    def _refuse(self, item: Item, decision: Decision) -> None:
        self.ran.counts["refused"] += 1
        self._note(item, StepRun.State.REFUSED, refusal=decision.code, reason=decision.sentence, ended=True)
        if decision.verdict is Verdict.EXIT:
            self._exit(item, decision.code)
        else:
            self._finish(item, self.now, "")

    def _finish(self, item: Item, at: datetime, choice: str) -> None:
        """On to the next step, or the end."""
        stop = None
        if item.step is not None:
            stop = scheduler.next_stop(self.batch.state_of(item, None), at, choice)
        if stop is None:
            self._end(item, Enrollment.State.COMPLETED, "")
            return
        self._stand(
            item,
            step_id=stop.step_id,
            base_at=stop.base_at,
            due_at=stop.due_at,
            waits_for=stop.code,
            waits_why=stop.sentence,
        )

    def _exit(self, item: Item, reason: str) -> None:
        self._end(item, Enrollment.State.EXITED, reason)

    def _end(self, item: Item, state: str, reason: str) -> None:
        self.ran.counts[state] += 1
        self.ended.setdefault((state, item.journey.pk, reason), []).append(item.person.id)
        why = exits.sentence_for(reason) if reason else ""
        self._stand(item, state=state, exit_reason=reason, ended_at=self.now, due_at=None, waits_why=why)

    def _stand(self, item: Item, **changes: Any) -> None:
        enrollment = item.enrollment
        row = {
            "id": enrollment.pk,
            "state": enrollment.state,
            "exit_reason": "",
            "ended_at": None,
            "step_id": enrollment.step_id,
            "base_at": enrollment.base_at,
            "due_at": enrollment.due_at,
            "waits_for": "",
            "waits_why": "",
            "attempt": enrollment.attempt + 1,
        }
        self.standings.append(row | changes)

    def _note(self, item: Item, state: str, *, ended: bool = False, **said: Any) -> dict[str, Any]:
        assert item.step is not None
        row: dict[str, Any] = {
            "enrollment_id": item.enrollment.pk,
            "journey_id": item.journey.pk,
            "step_id": item.step.id,
            "visit": item.enrollment.visit,
            "kind": item.step.type.value,
            "state": state,
            "refusal": "",
            "reason": "",
            "choice": "",
            "message_id": None,
            "task_id": None,
            "started_at": self.now,
            "ended_at": self.now if ended else None,
        }
        row |= said
        self.step_runs.append(row)
        return row

    def _won_against(self, item: Item) -> str:
        """Both sides of a collision are told: the one that goes first is told here."""
        rivals = [
            other
            for other in self.batch.items
            if other is not item
            and other.person.id == item.person.id
            and other.step is not None
            and other.step.is_sending
            and other.journey.pk != item.journey.pk
        ]
        names = ", ".join(sorted({f"“{rival.journey.name}”" for rival in rivals}))
        return f"Went first; {names} waits." if names else ""

    def _write(self) -> None:
        self.post.send()
        self.boxes.save()
        self.effects.finish()
        rowsets.insert(StepRun, self.step_runs, on_conflict=_ON_CONFLICT)
        rowsets.update(Enrollment, self.standings)
        for (state, journey_id, reason), people in self.ended.items():
            data = {"journey": journey_id, "reason": reason} if reason else {"journey": journey_id}
            event_sets.record_for(people, f"journey.{state}", at=self.now, data=data)
