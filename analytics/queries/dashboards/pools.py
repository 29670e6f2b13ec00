"""How well pools are, how deep they reach, and how they grow."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from analytics.policies.asking import FILTERS
from analytics.policies.figures import PoolFigure
from analytics.policies.questions import Question
from analytics.policies.sections import (
    Behind,
    Cell,
    Dashboard,
    Parameters,
    Section,
    Tile,
    cell,
    during,
    part,
)
from analytics.policies.words import percent
from analytics.queries import pool_growth, pool_health


def pools(question: Question) -> Dashboard:
    """Health of every pool now, who may be written to, and who came and left in the period."""
    found, growth = pool_health.health(question), pool_growth.growth(question)
    figures, grown = found.figures, growth.by_pool

    def behind(pool: int, group: str) -> Behind:
        return Behind("pool_health", group, (("pool", str(pool)),))

    health = Section(
        id="health",
        title="Pools today",
        headers=(
            "Pool", "People", "Reachable", "Reachable share", "Warm or hot", "Contacted in 42 days",
            "In 91 days", "Consent ends in 30 days", "Entered", "Left", "Net",
        ),
        rows=[
            (
                Cell(f.name),
                cell(f.people, behind(f.pool, "people")),
                cell(f.reachable, behind(f.pool, "reachable")),
                Cell(percent(f.reachable / f.people if f.people else None)),
                Cell(percent(f.warm_or_hot_share), f.warm_or_hot_share, behind(f.pool, "warm")),
                cell(f.contacted_42_days, behind(f.pool, "contacted_42")),
                cell(f.contacted_91_days, behind(f.pool, "contacted_91")),
                cell(f.consent_expiring_30_days, behind(f.pool, "expiring")),
                cell(grown.get(f.pool, (0, 0))[0], _moved("entered", part("pool", f.pool))),
                cell(grown.get(f.pool, (0, 0))[1], _moved("left", part("pool", f.pool))),
                Cell(f"{_net(grown.get(f.pool, (0, 0))):+d}", _net(grown.get(f.pool, (0, 0)))),
            )
            for f in figures
        ],
        chart=_reach(figures),
        definition="pool_health",
        note=_as_of(found, question),
        empty="No pools yet. A pool keeps people for a recurring job family warm; its health is shown here.",
    )  # fmt: skip
    reachable, people = found.reachable, found.people
    tile = Tile(
        "Reachable", f"{reachable:,}", "", people,
        f"{percent(reachable / people if people else None)} of people in pools, each counted once",
        Behind("pool_health", "reachable"),
    )  # fmt: skip
    return Dashboard("pools", "Pools", [tile], [health, _growth(growth.weeks, question)])


def _as_of(found: pool_health.Health, question: Question) -> str:
    of_the_period = "but for entered and left, which are of the period."
    if found.counted_at == question.now:
        return f"Now, {of_the_period}"
    zone = question.period.zone
    return f"As of {found.counted_at.astimezone(zone):%H:%M}, counted every few minutes; {of_the_period}"


def _reach(figures: Sequence[PoolFigure]) -> dict[str, Any]:
    return {
        "legend": {"show": True},
        "xAxis": {"type": "value", "name": "people", "counts": True},
        "yAxis": {"type": "category", "inverse": True, "data": [f.name for f in figures]},
        "series": [
            {
                "type": "bar",
                "stack": "people",
                "name": "Reachable",
                "column": 2,
                "data": [f.reachable for f in figures],
            },
            {
                "type": "bar",
                "stack": "people",
                "name": "Not reachable",
                "data": [f.people - f.reachable for f in figures],
            },
        ],
    }


def _growth(weeks: Sequence[pool_growth.Week], question: Question) -> Section:
    labels = [f"{week.starts_on:%-d %b %y}" for week in weeks]
    return Section(
        id="growth",
        title="Who came and who left, per week",
        headers=("Week of", "Entered", "Left"),
        rows=[
            (
                Cell(label),
                cell(week.entered, _moved("entered", _week(week.starts_on, question))),
                cell(week.left, _moved("left", _week(week.starts_on, question))),
            )
            for label, week in zip(labels, weeks, strict=True)
        ],
        chart={
            "legend": {"show": True},
            "xAxis": {"type": "category", "data": labels},
            "yAxis": {"type": "value", "min": 0, "counts": True},
            "series": [
                {"type": "bar", "name": "Entered", "column": 1, "data": [week.entered for week in weeks]},
                {"type": "bar", "name": "Left", "column": 2, "data": [week.left for week in weeks]},
            ],
        },
        note="Stays in pools and their reviewed segments; at most a year.",
        ignores=tuple(name for name in FILTERS if name not in ("pool", "role_family")),
    )


def _moved(way: str, which: Parameters) -> Behind:
    return Behind("pool_moves", way, which)


def _week(monday: date, question: Question) -> Parameters:
    return during(monday, monday + timedelta(days=6), question.period)


def _net(pair: tuple[int, int]) -> int:
    return pair[0] - pair[1]
