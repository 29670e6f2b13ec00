"""Messages are queued here, whoever writes them: a journey, a newsletter or a recruiter."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crm.actions import events, ownership, rowsets
from crm.actions.events import NewEvent
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, Message, User
from crm.policies import mail_text
from crm.policies.mail_format import LARGEST_HTML, one_line, plain_address
from crm.policies.reachability import SENTENCES
from crm.queries import reachability

LONGEST_CHAIN = 20


class NotReachable(DomainError):
    """This person cannot be written to."""

    code = "not_reachable"


class NothingToSay(DomainError):
    """A message needs a subject and a text."""


class NotUnclear(DomainError):
    """What became of this mail is known already."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A rendered mail for one person. Equal keys are the same mail: it is queued once.

    One body is enough; the other is made from it. Footer, tracking and headers are added on delivery.
    """

    candidate_id: int | None
    to_address: str
    subject: str
    body_text: str = ""
    body_html: str = ""
    sender_id: int | None = None
    kind: str = Message.Kind.JOURNEY
    topic: str = ""
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    in_reply_to_id: int | None = None
    is_clean: bool = False  # the HTML went through mail_text.clean_outgoing already
    calendar: str = ""
    layout: str = ""


@transaction.atomic
def queue_many(drafts: Sequence[NewMessage]) -> list[Message]:
    """Queue rendered mails; a key that was queued before gives back its message and sends nothing twice."""
    ids = queue_rows(drafts)
    stored = Message.objects.in_bulk(list(ids.values()))
    return [stored[ids[draft.key]] for draft in drafts]


@transaction.atomic
def queue_rows(drafts: Sequence[NewMessage]) -> dict[uuid.UUID, int]:
    """The same for thousands: one statement, and only the ids by key come back."""
    if not drafts:
        return {}
    parents = Message.objects.in_bulk({draft.in_reply_to_id for draft in drafts if draft.in_reply_to_id})
    new_ids = rowsets.new_ids(Message, len(drafts))
    rows = [
        _row(draft, parents.get(draft.in_reply_to_id or 0)) | {"id": pk}
        for draft, pk in zip(drafts, new_ids, strict=True)
    ]
    added = rowsets.insert(Message, rows)
    enqueue("crm.deliver_messages")
    if added == len(drafts):
        return {draft.key: pk for draft, pk in zip(drafts, new_ids, strict=True)}
    known = Message.objects.filter(key__in=[draft.key for draft in drafts])
    return dict(known.values_list("key", "pk"))


@transaction.atomic
def write(
    *, candidate: Candidate, subject: str, text: str, by: User | None, in_reply_to: Message | None = None
) -> Message:
    """A recruiter's own mail to one person. Refuses who asked to be left alone and who has no address."""
    if not subject.strip() or not text.strip():
        raise NothingToSay
    found = reachability.reasons_for([candidate], now=timezone.now())[candidate.pk]
    if in_reply_to and in_reply_to.direction == Message.Direction.IN:
        found = [reason for reason in found if reason != "no_basis"]
    if found:
        raise NotReachable(SENTENCES[found[0]], fields={"candidate": found[0]})
    if in_reply_to is None:
        ownership.check(candidate=candidate, by=by)
    draft = NewMessage(
        candidate_id=candidate.pk,
        to_address=candidate.email,
        subject=subject,
        body_text=text,
        sender_id=by.pk if by else None,
        kind=Message.Kind.ONE_TO_ONE,
        in_reply_to_id=in_reply_to.pk if in_reply_to else None,
    )
    return queue_many([draft])[0]


