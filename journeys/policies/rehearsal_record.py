"""What a rehearsal writes down: each person's path, each mailbox's days, what slid, what was held."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from journeys.policies.batches import Item
from journeys.policies.scheduler import Decision, Verdict
from journeys.policies.walking import Walk

# [at, journey, step, what, code, more]; `more` is a sentence, a side, or the instant a slide leads to.
Entry = list[Any]
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PRESSURE = ("gap", "cap")
_WHAT = {Verdict.HOLD: "held", Verdict.SKIP: "refused", Verdict.EXIT: "refused", Verdict.GO: "passed"}


def stamp(moment: datetime) -> int:
    """The instant as microseconds, so that a path is small and exact."""
    return (moment - _EPOCH) // _MICROSECOND


def instant(microseconds: int) -> datetime:
    """The moment of a stamp."""
    return _EPOCH + microseconds * _MICROSECOND


class Record:
    """Everything worth telling about a rehearsal of one journey."""

    def __init__(self, journey_id: int, zone: ZoneInfo) -> None:
        self.journey_id, self.zone = journey_id, zone
        self.paths: dict[int, list[Entry]] = defaultdict(list)
        self.standing: dict[int, tuple[str, str]] = {}
        # (day, sender) → messages of this journey, of the others
        self.days: dict[tuple[date, int | None], list[int]] = defaultdict(lambda: [0, 0])
        self.codes: dict[str, Counter[str]] = defaultdict(Counter)
        self.sent: Counter[int] = Counter()
        self.collisions: Counter[int] = Counter()
        # rival journey → how many slides, the longest
        self.rivals: dict[int, tuple[int, timedelta]] = {}
        self.last: dict[int, int] = {}

    def follow(self, candidate_id: int) -> None:
        """This person's path is kept."""
        self.paths[candidate_id]

    def mailed(self, item: Item, now: datetime) -> None:
        """A message leaves."""
        is_ours = item.journey.id == self.journey_id
        self.days[(now.astimezone(self.zone).date(), item.sender_id)][not is_ours] += 1
        self.last[item.person.id] = item.journey.id
        self.sent[item.person.id] += is_ours
        self._add(item, now, "sent", "", "")

    def decided(self, item: Item, decision: Decision, now: datetime) -> None:
        """The scheduler said something else than to send."""
        if decision.verdict is Verdict.WAIT:
            self._slid(item, decision, now)
            return
        what = _WHAT[decision.verdict]
        if what != "passed" and item.journey.id == self.journey_id:
            self.codes[what][decision.code] += 1
        more = decision.sentence if what != "passed" else decision.choice
        self._add(item, now, what, decision.code, more)

    def ended(self, item: Item, state: str, reason: str, now: datetime) -> None:
        """The journey is over for this person."""
        if item.journey.id == self.journey_id:
            self.standing[item.person.id] = (state, reason)
        self._add(item, now, state, reason, "")

    def stands(self, item_journey: int, candidate_id: int, code: str) -> None:
        """Where somebody stands at the end."""
        if item_journey == self.journey_id and candidate_id not in self.standing:
            self.standing[candidate_id] = ("active", code)

    def _slid(self, item: Item, decision: Decision, now: datetime) -> None:
        path = self.paths.get(item.person.id)
        until = stamp(decision.until or now)
        rival = self.last.get(item.person.id, 0) if decision.code in _PRESSURE else 0
        rival = rival if rival != item.journey.id else 0
        if rival and self.journey_id in (rival, item.journey.id):
            self._collided(item, rival if rival != self.journey_id else item.journey.id, decision, now)
        if path is None or item.step is None:
            return
        last = path[-1] if path else None
        if last and last[1:5] == [item.journey.id, item.step.id, "slid", decision.code]:
            last[5] = [until, rival]
            return
        if item.journey.id == self.journey_id:
            self.codes["slid"][decision.code] += 1
        path.append([stamp(now), item.journey.id, item.step.id, "slid", decision.code, [until, rival]])

    def _collided(self, item: Item, rival: int, decision: Decision, now: datetime) -> None:
        by = (decision.until or now) - now
        count, longest = self.rivals.get(rival, (0, timedelta(0)))
        self.rivals[rival] = (count + 1, max(longest, by))
        self.collisions[item.person.id] += 1

    def _add(self, item: Item, now: datetime, what: str, code: str, more: Any) -> None:
        path = self.paths.get(item.person.id)
        if path is not None:
            path.append([stamp(now), item.journey.id, item.step.id if item.step else "", what, code, more])


class RecordedWalk(Walk):
    """The walk everybody walks, with somebody taking notes."""

    def __init__(self, record: Record, *hands: Any) -> None:
        super().__init__(*hands)
        self.record = record

    def mail(self, item: Item, topic: str) -> None:
        """The message leaves, and is noted."""
        self.record.mailed(item, self.now)
        super().mail(item, topic)

    def settle(self, item: Item, decision: Decision) -> None:
        """What was decided is noted, then done."""
        self.record.decided(item, decision, self.now)
        super().settle(item, decision)

    def end(self, item: Item, state: str, reason: str) -> None:
        """The end is noted."""
        self.record.ended(item, state, reason, self.now)
        super().end(item, state, reason)
