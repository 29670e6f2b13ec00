"""The shape of each figure, as the API answers it. Days have one decimal; a rate over nobody is null."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class DaysFigure:
    mean_days: float | None
    median_days: float | None
    p90_days: float | None
    n: int


@dataclass(frozen=True, slots=True)
class DaysByOrigin:
    all: DaysFigure
    crm: DaysFigure
    external: DaysFigure


@dataclass(frozen=True, slots=True)
class FillFigure:
    mean_days: float | None
    median_days: float | None
    n: int


@dataclass(frozen=True, slots=True)
class ConversionFigure:
    contacted: int
    screened: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class ReplyFigure:
    delivered: int
    replied: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class AcceptanceFigure:
    extended: int
    accepted: int
    declined: int
    pending: int
    withdrawn: int
    rate: float | None
    decided_rate: float | None


@dataclass(frozen=True, slots=True)
class AcceptanceByNurture:
    all: AcceptanceFigure
    nurtured: AcceptanceFigure
    cold: AcceptanceFigure


@dataclass(frozen=True, slots=True)
class ShareFigure:
    hires: int
    crm: int
    assisted: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class CostFigure:
    cost: float
    hires: int
    value: float | None
    currency: str


@dataclass(frozen=True, slots=True)
class CostByOrigin:
    all: CostFigure
    crm: CostFigure
    external: CostFigure


@dataclass(frozen=True, slots=True)
class DropOffStep:
    step: str
    reached: int
    share: float | None


@dataclass(frozen=True, slots=True)
class StageFigure:
    stage: str
    median_days: float | None
    entered: int
    advanced: int
    waiting: int


@dataclass(frozen=True, slots=True)
class PoolFigure:
    pool: int
    name: str
    people: int
    reachable: int
    warm_or_hot_share: float | None
    contacted_42_days: int
    contacted_91_days: int
    consent_expiring_30_days: int


Figure = (
    DaysByOrigin
    | DaysFigure
    | FillFigure
    | ConversionFigure
    | ReplyFigure
    | AcceptanceByNurture
    | ShareFigure
    | CostByOrigin
    | list[DropOffStep]
    | list[StageFigure]
    | list[PoolFigure]
)


# The column of each figure that says how many it was counted from.
_SAMPLES = {
    DaysFigure: "n",
    FillFigure: "n",
    ConversionFigure: "contacted",
    ReplyFigure: "delivered",
    AcceptanceFigure: "extended",
    ShareFigure: "hires",
    CostFigure: "hires",
    DropOffStep: "reached",
    StageFigure: "entered",
    PoolFigure: "people",
}


def sample(figure: Figure) -> int:
    """How many rows a figure was counted from; of several parts their sum, of a way the first step's."""
    if isinstance(figure, DaysByOrigin | AcceptanceByNurture | CostByOrigin):
        parts: Sequence[object] = [figure.all]
    elif isinstance(figure, list):
        parts = figure
    else:
        parts = [figure]
    steps = [part for part in parts if isinstance(part, DropOffStep)][:1]
    return sum(int(getattr(part, _SAMPLES[type(part)])) for part in steps or parts)


def rate(part: int, whole: int) -> float | None:
    """The share, or None over nobody."""
    return part / whole if whole else None


def days(value: float | None) -> float | None:
    """Rounded half up to the one decimal days are shown with."""
    if value is None:
        return None
    return float(Decimal(repr(float(value))).quantize(Decimal("0.1"), ROUND_HALF_UP))


def money(cents: int | Decimal) -> float:
    """Cents as an amount of the workspace's currency."""
    return float(Decimal(cents).quantize(Decimal(1), ROUND_HALF_UP) / 100)
