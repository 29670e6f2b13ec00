"""A rehearsal: the walk of the real run over a copy of the state, on a clock that jumps to each due time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, Protocol

from journeys.policies import exits, pace
from journeys.policies.batches import Batch, Course, Item, Traveler
from journeys.policies.branching import Plan, share
from journeys.policies.file_format import StepType
from journeys.policies.persons import House, Person
from journeys.policies.pressure import Touch
from journeys.policies.rehearsal_record import Record, RecordedWalk
from journeys.policies.walking import Done, Post

_SECOND = timedelta(seconds=1)
# When a person who reacts does so, after the message left.
REACTIONS = {
    "opened": timedelta(hours=3),
    "clicked": timedelta(hours=3, minutes=1),
    "replied": timedelta(days=1),
}


class Canceled(Exception):
    """Somebody stopped the rehearsal."""


@dataclass(frozen=True, slots=True)
class Chances:
    """What people are assumed to do; by default nothing. The same seed means the same people do it."""

    rates: dict[str, float] = field(default_factory=dict)
    seed: int = 0

    def reactions(self, traveler: Traveler) -> list[str]:
        """What this person does with the message of the step they stand at."""
        text = f"{self.seed}:{traveler.candidate_id}:{traveler.journey_id}:{traveler.step_id}"
        return [kind for kind, rate in self.rates.items() if rate and share(f"{kind}:{text}") < rate]


@dataclass(slots=True)
class World:
    """The copy: who stands where, what is known about them, what each mailbox may still send."""

    house: House
    courses: dict[int, Course]
    plans: dict[int, Plan]
    people: dict[int, Person]
    heard: dict[int, list[Touch]]
    travelers: dict[int, Traveler] = field(default_factory=dict)
    by_person: dict[int, list[Traveler]] = field(default_factory=lambda: defaultdict(list))
    on_their_way: list[int] = field(default_factory=list)
    # person → (journey, step, what became of the message)
    happened: dict[int, set[tuple[int, str, str]]] = field(default_factory=lambda: defaultdict(set))

    def add(self, travelers: Iterable[Traveler]) -> None:
        """These stand in the world now."""
        for traveler in travelers:
            self.travelers[traveler.id] = traveler
            self.by_person[traveler.candidate_id].append(traveler)

    def item(self, traveler: Traveler) -> Item:
        """The traveler with all that is known about them."""
        plan = self.plans[traveler.version_id]
        course, person = self.courses[traveler.journey_id], self.people[traveler.candidate_id]
        return Item(traveler, course, plan, plan.step(traveler.step_id), person)


class Senses(Protocol):
    """What a rehearsal must ask about the copied state."""

    @property
    def post(self) -> Post:
        """Who writes the words."""

    def ask(self, items: Sequence[Item], now: datetime) -> None:
        """Fill in conditions and goals."""

    def look(self, batch: Batch) -> None:
        """A batch is about to be decided."""

    def mailbox(self, sender_id: int | None) -> pace.Mailbox:
        """A sender's mailbox as it stands."""

    def enter(self, journey_id: int, ids: Sequence[int], now: datetime) -> list[Traveler]:
        """Who of these enters the journey."""


class _Boxes:
    def __init__(self, senses: Senses) -> None:
        self.senses = senses
        self.known: dict[int | None, pace.Mailbox] = {}

    def of(self, sender_id: int | None) -> pace.Mailbox:
        if sender_id not in self.known:
            self.known[sender_id] = self.senses.mailbox(sender_id)
        return self.known[sender_id]

    def redeem(self, traveler: Traveler) -> None:
        """The slot's time has come, or nobody waits for it any more."""
        if traveler.waits_for == "pace" and traveler.due_at:
            box = self.of(traveler.paced_by_id)
            day = box.day_of(traveler.due_at)
            box.promised[day] = max(box.promised.get(day, 0) - 1, 0)


class _Deeds:
    """Steps that send nothing: tasks stay undone, other journeys are entered."""

    def __init__(self) -> None:
        self.enrolls: dict[int, list[int]] = defaultdict(list)

    def perform(self, item: Item) -> Done:
        step = item.step
        if step and step.type is StepType.TASK:
            return Done(1, step.hold, "Waits until the task is done." if step.hold else "")
        if step and step.type is StepType.ENROLL and step.journey:
            self.enrolls[step.journey].append(item.person.id)
        return Done()


