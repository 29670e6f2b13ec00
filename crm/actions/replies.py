"""What a person wrote to us, kept as a Message, and what a recruiter makes of it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Greatest

from crm.actions import events
from crm.models import Candidate, Message
from crm.policies.automatic_mail import Nature
from crm.policies.received_mail import ReceivedMail


@transaction.atomic
def keep(
    *, received: ReceivedMail, answers: Message | None, how: str, nature: Nature, at: datetime
) -> Message | None:
    """Store a received mail. A human's is a reply and stops what is due; a machine's is only shown.

    None when it is here already, or is from somebody who was erased.
    """
    candidate, how = _person(received, answers, how)
    if candidate is not None and candidate.anonymized_at:
        return None
    message = _store(received, candidate, answers, how, is_automatic=nature.kind != "human")
    if message is None:
        return None
    data = {"message": message.pk, "kind": message.kind, "topic": message.topic, "match": how}
    if answers is not None:
        data["in_reply_to"] = answers.pk
    if message.is_automatic:
        events.record("message.auto_replied", candidate=candidate, at=at, data=data | {"rule": nature.rule})
    elif candidate is None:
        events.record("message.received", at=at, data=data)
    else:
        # Locked before the event, in the order of crm.actions.claims: nothing starts to this person now.
        Candidate.objects.filter(pk=candidate.pk).update(last_replied_at=Greatest("last_replied_at", at))
        events.record("message.replied", candidate=candidate, at=at, data=data | {"automatic": False})
    return message


def _person(received: ReceivedMail, answers: Message | None, how: str) -> tuple[Candidate | None, str]:
    if answers is not None and answers.candidate is not None:
        candidate = answers.candidate
        return candidate.merged_into or candidate, how
    found = Candidate.objects.filter(
        contact_points__kind="email",
        contact_points__normalized=received.from_address,
        merged_into=None,
        anonymized_at=None,
    )
    # Two people with one address: the one last written to is the likelier one.
    candidate = found.order_by("-last_contacted_at", "pk").first() if received.from_address else None
    if candidate is None and received.from_address:
        candidate = Candidate.objects.filter(email=received.from_address, merged_into=None).first()
    return candidate, "from" if candidate else ""


def _store(
    received: ReceivedMail,
    candidate: Candidate | None,
    answers: Message | None,
    how: str,
    *,
    is_automatic: bool,
) -> Message | None:
    row = Message(
        candidate=candidate,
        direction=Message.Direction.IN,
        kind=answers.kind if answers else Message.Kind.ONE_TO_ONE,
        topic=answers.topic if answers else "",
        sender_id=answers.sender_id if answers else (candidate.owner_id if candidate else None),
        from_address=received.from_address,
        to_address=(received.recipients or ("",))[0][:400],
        subject=received.subject[:500],
        body_text=received.text,
        body_html=received.html,
        rfc_message_id=received.message_id[:300],
        in_reply_to=answers,
        references=" ".join(received.references[-19:]),
        state=Message.State.RECEIVED,
        is_automatic=is_automatic,
        match=how,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the Message-ID is here already: the same mail by another way
        return None
    return row
