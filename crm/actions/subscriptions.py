"""What a workspace wants to be told about beyond what every workspace is."""

from collections.abc import Collection

from django.db import transaction

from crm.models import EventSubscription


@transaction.atomic
def replace(*, subscriber: str, kinds: Collection[str]) -> None:
    """Hand this subscriber these kinds of events and no others, from the next event on."""
    mine = EventSubscription.objects.filter(subscriber=subscriber)
    mine.exclude(kind__in=kinds).delete()
    rows = [EventSubscription(kind=kind, subscriber=subscriber) for kind in sorted(set(kinds))]
    EventSubscription.objects.bulk_create(rows, ignore_conflicts=True)
