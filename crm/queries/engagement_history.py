"""One person's engagement over time: each signal with its source, the score, and what machines did."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm.models import Candidate, Event, Message
from crm.policies import engagement
from crm.policies.engagement import ONLY_WHEN_HUMAN, WEIGHTS, Level, Scale, Signal, is_signal
from crm.policies.event_words import words_for

STEPS = 100
MOST = 300
"""So many of the newest signals are drawn; older ones have faded."""


@dataclass(frozen=True, slots=True)
class SourcedPoint:
    """A signal, what it adds now, and what it came from."""

    words: str
    at: datetime
    weight: float
    factor: float
    points: float
    source: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """How often a kind was seen, by whom: raw counts stay visible beside the human ones."""

    words: str
    human: int
    machine: int
    unsure: int

    @property
    def total(self) -> int:
        return self.human + self.machine + self.unsure


@dataclass(frozen=True, slots=True)
class History:
    """Everything the page shows."""

    score: int
    level: Level
    last: SourcedPoint | None
    points: tuple[SourcedPoint, ...]
    seen: tuple[Seen, ...]
    chart: dict[str, Any] | None
    scale: Scale


def history(candidate: Candidate, *, scale: Scale, now: datetime) -> History:
    """The person's score from their first signal until now. Two statements."""
    events = Event.objects.filter(candidate=candidate, kind__in=[*WEIGHTS, "message.click_disproved"])
    told_of = events.order_by("occurred_at", "pk").values("pk", "kind", "occurred_at", "data")
    rows: list[dict[str, Any]] = [dict(row) for row in told_of]
    disproved = {row["data"].get("event") for row in rows if row["kind"] == "message.click_disproved"}
    told = [row for row in rows if row["kind"] in WEIGHTS]
    human = [row for row in told if is_signal(row["kind"], row["data"]) and row["pk"] not in disproved]
    signals = [Signal(row["kind"], row["occurred_at"], row["pk"]) for row in human]
    points = _sourced(signals, {row["pk"]: row["data"] for row in human}, scale, now)
    key = candidate.engagement_key
    return History(
        score=engagement.shown(engagement.score_at(key, now, scale)),
        level=engagement.level_at(key, now, scale),
        last=points[0] if points else None,
        points=tuple(points),
        seen=_seen(told, disproved),
        chart=_chart(signals, scale, now),
        scale=scale,
    )


def _sourced(
    signals: Sequence[Signal], data: dict[int, dict[str, Any]], scale: Scale, now: datetime
) -> list[SourcedPoint]:
    messages = {pk: one["message"] for pk, one in data.items() if isinstance(one.get("message"), int)}
    found = Message.objects.filter(pk__in=set(messages.values())) if messages else Message.objects.none()
    subjects = dict(found.values_list("pk", "subject"))
    return [
        SourcedPoint(
            words_for(point.signal.kind, data[point.signal.event_id]).sentence,
            point.signal.at,
            point.weight,
            point.factor,
            point.points,
            subjects.get(messages.get(point.signal.event_id, 0), ""),
            messages.get(point.signal.event_id),
        )
        for point in engagement.points_at(signals, now, scale)
    ]


def _seen(rows: Sequence[dict[str, Any]], disproved: set[Any]) -> tuple[Seen, ...]:
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in WEIGHTS}
    for row in rows:
        counts[row["kind"]][_by_whom(row, disproved)] += 1
    return tuple(
        Seen(words_for(kind, {"human": True}).sentence, count["human"], count["machine"], count["unsure"])
        for kind, count in counts.items()
        if count.total()
    )


def _by_whom(row: dict[str, Any], disproved: set[Any]) -> str:
    if row["pk"] in disproved:
        return "machine"
    if is_signal(row["kind"], row["data"]):
        return "human"
    actor = row["data"].get("actor") or row["data"].get("human")
    return "unsure" if row["kind"] in ONLY_WHEN_HUMAN and actor in (None, "unsure") else "machine"


def _chart(signals: Sequence[Signal], scale: Scale, now: datetime) -> dict[str, Any] | None:
    """The score as a line through every signal, and in even steps as it fades between them."""
    if not signals:
        return None
    drawn = list(signals)[-MOST:]
    keys = [(one.at, engagement.key_of(drawn[: place + 1], scale)) for place, one in enumerate(drawn)]
    step = max((now - drawn[0].at) / STEPS, timedelta(hours=1))
    marks = {one.at for one in drawn} | {now}
    marks |= {drawn[0].at + step * n for n in range(1, STEPS) if drawn[0].at + step * n < now}
    line, key = [], None
    for at in sorted(marks):
        while keys and keys[0][0] <= at:
            key = keys.pop(0)[1]
        score = round(engagement.score_at(key, at, scale), 1)
        line.append([at.isoformat(timespec="seconds"), score])
    return {
        "options": _options(line, scale),
        "headers": ["When", "Score"],
        "rows": [(str(at)[:16].replace("T", " "), score) for at, score in reversed(line)],
    }


def _options(line: list[list[Any]], scale: Scale) -> dict[str, Any]:
    series: list[dict[str, Any]] = [{"type": "line", "name": "Score", "showSymbol": False, "data": line}]
    for name, score in (("warm", scale.warm), ("hot", scale.hot)):
        ends = [[line[0][0], score], [line[-1][0], score]]
        style = {"type": "dashed", "width": 1}
        series.append({"type": "line", "name": name, "showSymbol": False, "data": ends, "lineStyle": style})
    return {"xAxis": {"type": "time"}, "yAxis": {"type": "value", "min": 0, "max": 100}, "series": series}
