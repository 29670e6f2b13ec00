"""Keeps the engagement key of people as signals arrive (specs: engagement)."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction

from crm.actions import events, rowsets
from crm.models import Candidate
from crm.policies import engagement
from crm.policies.engagement import Scale, Signal
from crm.queries.engagement import scale, signals_of

SUBSCRIBER = "crm.fold_engagement"
BATCH = 1_000


@transaction.atomic
def fold_waiting() -> int:
    """Fold the signals handed over and not yet folded, late ones at their own time; returns how many.

    A repeat counts less, and a late signal may make a newer one a repeat, so each person touched is
    folded from their signals: the same key whatever order they came in.
    """
    taken = events.take(SUBSCRIBER, limit=BATCH)
    refold(candidate_ids={event.candidate_id for event in taken if event.candidate_id is not None})
    return len(taken)


@transaction.atomic
def refold(*, candidate_ids: Collection[int]) -> None:
    """Compute the key and the last signals of these people from their events. Four statements."""
    # Locked first: a fold that waited for another one reads the events that one committed.
    locked = Candidate.objects.select_for_update(no_key=True).filter(pk__in=candidate_ids).order_by("pk")
    ids = list(locked.values_list("pk", flat=True))
    signals, scored = signals_of(ids), scale()
    rowsets.update(Candidate, [{"id": pk, **_summary(signals.get(pk, []), scored)} for pk in ids])


def _summary(signals: Sequence[Signal], scored: Scale) -> dict[str, Any]:
    replies = [signal.at for signal in signals if signal.kind == "message.replied"]
    return {
        "engagement_key": engagement.key_of(signals, scored),
        "last_engaged_at": max((signal.at for signal in signals), default=None),
        "last_replied_at": max(replies, default=None),
    }
