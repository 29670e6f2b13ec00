"""The figures of the overview: four stand large, the others as tiles; each with its proof and its target."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics.policies.definitions import DEFINITIONS
from analytics.policies.intervals import mean_interval
from analytics.policies.targets import GOALS, in_words
from analytics.policies.words import percent, shown, sure_of_days, sure_of_rate
from analytics.queries.answers import Answers
from analytics.views.asked import Asked


@dataclass(frozen=True, slots=True)
class Beside:
    """A number that helps to read a headline, with the link to its people."""

    words: str
    link: str
    href: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One number: what it is of, how sure it is, what stands beside it, and the target it has, if any."""

    key: str
    title: str
    value: str
    unit: str
    n: int
    href: str
    definition_url: str
    of: str = ""
    sure: str = ""
    beside: tuple[Beside, ...] = ()
    goal: str = ""
    ignored: str = ""
    is_met: bool | None = None


class Headlines:
    """Makes the headlines of one question out of its answers."""

    def __init__(self, asked: Asked, answers: Answers, targets: dict[str, float]) -> None:
        self.asked = asked
        self.answers = answers
        self.targets = targets

    def large(self) -> list[Headline]:
        return [self._time_to_hire(), self._conversion(), self._acceptance(), self._share()]

    def tiles(self) -> list[Headline]:
        days, reply = self.answers.hire_days, self._of("reply_rate")
        return [
            self._days(
                "time_to_accept", "all", self._of("time_to_accept").all, days["time_to_accept"]["all"]
            ),
            self._days("time_to_fill", "all", self._of("time_to_fill"), self.answers.fill_days),
            self._days(
                "relationship_age", "all", self._of("relationship_age"), days["relationship_age"]["crm"]
            ),
            self._rate("reply_rate", "delivered", reply.replied, reply.delivered),
            *self._costs(),
        ]

    @property
    def is_empty(self) -> bool:
        """Nothing happened that any figure counts."""
        offers, spent = self._of("offer_acceptance"), self._of("cost_per_hire")
        counts = (self._of("share_of_hires_from_crm").hires, self.answers.cohort.conversion.contacted)
        return not any((*counts, offers.all.extended, spent.all.cost))

    def _time_to_hire(self) -> Headline:
        figure = self._of("time_to_hire")
        one = self._days("time_to_hire", "crm", figure.crm, self.answers.hire_days["time_to_hire"]["crm"])
        other = self._beside(
            "time_to_hire",
            "external",
            f"External: {shown(figure.external.mean_days)} days",
            figure.external.n,
        )
        return replace(one, of="from the CRM, mean", beside=(other,))

    def _conversion(self) -> Headline:
        figure = self.answers.cohort.conversion
        one = self._rate("conversion_to_screening", "contacted", figure.screened, figure.contacted)
        cuts = tuple(
            self._beside(one.key, f"within_{cut['days']}", f"In {cut['days']} days", percent(cut["rate"]))
            for cut in self.answers.cohort.cuts
        )
        return replace(one, of="of people first written to", beside=cuts)

    def _acceptance(self) -> Headline:
        figure = self._of("offer_acceptance")
        one = self._rate("offer_acceptance", "nurtured", figure.nurtured.accepted, figure.nurtured.extended)
        beside = (
            self._beside(one.key, "cold", f"Cold: {percent(figure.cold.rate)}", figure.cold.extended),
            self._beside(one.key, "all", "Of those decided", percent(figure.all.decided_rate)),
            self._beside(one.key, "pending", "Pending", f"{figure.all.pending:,}"),
        )
        return replace(one, of="of nurtured people", beside=beside)

    def _share(self) -> Headline:
        figure, first = self._of("share_of_hires_from_crm"), self.answers.of_hires["first_touch"]
        one = self._rate("share_of_hires_from_crm", "all", figure.crm, figure.hires)
        beside = (
            self._beside(one.key, "assisted", "Assisted, not in it", f"{figure.assisted:,}"),
            self._beside(one.key, "first_touch", "First touch", f"{first:,}"),
        )
        return replace(one, of=f"{figure.crm:,} of {figure.hires:,} hires", beside=beside)

    def _costs(self) -> list[Headline]:
        figure = self._of("cost_per_hire")
        return [
            replace(
                self._headline("cost_per_hire", who, part.hires),
                title=f"Cost per hire, {label}",
                value="–" if part.value is None else f"{part.value:,.0f}",
                unit=part.currency,
                sure=f"{part.cost:,.0f} {part.currency} spent",
            )
            for who, label, part in (("crm", "CRM", figure.crm), ("external", "external", figure.external))
        ]

    def _days(self, key: str, group: str, figure: Any, values: Sequence[float]) -> Headline:
        spread = [] if figure.median_days is None else [f"median {figure.median_days:.1f}"]
        if getattr(figure, "p90_days", None) is not None:
            spread.append(f"p90 {figure.p90_days:.1f}")
        sure = "; ".join(part for part in (sure_of_days(mean_interval(values)), ", ".join(spread)) if part)
        one = self._headline(key, group, figure.n, figure.mean_days)
        return replace(one, value=shown(figure.mean_days), unit="days", sure=sure)

    def _rate(self, key: str, group: str, part: int, whole: int) -> Headline:
        share = part / whole if whole else None
        value = "–" if share is None else f"{share * 100:.1f}"
        one = self._headline(key, group, whole, share)
        return replace(one, value=value, unit="%", sure=sure_of_rate(part, whole))

    def _beside(self, key: str, group: str, words: str, shown: int | str) -> Beside:
        link = f"n = {shown:,}" if isinstance(shown, int) else shown
        return Beside(words, link, self.asked.people_url(key, group))

    def _headline(self, key: str, group: str, n: int, value: float | None = None) -> Headline:
        target = self.targets.get(key)
        is_met = None if target is None or value is None else GOALS[key].is_met(value, target)
        return Headline(
            key, DEFINITIONS[key].title, "", "", n,
            self.asked.people_url(key, group), self.asked.url("analytics:definition", key),
            ignored=self.asked.ignored(DEFINITIONS[key].ignores),
            goal=in_words(GOALS[key], value, target) if key in GOALS else "", is_met=is_met,
        )  # fmt: skip

    def _of(self, key: str) -> Any:
        return self.answers[key]
