"""Short mails that answer what somebody just did on a public page: please confirm, your place, tomorrow."""

import uuid
from dataclasses import dataclass

from crm.actions import messages
from crm.actions.messages import NewMessage
from crm.models import Message


@dataclass(frozen=True, slots=True)
class ServiceMail:
    """What it says, to whom. Equal keys are the same mail."""

    to_address: str
    subject: str
    text: str
    key: uuid.UUID
    candidate_id: int | None = None
    calendar: str = ""
    topic: str = ""


def queue(mails: list[ServiceMail]) -> list[Message]:
    """Queue them; they go out within seconds, and only an address mail must not go to keeps one back."""
    return messages.queue_many(
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
