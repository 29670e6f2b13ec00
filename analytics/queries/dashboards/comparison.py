"""Two periods side by side: each figure then and now, the difference, and how sure it is."""

from analytics.policies.definitions import DEFINITIONS
from analytics.policies.periods import Period, just_before
from analytics.policies.questions import Question
from analytics.policies.sections import Behind, Cell, Dashboard, Section, cell, during
from analytics.policies.words import percent, shown
from analytics.queries import kpis
from analytics.queries.dashboards.funnel import STEPS
from analytics.queries.kpis import Difference
from crm.models import Stage

_WHO = {"crm": "CRM", "external": "external", "nurtured": "nurtured", "cold": "cold"}
_PARTS = {name: label.lower() for name, label in (STEPS | dict(Stage.choices)).items()}

KNOWS_NO_POOL = "Time to fill is not narrowed by pool or journey."


def comparison(question: Question) -> Dashboard:
    """The question's period beside the one it is compared with: by default as many days just before."""
    other = question.compare or just_before(question.period)
    found = kpis.compare(question, other)
    medians = [one for one in found if one.figure.endswith("median_days")]
    names = [name_of(one, with_part=False) for one in medians]
    chart = Section(
        id="medians",
        title="Median days, before and now",
        headers=("Median of", "Before", "Now"),
        rows=[
            (
                Cell(name),
                Cell(shown(one.then), one.then, _before(one, other)),
                Cell(shown(one.now), one.now, Behind(one.key, one.group)),
            )
            for name, one in zip(names, medians, strict=True)
        ],
        chart={
            "legend": {"show": True},
            "xAxis": {"type": "value", "min": 0, "name": "days"},
            "yAxis": {"type": "category", "inverse": True, "data": names},
            "series": [
                {
                    "type": "bar",
                    "name": "Before",
                    "tone": 5,
                    "column": 1,
                    "data": [_rounded(m.then) for m in medians],
                },
                {"type": "bar", "name": "Now", "column": 2, "data": [_rounded(m.now) for m in medians]},
            ],
        },
        note=KNOWS_NO_POOL,
        definition="time_to_hire",
    )
    table = Section(
        id="differences",
        title="Every figure, before and now",
        headers=("Figure", "Before", "n", "Now", "n now", "Difference", "95 % interval", "What it says"),
        rows=[_row(one, other, question.currency) for one in found],
        note=(
            f"Before: {other.from_on:%-d %b %Y} – {other.to_on:%-d %b %Y}. "
            "Intervals: bootstrap for means and medians, Newcombe for rates; money has none. "
            f"Pool health is of now, and has no before. {KNOWS_NO_POOL}"
        ),
    )
    return Dashboard("comparison", "Before and after", [], [table, chart])


def name_of(one: Difference, *, with_part: bool = True) -> str:
    """The figure in words: “Time to hire, CRM, median”."""
    who, _, part = one.figure.rpartition(".")
    parts = [DEFINITIONS[one.key].title, _WHO.get(who) or _PARTS.get(who, "")]
    if with_part and (is_days(one) or part == "conversion"):
        parts.append(part.removesuffix("_days"))
    return ", ".join(str(part) for part in parts if part)


def is_days(one: Difference) -> bool:
    return one.figure.endswith("_days")


def is_money(one: Difference) -> bool:
    return one.figure.endswith("value")


def change_in_words(one: Difference, currency: str = "") -> str:
    """The difference with its sign and unit."""
    if one.change is None:
        return "–"
    if is_money(one):
        return f"{one.change:+,.0f} {currency}".rstrip()
    return f"{one.change:+.1f} days" if is_days(one) else f"{one.change * 100:+.1f} points"


def verdict(one: Difference) -> tuple[str, str]:
    """What the interval says of the difference, and its tone: fewer days are good, higher shares are."""
    if one.interval is None:
        return ("–" if is_money(one) else "too few to say"), ""
    low, high = one.interval
    if low <= 0 <= high:
        return "could be chance", ""
    words = ("clearly faster", "clearly slower") if is_days(one) else ("clearly lower", "clearly higher")
    is_good = (high < 0) == is_days(one)
    return words[low > 0], "good" if is_good else "bad"


def _row(one: Difference, other: Period, currency: str) -> tuple[Cell, ...]:
    scale = 1 if is_days(one) else 100
    ends = one.interval and " to ".join(f"{end * scale:+.1f}" for end in one.interval)
    words, tone = verdict(one)
    before = _before(one, other)
    now = Behind(one.key, one.group)
    return (
        Cell(name_of(one)),
        Cell(_in_words(one, one.then), one.then, before),
        cell(one.then_n, before),
        Cell(_in_words(one, one.now), one.now, now),
        cell(one.now_n, now),
        Cell(change_in_words(one, currency), one.change),
        Cell(ends or "–"),
        Cell(words.capitalize(), tone=tone),
    )


def _before(one: Difference, other: Period) -> Behind:
    return Behind(one.key, one.group, during(other.from_on, other.to_on, other))


def _in_words(one: Difference, value: float | None) -> str:
    if is_money(one):
        return "–" if value is None else f"{value:,.0f}"
    return shown(value) if is_days(one) else percent(value)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
