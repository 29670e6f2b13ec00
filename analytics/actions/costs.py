from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from analytics.models import Cost
from analytics.policies.cost_files import Entry
from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Event, User

_FIELDS = ("origin", "category", "amount_cents", "incurred_on", "note")


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
def add_many(*, entries: Sequence[Entry], by: User | None) -> int:
    """Enter what a file says and return how many were new: the same file twice is entered once."""
    days = {entry.incurred_on for entry in entries}
    known = Counter(Entry(*row) for row in Cost.objects.filter(incurred_on__in=days).values_list(*_FIELDS))
    missing = list((Counter(entries) - known).elements())
    Cost.objects.bulk_create(Cost(**{name: getattr(entry, name) for name in _FIELDS}) for entry in missing)
    if missing:
        cents = sum(entry.amount_cents for entry in missing)
        events.record("cost.imported", by=by, data={"costs": len(missing), "cents": cents})
    return len(missing)


@transaction.atomic
def remove(*, cost: Cost, by: User | None) -> Event:
    """Take an entered cost out again; the event keeps what it said, so that it can be put back."""
    said = {"cost": cost.pk, "origin": cost.origin, "cents": cost.amount_cents}
    said |= {"category": cost.category, "on": cost.incurred_on.isoformat(), "note": cost.note}
    cost.delete()
    fact = events.NewEvent("cost.removed", actor_id=by.pk if by else None, data=said)
    [removal] = events.record_many([fact])
    return removal


@transaction.atomic
def put_back(*, removal: Event, by: User | None) -> None:
    """Enter again what was taken out. Twice is once."""
    ref, said = f"cost.removed:{removal.pk}", removal.data
    if events.record("cost.put_back", by=by, ref=ref, data={"removal": removal.pk}) is None:
        return
    Cost.objects.create(
        origin=said["origin"],
        category=said["category"],
        amount_cents=said["cents"],
        incurred_on=date.fromisoformat(said["on"]),
        note=said["note"],
    )
