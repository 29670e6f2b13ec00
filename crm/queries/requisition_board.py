"""Requisitions by status, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, F

from crm.models import Requisition
from crm.queries.requisitions import RequisitionFilters, requisitions

CARDS = 25
Status = Requisition.Status
# What people call over belongs together, however it ended.
COLUMNS: Sequence[tuple[str, str, tuple[str, ...], str]] = (
    (Status.OPEN, "Open", (Status.OPEN,), "opened_at"),
    (Status.ON_HOLD, "On hold", (Status.ON_HOLD,), "opened_at"),
    (Status.FILLED, "Filled", (Status.FILLED,), "filled_at"),
    (Status.CLOSED, "Closed or canceled", (Status.CLOSED, Status.CANCELED), "closed_at"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A status: how many requisitions have it, and the latest of them."""

    status: str
    label: str
    total: int
    rows: list[Requisition]


def columns(filters: RequisitionFilters) -> list[Column]:
    """One column per status, the latest first; a statement each and one that counts them all."""
    every = replace(filters, status="")
    counted = requisitions(every).order_by().values_list("status").annotate(Count("pk", distinct=True))
    totals = {status: n for status, *_, n in counted}
    return [
        Column(status, label, total, _rows(every, statuses, latest) if total else [])
        for status, label, statuses, latest in COLUMNS
        for total in [sum(totals.get(one, 0) for one in statuses)]
    ]


def beside(status: str) -> tuple[str, str]:
    """The columns left and right of where this status stands; blank at the ends."""
    order = [column for column, *_ in COLUMNS]
    here = next(n for n, (_, _, statuses, _) in enumerate(COLUMNS) if status in statuses)
    return (order[here - 1] if here else "", order[here + 1] if here + 1 < len(order) else "")


def _rows(filters: RequisitionFilters, statuses: Sequence[str], latest: str) -> list[Requisition]:
    found = requisitions(filters).filter(status__in=statuses)
    return list(found.order_by(F(latest).desc(nulls_last=True), "-pk")[:CARDS])