def _row(draft: NewMessage, parent: Message | None) -> dict[str, Any]:
    html = draft.body_html
    if not draft.is_clean:
        html = mail_text.clean_outgoing(html or mail_text.html_of(draft.body_text))
    answers_them = parent is not None and parent.direction == Message.Direction.IN
    size = len(html.encode())
    is_too_large = size > LARGEST_HTML
    now = timezone.now()
    return _blank() | {
        "key": draft.key,
        "candidate_id": draft.candidate_id,
        "kind": draft.kind,
        "topic": draft.topic,
        "sender_id": draft.sender_id,
        "to_address": plain_address(draft.to_address) or one_line(draft.to_address)[:400],
        "subject": mail_text.honest_subject(one_line(draft.subject), answers_them=answers_them)[:500],
        "body_text": draft.body_text or mail_text.text_of(html),
        "body_html": html,
        "calendar": draft.calendar,
        "layout": draft.layout,
        "rfc_message_id": f"<{draft.key.hex}.{current_workspace_id()}@{settings.MAIL_DOMAIN}>",
        "in_reply_to_id": parent.pk if parent else None,
        "references": " ".join(_chain(parent)) if parent else "",
        "state": (Message.State.FAILED if is_too_large else Message.State.QUEUED).value,
        "failure": f"The mail is {size // 1000} kB; at most 100 kB arrive whole." if is_too_large else "",
        "due_at": now,
        "created_at": now,
    }


@cache
def _blank() -> dict[str, Any]:
    """An outgoing message before anything is written into it: every column, at its default."""
    blank = Message(direction=Message.Direction.OUT.value)
    fields = [field for field in Message._meta.concrete_fields if field.name != "workspace"]
    return {str(field.column): getattr(blank, field.attname) for field in fields}


def _chain(parent: Message) -> list[str]:
    """The conversation so far for mail programs: where it began and its latest messages."""
    ids = [*parent.references.split(), *([parent.rfc_message_id] if parent.rfc_message_id else [])]
    return ids if len(ids) <= LONGEST_CHAIN else [ids[0], *ids[-(LONGEST_CHAIN - 1) :]]


@transaction.atomic
def confirm_sent(*, message: Message, by: User) -> Message:
    """Somebody made sure that a mail of unknown outcome arrived. Refuses any other state."""
    locked = _unclear(message)
    locked.state, locked.failure = Message.State.SENT, ""
    locked.sent_at = locked.sent_at or timezone.now()
    locked.save(update_fields=["state", "failure", "sent_at"])
    data = {"message": locked.pk, "kind": locked.kind, "topic": locked.topic, "settled": "by_hand"}
    events.record("message.sent", candidate=locked.candidate, by=by, data=data)
    return locked


@transaction.atomic
def send_again(*, message: Message, by: User) -> Message:
    """Somebody made sure that the mail did not arrive: it is queued once more, under the same key."""
    locked = _unclear(message)
    locked.state, locked.failure, locked.due_at = Message.State.QUEUED, "", timezone.now()
    locked.attempt += 1  # whoever still holds the old attempt writes nothing
    locked.save(update_fields=["state", "failure", "due_at", "attempt"])
    data = {"message": locked.pk, "kind": locked.kind, "topic": locked.topic}
    events.record("message.requeued", candidate=locked.candidate, by=by, data=data)
    enqueue("crm.deliver_messages")
    return locked


@transaction.atomic
def cancel(*, message_ids: Collection[int], code: str) -> list[int]:
    """Take these out of the queue and say why; gives back those that had not been claimed."""
    waiting = Message.objects.filter(pk__in=message_ids, state=Message.State.QUEUED)
    rows = list(waiting.select_for_update().order_by("pk"))
    ids = [row.pk for row in rows]
    Message.objects.filter(pk__in=ids).update(state=Message.State.CANCELED, failure=code, lease_until=None)
    events.record_many(
        NewEvent(
            "message.canceled",
            row.candidate_id,
            data={"message": row.pk, "kind": row.kind, "topic": row.topic, "code": code},
        )
        for row in rows
    )
    return ids


@transaction.atomic
def dismiss(*, message: Message, by: User) -> None:
    """Take a mail that did not arrive off the list of troubles; nothing else about it changes."""
    Message.objects.filter(pk=message.pk).update(settled_at=timezone.now(), settled_by=by)


def _unclear(message: Message) -> Message:
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.state not in (Message.State.UNKNOWN, Message.State.FAILED):
        raise NotUnclear
    return locked
