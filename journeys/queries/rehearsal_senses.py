"""What a rehearsal asks the copied state: conditions, words, mailboxes, who may enter where."""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from crm.kernel.tenancy import workspace_scope
from journeys.models import Journey, Mailbox
from journeys.policies import pace
from journeys.policies.batches import Batch, Item, Traveler, first_stop
from journeys.policies.file_format import StepType
from journeys.policies.persons import Person
from journeys.policies.rehearsal import World
from journeys.policies.scheduler import Decision, Verdict, no_match
from journeys.policies.walking import Post
from journeys.queries import conditions, entry, mailbox_days
from journeys.queries.words import Words

CHUNK = 1_000
# Parts of a rule whose answer may change with the clock alone.
_MOVING = ("within_days", "older_than_days", "engagement", "days", "consent", "reachable", "last_")


class Conditions:
    """Branches and goals. What was sent in the rehearsal is known here; all else is asked of the database,
    once for everybody, and once a day where the answer depends on the clock."""

    def __init__(self, workspace_id: int, world: World) -> None:
        self.workspace_id, self.world = workspace_id, world
        self.answers: dict[tuple[str, int, date | None], set[int]] = {}

    def ask(self, items: Sequence[Item], now: datetime) -> None:
        """Fill in the condition of branches and whether the goal is reached."""
        for item in items:
            if item.step and item.step.type is StepType.BRANCH:
                item.condition = self._holds(item.step.condition or {}, item, now)
            if goal := item.plan.journey.settings.goal:
                enrolled = item.enrollment.enrolled_at.date()
                item.has_reached_goal = self._holds(conditions.since(goal, enrolled, now.date()), item, now)

    def _holds(self, tree: dict[str, Any], item: Item, now: datetime) -> bool:
        if "rules" in tree:
            together = any if tree.get("match") == "any" else all
            return together(self._holds(rule, item, now) for rule in tree["rules"])
        if "not" in tree:
            return not self._holds(tree["not"], item, now)
        return self._happened(tree, item) or item.person.id in self._matching(tree, item, now)

    def _happened(self, leaf: dict[str, Any], item: Item) -> bool:
        """True when the rehearsal itself made it so: a message it sent, a reaction it assumed."""
        happened = self.world.happened.get(item.person.id)
        if not happened:
            return False
        if isinstance(asked := leaf.get("message"), dict):
            journey = asked.get("journey") or item.journey.id
            wanted = (journey, asked.get("step"), asked.get("was", "sent"))
            return any(
                (journey, step if wanted[1] else None, was) == wanted for journey, step, was in happened
            )
        kind = str(leaf.get("activity", ""))
        if kind.startswith("message.") and leaf.get("op", "at_least") == "at_least":
            times = sum(was == kind.removeprefix("message.") for _, _, was in happened)
            return times >= int(leaf.get("count", 1))
        return False

    def _matching(self, leaf: dict[str, Any], item: Item, now: datetime) -> set[int]:
        text = json.dumps(_without_end(leaf), sort_keys=True)
        moves = any(word in text for word in _MOVING)
        key = (text, item.journey.id, now.date() if moves else None)
        if key not in self.answers:
            if moves:
                self.answers = {old: found for old, found in self.answers.items() if old[2] in (None, key[2])}
            self.answers[key] = self._find(leaf, item.journey.id, now)
        return self.answers[key]

    def _find(self, leaf: dict[str, Any], journey_id: int, now: datetime) -> set[int]:
        inside = {t.candidate_id for t in self.world.travelers.values() if t.journey_id == journey_id}
        with workspace_scope(self.workspace_id):
            return conditions.matching(leaf, journey_id, inside, now=now)


