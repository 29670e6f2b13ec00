"""The engagement score: human signals only, halved every 60 days (specs: engagement).

Between two signals `log2(raw) + t/half-life` does not change. That number is the key: it orders people by
their score now, at any now, so sorting and filtering need no clock and no nightly job.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

Level = Literal["none", "cold", "warm", "hot"]

HALF_LIFE_DAYS = 60.0
WEIGHTS: dict[str, float] = {
    "message.replied": 30,
    "event.attended": 25,
    "meeting.booked": 25,
    "form.submitted": 15,
    "event.registered": 8,
    "message.clicked": 5,
    "message.opened": 1,
}
# Kinds that machines cause too; they count when the event says a human did it.
ONLY_WHEN_HUMAN = frozenset({"message.clicked", "message.opened"})
WARM, HOT = 15.0, 50.0
_REPEAT_WINDOW = timedelta(hours=24)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How one workspace scores: its weights, how fast they fade, and where warm and hot begin.

    `epoch` is where the days of a key are counted from. It moves when the half-life changes, so that a key
    of before means at that moment what it meant: everybody's score stays, and only fades otherwise.
    """

    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    half_life: float = HALF_LIFE_DAYS
    warm: float = WARM
    hot: float = HOT
    epoch: float = 0.0

    def turns(self, moment: datetime) -> float:
        """How many half-lives after the epoch this is."""
        return (_days(moment) - self.epoch) / self.half_life

    def with_half_life(self, days: float, *, at: datetime) -> "Scale":
        """The same scale, fading otherwise from this moment on."""
        if days == self.half_life:
            return self
        return replace(self, half_life=days, epoch=_days(at) - days * self.turns(at))


STANDARD = Scale()


@dataclass(frozen=True, slots=True)
class Signal:
    """One human act. `event_id` orders acts of the same instant and leads back to the fact."""

    kind: str
    at: datetime
    event_id: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """What one signal adds to raw(now): weight × repeat factor × decay."""

    signal: Signal
    weight: float
    factor: float
    points: float


def is_signal(kind: str, data: dict[str, Any]) -> bool:
    """Whether an event scores: of a weighed kind, and a human's where machines do it too."""
    if kind not in WEIGHTS:
        return False
    return kind not in ONLY_WHEN_HUMAN or data.get("human") in (True, "human") or data.get("actor") == "human"


def key_of(signals: Iterable[Signal], scale: Scale = STANDARD) -> float | None:
    """The key after these signals, in any order; None without any that weighs something."""
    terms = [
        math.log2(scale.weights[s.kind] * factor) + scale.turns(s.at)
        for s, factor in _weighed(signals)
        if scale.weights[s.kind] > 0
    ]
    return _log_sum(terms) if terms else None


def folded_key(key: float | None, *, signal: Signal, factor: float, scale: Scale = STANDARD) -> float:
    """The key after one more signal, which may be older than the newest one."""
    term = math.log2(scale.weights[signal.kind] * factor) + scale.turns(signal.at)
    return term if key is None else _log_sum([key, term])


def raw_at(key: float | None, now: datetime, scale: Scale = STANDARD) -> float:
    """The decayed sum of points at this time."""
    return 0.0 if key is None else math.exp2(min(key - scale.turns(now), 1_000.0))


def score_at(key: float | None, now: datetime, scale: Scale = STANDARD) -> float:
    """0 to 100, unrounded."""
    return 100.0 * (1.0 - math.exp2(-raw_at(key, now, scale) / 40.0))


def shown(score: float) -> int:
    """The score as people see it, rounded half up."""
    return math.floor(score + 0.5)


def level_at(key: float | None, now: datetime, scale: Scale = STANDARD) -> Level:
    """none (no signal ever), cold < 15, warm < 50, hot; decided on the unrounded score."""
    if key is None:
        return "none"
    score = score_at(key, now, scale)
    if score < scale.warm:
        return "cold"
    return "warm" if score < scale.hot else "hot"


def key_for_score(score: float, now: datetime, scale: Scale = STANDARD) -> float | None:
    """The key somebody with exactly this score has now: "score ≥ x" is "key ≥ key_for_score(x, now)".

    None when every score is at least x (x ≤ 0); infinity when none is (x ≥ 100).
    """
    if score <= 0:
        return None
    if score >= 100:
        return math.inf
    return math.log2(-40.0 * math.log2(1.0 - score / 100.0)) + scale.turns(now)


def points_at(signals: Iterable[Signal], now: datetime, scale: Scale = STANDARD) -> list[Point]:
    """Every point of the score and where it came from, the newest signal first."""
    points = [
        Point(
            s,
            scale.weights[s.kind],
            factor,
            scale.weights[s.kind] * factor * 2.0 ** (scale.turns(s.at) - scale.turns(now)),
        )
        for s, factor in _weighed(signals)
    ]
    return sorted(points, key=lambda point: (point.signal.at, point.signal.event_id), reverse=True)


def _weighed(signals: Iterable[Signal]) -> list[tuple[Signal, float]]:
    """Each signal with its repeat factor: 1, ½, ¼, ⅛, ⅛ … by how many of its kind the 24 h before saw."""
    by_kind: dict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        by_kind[signal.kind].append(signal)
    weighed = []
    for same in by_kind.values():
        same.sort(key=lambda signal: (signal.at, signal.event_id))
        oldest = 0
        for place, signal in enumerate(same):
            while signal.at - same[oldest].at > _REPEAT_WINDOW:
                oldest += 1
            weighed.append((signal, 0.5 ** min(place - oldest, 3)))
    return weighed


def _log_sum(terms: Sequence[float]) -> float:
    """log2(Σ 2^term) without leaving the range of floats."""
    largest = max(terms)
    return largest + math.log2(math.fsum(2.0 ** (term - largest) for term in terms))


def _days(moment: datetime) -> float:
    return (moment - _EPOCH).total_seconds() / _DAY
