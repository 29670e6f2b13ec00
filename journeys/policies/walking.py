"""One batch of due enrollments, decided in order. The run and the rehearsal walk with this same code.

What a walk says is plain rows: where each enrollment stands next, a note per step, who ended. Whoever asked
writes them to the database, or to a copy of it in memory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from journeys.policies import exits, pace, scheduler
from journeys.policies.batches import Batch, Item
from journeys.policies.persons import block_for
from journeys.policies.pressure import Touch
from journeys.policies.scheduler import Decision, Verdict


@dataclass(frozen=True, slots=True)
class Done:
    """What a step left behind; a task that holds keeps the person here until somebody finished it."""

    task_id: int | None = None
    is_held: bool = False
    sentence: str = ""


class Post(Protocol):
    """Writes the words of a message and takes it away."""

    def topic_of(self, item: Item) -> str:
        """What the message is about."""

    def write(self, item: Item) -> Decision:
        """Fill in the words; GO when the message can leave."""

    def queue(self, item: Item, step_run: dict[str, Any]) -> None:
        """Take the written message; its id lands in the step run."""


class Boxes(Protocol):
    """The senders' mailboxes."""

    def of(self, sender_id: int | None) -> pace.Mailbox:
        """The mailbox of a sender."""


class Effects(Protocol):
    """What steps do that send nothing."""

    def perform(self, item: Item) -> Done:
        """Take note of what the step does."""


