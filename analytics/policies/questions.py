"""What somebody asks of the numbers: which days, which people and requisitions, as of when."""

from dataclasses import dataclass, field
from datetime import datetime

from analytics.policies.periods import Period


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
class Question:
    """A period seen through filters at `now`, with the workspace's own attribution window and currency.

    `reader` is the user who asks: pools they may not know of stay hidden. None sees the shared ones.
    """

    period: Period
    now: datetime
    filters: Filters = field(default_factory=Filters)
    attribution_days: int = 365
    currency: str = "EUR"
    reader: int | None = None
