from collections import defaultdict
from collections.abc import Collection

from django.db.models import QuerySet

from crm.models import Message

# What a conversation shows at most; older mail is on the person's timeline.
LONGEST_THREAD = 60


def all_messages() -> QuerySet[Message]:
    """Every message of the workspace with its person and its writer."""
    return Message.objects.select_related("candidate", "sender")


def messages_of(candidate_ids: Collection[int]) -> dict[int, list[Message]]:
    """All mail to and from these people, oldest first, by person. One statement."""
    found: dict[int, list[Message]] = defaultdict(list)
    rows = Message.objects.filter(candidate_id__in=candidate_ids).select_related("sender")
    for message in rows.order_by("created_at", "pk"):
        if message.candidate_id is not None:
            found[message.candidate_id].append(message)
    return found


def conversation(message: Message) -> list[Message]:
    """The rest of the mail with the same person, the newest first; nothing for a stranger."""
    if message.candidate_id is None:
        return []
    rows = Message.objects.filter(candidate_id=message.candidate_id).exclude(state=Message.State.CANCELED)
    others = rows.exclude(pk=message.pk).select_related("sender")
    return list(others.order_by("-created_at", "-pk")[:LONGEST_THREAD])
