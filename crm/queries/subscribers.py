"""Who is told about a kind of event: everybody's subscribers, and those this workspace added."""

from collections.abc import Collection

from django.conf import settings

from crm.models import EventSubscription


def subscribers_of(kinds: Collection[str]) -> dict[str, list[str]]:
    """Task names by kind; a kind nobody listens to is left out."""
    told = {
        kind: list(settings.EVENT_SUBSCRIBERS[kind]) for kind in kinds if kind in settings.EVENT_SUBSCRIBERS
    }
    added = EventSubscription.objects.filter(kind__in=kinds).order_by("subscriber")
    for kind, subscriber in added.values_list("kind", "subscriber"):
        told.setdefault(kind, []).append(subscriber)
    return told