class Simulation:
    """Steps the clock to each due time and lets everybody due then walk."""

    def __init__(self, world: World, senses: Senses, record: Record, chances: Chances, *, limit: int) -> None:
        self.world, self.senses, self.record, self.chances = world, senses, record, chances
        self.limit = limit
        self.boxes = _Boxes(senses)
        self.coming: list[tuple[datetime, int]] = []
        self.ready: list[tuple[datetime, int]] = []
        self.facts: list[tuple[datetime, int, str, int, str]] = []
        for traveler in world.travelers.values():
            self._expect(traveler)

    def run(self, since: datetime, until: datetime, beat: Callable[[datetime], None]) -> None:
        """Play from one instant to the other; `beat` hears of each stop and may raise Canceled."""
        clock = since
        self._stop_at(clock)
        while (due := self._next()) is not None and due <= until:
            clock = due if due > clock else clock + _SECOND
            if clock > until:
                break
            beat(clock)
            self._stop_at(clock)
        for traveler in self.world.travelers.values():
            if traveler.state == "active":
                self.record.stands(traveler.journey_id, traveler.candidate_id, traveler.waits_for)

    def _next(self) -> datetime | None:
        while self.coming and not self._is_due(*self.coming[0]):
            heappop(self.coming)
        firsts = [heap[0][0] for heap in (self.coming, self.facts) if heap]
        return min(firsts, default=None)

    def _is_due(self, due_at: datetime, traveler_id: int) -> bool:
        traveler = self.world.travelers[traveler_id]
        return traveler.state == "active" and traveler.due_at == due_at

    def _expect(self, traveler: Traveler) -> None:
        if traveler.state == "active" and traveler.due_at is not None:
            heappush(self.coming, (traveler.due_at, traveler.id))

    def _stop_at(self, clock: datetime) -> None:
        """Everything due at this instant, with the mails it causes and what follows from them."""
        while True:
            done = self._follow(clock)
            while batch := self._claim(clock):
                self._walk(batch)
                done += 1
            if not self._deliver(clock) and not done:
                return

    def _claim(self, clock: datetime) -> Batch | None:
        """The next batch as the real run claims it, with everything due for the same people."""
        self._ripen(clock)
        chosen: dict[int, Traveler] = {}
        while self.ready and len(chosen) < self.limit:
            due_at, traveler_id = heappop(self.ready)
            if self._is_due(due_at, traveler_id):
                chosen[traveler_id] = self.world.travelers[traveler_id]
        for candidate_id in {traveler.candidate_id for traveler in chosen.values()}:
            for other in self.world.by_person[candidate_id]:
                if self._is_ripe(other, clock):
                    chosen[other.id] = other
        if not chosen:
            return None
        items = [self.world.item(traveler) for traveler in chosen.values()]
        batch = Batch(clock, self.world.house, items, self.world.heard)
        batch.sort()
        self.senses.ask(items, clock)
        return batch

    def _ripen(self, clock: datetime) -> None:
        """What is due by now leaves the future, and the slots it was promised are redeemed."""
        while self.coming and self.coming[0][0] <= clock:
            due_at, traveler_id = heappop(self.coming)
            if self._is_due(due_at, traveler_id):
                self.boxes.redeem(self.world.travelers[traveler_id])
                heappush(self.ready, (due_at, traveler_id))

    @staticmethod
    def _is_ripe(traveler: Traveler, clock: datetime) -> bool:
        return traveler.state == "active" and traveler.due_at is not None and traveler.due_at <= clock

    def _walk(self, batch: Batch) -> None:
        deeds = _Deeds()
        self.senses.look(batch)
        walk = RecordedWalk(self.record, batch, self.senses.post, self.boxes, deeds)
        walk.go()
        self._apply(walk.standings)
        self.world.on_their_way += [
            row["enrollment_id"] for row in walk.step_runs if row["state"] == "sending"
        ]
        for journey_id, ids in deeds.enrolls.items():
            entered = self.senses.enter(journey_id, ids, batch.now)
            self.world.add(entered)
            for traveler in entered:
                self._expect(traveler)

    def _apply(self, standings: list[dict[str, Any]]) -> None:
        for row in standings:
            traveler = self.world.travelers[row["id"]]
            for name, value in row.items():
                setattr(traveler, name, value)
            self._expect(traveler)

    def _deliver(self, clock: datetime) -> int:
        """The mail server takes what was queued; who was written to goes on."""
        gone, self.world.on_their_way = self.world.on_their_way, []
        walk = RecordedWalk(
            self.record, Batch(clock, self.world.house, []), self.senses.post, self.boxes, _Deeds()
        )
        for traveler_id in gone:
            traveler = self.world.travelers[traveler_id]
            self._foresee(traveler, clock)
            walk.finish(self.world.item(traveler), clock, "")
        self._apply(walk.standings)
        for candidate_id in {self.world.travelers[pk].candidate_id for pk in gone}:
            self._look_again(candidate_id, clock)
        return len(gone)

    def _foresee(self, traveler: Traveler, clock: datetime) -> None:
        """What the person will do with the message, if anything is assumed."""
        person, journey, step = traveler.candidate_id, traveler.journey_id, traveler.step_id
        self.world.happened[person] |= {(journey, step, "sent"), (journey, step, "delivered")}
        for kind in self.chances.reactions(traveler):
            heappush(self.facts, (clock + REACTIONS[kind], person, kind, journey, step))

    def _follow(self, clock: datetime) -> int:
        """What people did by now: replies let them out, everything makes branches look again."""
        count = 0
        while self.facts and self.facts[0][0] <= clock:
            _, person, kind, journey, step = heappop(self.facts)
            self.world.happened[person].add((journey, step, kind))
            if kind == "replied":
                self._let_out(person, clock)
            self._look_again(person, clock)
            count += 1
        return count

    def _let_out(self, candidate_id: int, clock: datetime) -> None:
        for traveler in self.world.by_person[candidate_id]:
            item = self.world.item(traveler)
            if traveler.state != "active" or not exits.leaves("replied", item.plan.journey.settings.exit_on):
                continue
            if traveler.due_at and traveler.due_at > clock:
                self.boxes.redeem(traveler)
            traveler.state, traveler.exit_reason, traveler.ended_at = "exited", "replied", clock
            self.record.ended(item, "exited", "replied", clock)

    def _look_again(self, candidate_id: int, clock: datetime) -> None:
        for traveler in self.world.by_person[candidate_id]:
            if traveler.state == "active" and traveler.waits_for == "branch" and traveler.due_at:
                traveler.due_at = min(traveler.due_at, clock)
                self._expect(traveler)
