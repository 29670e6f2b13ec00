"""How often people hear from us about a topic, or one person about anything, where it is not the usual."""

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Candidate, User
from crm.policies.topics import TOPICS
from journeys.models import ContactBudget
from journeys.policies.pressure import Override


class UnknownTopic(DomainError):
    """There is no such topic."""

    code = "unknown_topic"


@transaction.atomic
def set_budget(
    *, candidate: Candidate | None, topic: str, numbers: Override, by: User | None
) -> ContactBudget | None:
    """Set the numbers for a topic (no candidate), a person (no topic), or both. No numbers at all takes the
    row away. The person's own choice is not touched, and wins whatever stands here.
    """
    if topic not in ("", *TOPICS) or (candidate is None and not topic):
        raise UnknownTopic(fields={"topic": f"One of {', '.join(TOPICS)}."})
    rows = ContactBudget.objects.filter(candidate=candidate, topic=topic)
    data = {"topic": topic, "gap_days": numbers.gap_days, "cap": numbers.cap, "cap_days": numbers.cap_days}
    events.record("contact_budget.set", candidate=candidate, by=by, data=data)
    if numbers == Override():
        rows.delete()
        return None
    row = rows.select_for_update().first() or ContactBudget(candidate=candidate, topic=topic)
    row.gap_days, row.cap_messages, row.cap_days = numbers.gap_days, numbers.cap, numbers.cap_days
    row.set_by, row.set_at = by, timezone.now()
    row.save()
    return row