class Reader:
    """Whether each message can be written, worked out for a thousand people at a time and then kept."""

    def __init__(self, workspace_id: int, world: World) -> None:
        self.workspace_id, self.world = workspace_id, world
        # (version, step, person) → the topic, and what keeps the message back: None is nothing
        self.known: dict[tuple[int, str, int], tuple[str, Decision | str | None]] = {}
        self.batch: Batch | None = None

    def topic_of(self, item: Item) -> str:
        """What the message is about."""
        return self._read(item)[0]

    def write(self, item: Item) -> Decision:
        """Whether the message could be written."""
        obstacle = self._read(item)[1]
        if obstacle == "no_job":
            assert self.batch is not None
            return no_match(self.batch.state_of(item, None), self.batch.now)
        return obstacle if isinstance(obstacle, Decision) else Decision(Verdict.GO)

    def queue(self, item: Item, step_run: dict[str, Any]) -> None:
        """Nothing leaves in a rehearsal."""

    def _read(self, item: Item) -> tuple[str, Decision | str | None]:
        key = _key(item)
        if key not in self.known:
            self._read_on(item)
        return self.known[key]

    def _read_on(self, item: Item) -> None:
        """This one, and the next of the same version who have not passed the step yet."""
        assert item.step is not None
        version, step_id = item.enrollment.version_id, item.step.id
        chunk = {item.person.id: item}
        for traveler in self.world.travelers.values():
            if len(chunk) >= CHUNK:
                break
            key = (version, step_id, traveler.candidate_id)
            if traveler.version_id == version and traveler.state == "active" and key not in self.known:
                other = self.world.item(traveler)
                other.step = item.step
                chunk.setdefault(traveler.candidate_id, other)
        with workspace_scope(self.workspace_id):
            words = Words(list(chunk.values()), lambda _: "https://example.com/questions")
            for one in chunk.values():
                self.known[_key(one)] = (words.topic_of(one), _obstacle(words, one))


class Senses:
    """The database as it was when the rehearsal began; only read."""

    def __init__(self, workspace_id: int, world: World) -> None:
        self.workspace_id, self.world = workspace_id, world
        self.conditions = Conditions(workspace_id, world)
        self.reader = Reader(workspace_id, world)
        self.next_id = max(world.travelers, default=0) + 1
        self.ask: Callable[[Sequence[Item], datetime], None] = self.conditions.ask
        self.promised: dict[int | None, dict[date, int]] = {}

    @property
    def post(self) -> Post:
        """Who writes the words."""
        return self.reader

    def look(self, batch: Batch) -> None:
        """A batch is about to be decided."""
        self.reader.batch = batch

    def mailbox(self, sender_id: int | None) -> pace.Mailbox:
        """The mailbox as it stands now; who waits for a slot is among the travelers."""
        zone = self.world.house.zone
        with workspace_scope(self.workspace_id):
            row = Mailbox.objects.filter(sender_id=sender_id).first() or Mailbox(sender_id=sender_id)
        box = mailbox_days.read(row, zone, {})
        for traveler in self.world.travelers.values():
            is_waiting = traveler.state == "active" and traveler.waits_for == "pace"
            if is_waiting and traveler.paced_by_id == sender_id and traveler.due_at:
                day = box.day_of(traveler.due_at)
                box.promised[day] = box.promised.get(day, 0) + 1
        return box

    def enter(self, journey_id: int, ids: Sequence[int], now: datetime) -> list[Traveler]:
        """Who of these enters a running journey, judged as the real run does, rehearsed entries included."""
        course = self.world.courses.get(journey_id)
        with workspace_scope(self.workspace_id):
            journey = Journey.objects.filter(pk=journey_id, state=Journey.State.LIVE).first()
            if journey is None or course is None or journey.version_id not in self.world.plans:
                return []
            judged = entry.entry(journey, self.world.plans[journey.version_id], ids, now=now)
        inside = {t.candidate_id for t in self.world.travelers.values() if t.journey_id == journey_id}
        entering = [person for person in judged.enters if person.id not in inside]
        return self.travelers(journey_id, journey.version_id, entering, now)

    def travelers(
        self, journey_id: int, version_id: int, entering: Collection[Person], now: datetime
    ) -> list[Traveler]:
        """These people at the journey's first step."""
        plan, found = self.world.plans[version_id], []
        for person in entering:
            self.world.people.setdefault(person.id, person)
            stop = first_stop(plan, person, self.world.house, now)
            found.append(
                Traveler(
                    self.next_id,
                    journey_id,
                    version_id,
                    person.id,
                    now,
                    stop.step_id,
                    1,
                    stop.base_at,
                    stop.due_at,
                    0,
                    stop.code,
                    stop.sentence,
                )
            )
            self.next_id += 1
        return found


def _key(item: Item) -> tuple[int, str, int]:
    return (item.enrollment.version_id, item.step.id if item.step else "", item.person.id)


def _obstacle(words: Words, item: Item) -> Decision | str | None:
    if words.has_no_job(item):
        return "no_job"
    written = words.written(item)
    return written if isinstance(written, Decision) else None


def _without_end(leaf: dict[str, Any]) -> dict[str, Any]:
    """A goal is counted up to tomorrow; nothing happens in a rehearsal that the end could cut off."""
    between = leaf.get("between")
    return leaf | {"between": between[:1]} if isinstance(between, list) else leaf
