import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.policies import engagement
from crm.policies.engagement import Signal

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


def signal(kind: str, **ago: float) -> Signal:
    return Signal(kind, NOW - timedelta(**ago))


def test_score_of_the_worked_example_is_hot() -> None:
    key = engagement.key_of([signal("message.replied", days=60), signal("event.attended")])
    assert engagement.raw_at(key, NOW) == pytest.approx(40)
    assert engagement.score_at(key, NOW) == pytest.approx(50)
    assert engagement.level_at(key, NOW) == "hot"


def test_two_clicks_an_hour_apart_are_cold() -> None:
    key = engagement.key_of([signal("message.clicked", hours=1), signal("message.clicked")])
    assert engagement.score_at(key, NOW) == pytest.approx(12.19, abs=0.01)
    assert engagement.level_at(key, NOW) == "cold"


def test_nobody_without_signals_has_a_key() -> None:
    assert engagement.key_of([]) is None
    assert engagement.level_at(None, NOW) == "none"
    assert engagement.score_at(None, NOW) == 0


@pytest.mark.parametrize(
    ("earlier", "factor"), [(0, 1.0), (1, 0.5), (2, 0.25), (3, 0.125), (4, 0.125), (9, 0.125)]
)
def test_repeats_within_a_day_halve_down_to_an_eighth(earlier: int, factor: float) -> None:
    signals = [
        Signal("event.registered", NOW - timedelta(minutes=n), event_id=-n) for n in range(earlier + 1)
    ]
    newest = engagement.points_at(signals, NOW)[0]
    assert newest.factor == factor


def test_a_signal_a_day_later_counts_in_full() -> None:
    signals = [signal("message.clicked", hours=24, seconds=1), signal("message.clicked")]
    assert [point.factor for point in engagement.points_at(signals, NOW)] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("kind", "data", "scores"),
    [
        ("message.replied", {}, True),
        ("message.opened", {}, False),
        ("message.opened", {"human": True}, True),
        ("message.clicked", {"actor": "human"}, True),
        ("message.clicked", {"human": "human"}, True),
        ("message.clicked", {"human": "machine"}, False),
        ("message.clicked", {"human": False, "actor": "unsure"}, False),
        ("note.added", {}, False),
    ],
)
def test_only_weighed_human_events_score(kind: str, data: dict[str, object], scores: bool) -> None:
    assert engagement.is_signal(kind, data) is scores


@pytest.mark.parametrize(
    ("raw", "level"), [(9.3, "cold"), (9.4, "warm"), (39.9, "warm"), (40.0, "hot")]
)  # score 15 is raw 9.379…
def test_levels_change_at_15_and_50(raw: float, level: str) -> None:
    key = math.log2(raw) + (NOW - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(days=60)
    assert engagement.level_at(key, NOW) == level


@pytest.mark.parametrize("score", [1, 15, 49.5, 50, 99])
def test_key_for_score_is_the_key_of_that_score(score: float) -> None:
    key = engagement.key_for_score(score, NOW)
    assert engagement.score_at(key, NOW) == pytest.approx(score, abs=1e-9)


def test_key_for_score_at_the_ends() -> None:
    assert engagement.key_for_score(0, NOW) is None
    assert engagement.key_for_score(100, NOW) == math.inf


@pytest.mark.parametrize(("score", "shown"), [(12.49, 12), (12.5, 13), (0, 0), (99.5, 100)])
def test_scores_are_shown_rounded_half_up(score: float, shown: int) -> None:
    assert engagement.shown(score) == shown


moments = st.integers(0, 400 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))
histories = st.lists(st.tuples(st.sampled_from(sorted(engagement.WEIGHTS)), moments), min_size=1, max_size=25)


@given(histories)
def test_key_is_the_logarithm_of_the_sum(history: list[tuple[str, datetime]]) -> None:
    signals = [Signal(kind, at, place) for place, (kind, at) in enumerate(history)]
    raw = sum(point.points for point in engagement.points_at(signals, NOW))
    assert engagement.raw_at(engagement.key_of(signals), NOW) == pytest.approx(raw, rel=1e-9)


@given(histories, st.randoms())
def test_key_does_not_depend_on_the_order_of_arrival(
    history: list[tuple[str, datetime]], dice: object
) -> None:
    signals = [Signal(kind, at, place) for place, (kind, at) in enumerate(history)]
    shuffled = list(signals)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert engagement.key_of(shuffled) == pytest.approx(engagement.key_of(signals), abs=1e-9)


@given(histories)
def test_folding_one_by_one_is_folding_at_once(history: list[tuple[str, datetime]]) -> None:
    signals = sorted(
        (Signal(kind, at, n) for n, (kind, at) in enumerate(history)), key=lambda s: (s.at, s.event_id)
    )
    key = None
    for point in reversed(engagement.points_at(signals, NOW)):
        key = engagement.folded_key(key, signal=point.signal, factor=point.factor)
    assert key == pytest.approx(engagement.key_of(signals), abs=1e-9)
