from datetime import date

from django.db import transaction

from analytics.models import Cost
from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import User


class CostNotPositive(DomainError):
    """A cost is more than nothing."""

    code = "not_positive"


@transaction.atomic
def add(
    *, origin: str, category: str, amount_cents: int, incurred_on: date, note: str = "", by: User | None
) -> Cost:
    """Enter money spent on hiring, in the workspace's currency. Refuses nothing and less."""
    if amount_cents <= 0:
        raise CostNotPositive(fields={"amount": "More than 0."})
    cost = Cost.objects.create(
        origin=origin,
        category=category.strip(),
        amount_cents=amount_cents,
        incurred_on=incurred_on,
        note=note.strip(),
    )
    events.record("cost.added", by=by, data={"cost": cost.pk, "origin": origin, "cents": amount_cents})
    return cost


@transaction.atomic
def remove(*, cost: Cost, by: User | None) -> None:
    """Take an entered cost out again; its figures stay in the event."""
    data = {"cost": cost.pk, "origin": cost.origin, "cents": cost.amount_cents}
    cost.delete()
    events.record("cost.removed", by=by, data=data)
