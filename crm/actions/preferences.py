"""What a person chooses on their own page. Their word wins over every journey and every recruiter."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.models import Candidate
from crm.policies.topics import TOPICS


@transaction.atomic
def choose(
    *, candidate: Candidate, topics: Collection[str], gap_days: int | None, not_before: date | None
) -> None:
    """Store what to write about, how often and from when; topics we never offered stay as they were."""
    locked = Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    declined = [topic for topic in TOPICS if topic not in topics]
    unknown = [topic for topic in locked.topics_declined if topic not in TOPICS]
    Candidate.objects.filter(pk=candidate.pk).update(
        topics_declined=sorted({*declined, *unknown}),
        preferred_gap_days=gap_days,
        not_before=not_before,
        updated_at=timezone.now(),
    )
    data = {"declined": declined, "gap_days": gap_days, "not_before": str(not_before) if not_before else None}
    events.record("candidate.preferences_chosen", candidate=candidate, data=data)
