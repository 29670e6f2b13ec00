"""What somebody asks of the numbers: which days, which people and requisitions, as of when."""

from dataclasses import dataclass, field
from datetime import date, datetime

from analytics.policies.periods import Period
from analytics.policies.terms import Terms


@dataclass(frozen=True, slots=True)
class Filters:
    """Each filter is a choice of values; an empty one lets everything through. All named ones must hold."""

    role_families: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    pools: tuple[int, ...] = ()
    journeys: tuple[int, ...] = ()
    recruiters: tuple[int, ...] = ()
    requisitions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """Whom and which days something happened to since the rollups were folded; their rows are not trusted."""

    people: tuple[int, ...] = ()
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A period seen through filters at `now`, by the workspace's own terms and in its currency.

    `reader` is the user who asks: pools they may not know of stay hidden. None sees the shared ones.
    With `news` the rollups answer for everybody else; without, the facts are read directly.
    `compare` is the period to be set beside it, if any.
    """

    period: Period
    now: datetime
    filters: Filters = field(default_factory=Filters)
    terms: Terms = field(default_factory=Terms)
    currency: str = "EUR"
    reader: int | None = None
    news: News | None = None
    compare: Period | None = None
