"""A template mailed to whoever wrote it, filled in for somebody else: nobody but its writer gets it."""

import uuid

from crm.actions import messages
from crm.actions.messages import NewMessage
from crm.kernel.errors import DomainError
from crm.models import Message, User
from journeys.models import Template
from journeys.queries import previews


class CannotBeFilledIn(DomainError):
    """The template cannot be filled in for this person."""

    code = "missing_value"


def send(*, template: Template, candidate_id: int, by: User) -> Message:
    """Mail the variant this person would get to `by`. Refuses what would not go out either."""
    shown = previews.preview(template, candidate_id, by, exactly=True)
    if shown.mail is None:
        raise CannotBeFilledIn(shown.fault)
    if shown.mail.missing:
        raise CannotBeFilledIn(f"Missing for this person: {', '.join(shown.mail.missing)}.")
    draft = NewMessage(
        candidate_id=None,
        to_address=by.email,
        subject=f"[Test] {shown.mail.subject}",
        body_text=shown.mail.text,
        body_html=shown.mail.html,
        is_clean=True,
        sender_id=by.pk,
        kind=Message.Kind.SERVICE,
        layout=shown.variant.layout,
        key=uuid.uuid4(),
    )
    return messages.queue_many([draft])[0]
