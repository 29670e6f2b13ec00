"""Short mails that answer what somebody just did on a public page: please confirm, your place, tomorrow."""

import uuid
from dataclasses import dataclass

from crm.actions import messages
from crm.actions.messages import NewMessage
from crm.models import Message
from crm.policies.languages import PLAIN


@dataclass(frozen=True, slots=True)
class ServiceMail:
    """What it says, to whom, in which language. Equal keys are the same mail."""

    to_address: str
    subject: str
    text: str
    key: uuid.UUID
    candidate_id: int | None = None
    calendar: str = ""
    topic: str = ""
    language: str = PLAIN


def queue(mails: list[ServiceMail]) -> list[Message]:
    """Queue them; they go out within seconds, and only an address mail must not go to keeps one back."""
    queued = messages.queue_many(
        [
            NewMessage(
                candidate_id=mail.candidate_id,
                to_address=mail.to_address,
                subject=mail.subject,
                body_text=mail.text,
                kind=Message.Kind.SERVICE,
                key=mail.key,
                calendar=mail.calendar,
                topic=mail.topic,
            )
            for mail in mails
        ]
    )
    for language in {mail.language for mail in mails} - {PLAIN}:
        keys = [mail.key for mail in mails if mail.language == language]
        Message.objects.filter(key__in=keys).update(language=language)
    return queued