class Walk:
    """Decides the items of one batch."""

    def __init__(self, batch: Batch, post: Post, boxes: Boxes, effects: Effects) -> None:
        self.batch, self.now = batch, batch.now
        self.post, self.boxes, self.effects = post, boxes, effects
        self.counts: Counter[str] = Counter()
        self.standings: list[dict[str, Any]] = []
        self.step_runs: list[dict[str, Any]] = []
        self.ended: dict[tuple[str, int, str], list[int]] = {}
        self.rivals = _by_person(batch.items)

    def go(self) -> None:
        """Decide each item in order."""
        for item in self.batch.items:
            if item.step is None:
                self.finish(item, self.now, "")
            elif item.has_reached_goal:
                self.exit(item, "goal")
            elif item.step.is_sending:
                self._send(item)
            else:
                self.settle(item, scheduler.decide(self.batch.state_of(item, None), self.now))

    def _send(self, item: Item) -> None:
        """Everything that can keep a message back, in the order of the rules; then the mail itself."""
        topic = self.post.topic_of(item)
        block = block_for(item.person, item.plan, topic, self.now)
        state = self.batch.state_of(item, block, topic)
        decision = scheduler.decide(state, self.now)
        if decision.verdict is Verdict.GO:
            decision = self.post.write(item)
        if decision.verdict is Verdict.GO:
            decision = scheduler.pace(state, self.now, self.boxes.of(item.sender_id))
        if decision.verdict is Verdict.GO:
            self.mail(item, topic)
        else:
            self.settle(item, decision)

    def mail(self, item: Item, topic: str) -> None:
        """The message goes into the queue; the journey waits for what becomes of it."""
        touch = Touch(self.now, topic, f"“{item.journey.name}”")
        self.batch.heard.setdefault(item.person.id, []).append(touch)
        reason = self._won_against(item)
        self.counts["sending"] += 1
        self.post.queue(item, self._note(item, "sending", reason=reason))
        self._stand(item, due_at=None, waits_why="The message is on its way.")

    def settle(self, item: Item, decision: Decision) -> None:
        """Do what was decided."""
        if decision.verdict is Verdict.GO:
            self.go_on(item, decision)
        elif decision.verdict is Verdict.WAIT:
            self._wait(item, decision)
        elif decision.verdict is Verdict.HOLD:
            self._hold(item, decision)
        else:
            self._refuse(item, decision)

    def finish(self, item: Item, at: datetime, choice: str) -> None:
        """On to the next step, or the end."""
        stop = None
        if item.step is not None:
            plan, person = item.plan, item.person
            following = plan.after(item.step, choice)
            if following:
                place = person.place(plan.journey.settings.holidays)
                window_place = person.window_place(plan.journey, self.batch.house)
                stop = scheduler.stop_at(plan, following, at, place, window_place)
        if stop is None:
            self.end(item, "completed", "")
            return
        self._stand(
            item,
            step_id=stop.step_id,
            base_at=stop.base_at,
            due_at=stop.due_at,
            waits_for=stop.code,
            waits_why=stop.sentence,
        )

    def exit(self, item: Item, reason: str) -> None:
        """The journey ends for this person."""
        self.end(item, "exited", reason)

    def go_on(self, item: Item, decision: Decision) -> None:
        """Do what the step says and move on, unless a task holds the person here."""
        done = self.effects.perform(item)
        if done.task_id and done.is_held:
            self._note(item, "waiting", refusal="task", reason=done.sentence, task_id=done.task_id)
            self._stand(item, due_at=None, waits_for="task", waits_why=done.sentence)
            return
        self.counts["done"] += 1
        self._note(item, "done", choice=decision.choice, task_id=done.task_id, ended_at=self.now)
        self.finish(item, self.now, decision.choice)

    def _wait(self, item: Item, decision: Decision) -> None:
        self.counts["waiting"] += 1
        self._note(item, "waiting", refusal=decision.code, reason=decision.sentence)
        self._stand(
            item,
            due_at=decision.until,
            waits_for=decision.code,
            waits_why=decision.sentence,
            paced_by_id=item.sender_id if decision.code == "pace" else None,
        )

    def _hold(self, item: Item, decision: Decision) -> None:
        self.counts["held"] += 1
        self._note(item, "held", refusal=decision.code, reason=decision.sentence)
        self._stand(item, due_at=None, waits_for=decision.code, waits_why=decision.sentence)

    def _refuse(self, item: Item, decision: Decision) -> None:
        self.counts["refused"] += 1
        self._note(item, "refused", refusal=decision.code, reason=decision.sentence, ended_at=self.now)
        if decision.verdict is Verdict.EXIT:
            self.exit(item, decision.code)
        else:
            self.finish(item, self.now, "")

    def end(self, item: Item, state: str, reason: str) -> None:
        """Nothing follows: completed, or out for that reason."""
        self.counts[state] += 1
        self.ended.setdefault((state, item.journey.id, reason), []).append(item.person.id)
        why = exits.sentence_for(reason) if reason else ""
        self._stand(item, state=state, exit_reason=reason, ended_at=self.now, due_at=None, waits_why=why)

    def _stand(self, item: Item, **changes: Any) -> None:
        enrollment = item.enrollment
        row = {
            "id": enrollment.id,
            "state": enrollment.state,
            "exit_reason": "",
            "ended_at": None,
            "step_id": enrollment.step_id,
            "base_at": enrollment.base_at,
            "due_at": enrollment.due_at,
            "waits_for": "",
            "waits_why": "",
            "paced_by_id": None,
            "attempt": enrollment.attempt + 1,
        }
        row.update(changes)
        self.standings.append(row)

    def _note(self, item: Item, state: str, **said: Any) -> dict[str, Any]:
        assert item.step is not None
        row: dict[str, Any] = {
            "enrollment_id": item.enrollment.id,
            "journey_id": item.journey.id,
            "step_id": item.step.id,
            "visit": item.enrollment.visit,
            "kind": item.step.type.value,
            "state": state,
            "refusal": "",
            "reason": "",
            "choice": "",
            "message_id": None,
            "wording_id": None,
            "task_id": None,
            "started_at": self.now,
            "ended_at": None,
        }
        row.update(said)
        self.step_runs.append(row)
        return row

    def _won_against(self, item: Item) -> str:
        """Both sides of a collision are told: the one that goes first is told here."""
        rivals = self.rivals.get(item.person.id, ())
        names = {f"“{other.journey.name}”" for other in rivals if other.journey.id != item.journey.id}
        return f"Went first; {', '.join(sorted(names))} waits." if names else ""


def _by_person(items: Sequence[Item]) -> dict[int, list[Item]]:
    """Who of the batch wants to write to whom."""
    found: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        if item.step is not None and item.step.is_sending:
            found[item.person.id].append(item)
    return found
