"""The mails of a batch: which words, for whom, with which values; queued in one go."""

import uuid
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from crm.actions import messages
from crm.actions.messages import NewMessage
from crm.kernel.tenancy import current_workspace_id
from crm.models import Message
from journeys.actions import wordings
from journeys.models import StepRun
from journeys.policies.batches import Batch, Item
from journeys.policies.rendering import Rendered
from journeys.policies.scheduler import Decision, Verdict, no_match
from journeys.queries.words import Wording, Words

_NAMESPACE = uuid.UUID("9f1f6a0e-0b0f-4d8e-9a55-0d3a8a4f7c11")
FORM_SALT = "journeys.check_in"


def message_key(enrollment_id: int, step_id: str, visit: int) -> uuid.UUID:
    """The one key the message of a step can have: queueing it twice is queueing it once."""
    return uuid.uuid5(_NAMESPACE, f"{current_workspace_id()}:{enrollment_id}:{step_id}:{visit}")


def form_url(form: str, key: uuid.UUID) -> str:
    """The page where the person answers a check-in; its token names the message that asked."""
    signer = signing.Signer(salt=FORM_SALT)
    token = signer.sign_object({"w": current_workspace_id(), "f": form, "m": str(key)})
    return f"{settings.BASE_URL}{reverse('check_in', args=[token])}"


class Post:
    """Writes and queues the messages of one batch."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.words = Words(batch.items, lambda item: form_url(_form(item), _key(item)))
        self.threads = _threads(self.words.items)
        self.written: dict[int, Rendered] = {}
        self.drafts: list[tuple[NewMessage, dict[str, Any], Wording]] = []

    def topic_of(self, item: Item) -> str:
        """What the message is about."""
        return self.words.topic_of(item)

    def write(self, item: Item) -> Decision:
        """Fill in the template for this person; a missing value or no matching job keeps it back."""
        if self.words.has_no_job(item):
            return no_match(self.batch.state_of(item, None), self.batch.now)
        outcome = self.words.written(item)
        if isinstance(outcome, Decision):
            return outcome
        self.written[item.enrollment.id] = outcome
        return Decision(Verdict.GO)

    def queue(self, item: Item, step_run: dict[str, Any]) -> None:
        """Put the written message on the list; its id lands in the step run when the list is sent."""
        rendered, earlier = self.written[item.enrollment.id], self.threads.get(item.enrollment.id)
        draft = NewMessage(
            candidate_id=item.person.id,
            to_address=item.person.email,
            subject=earlier[1] if earlier else rendered.subject,
            body_text=rendered.text,
            body_html=rendered.html,
            is_clean=True,
            sender_id=item.sender_id,
            kind=Message.Kind.NEWSLETTER if item.journey.is_campaign else Message.Kind.JOURNEY,
            topic=self.topic_of(item),
            layout=self.words.layout_of(item),
            key=_key(item),
            in_reply_to_id=earlier[0] if earlier else None,
        )
        self.drafts.append((draft, step_run, self.words.wording(item, rendered)))

    def send(self) -> None:
        """Queue all messages in one statement and tell each step run its message."""
        by_key = messages.queue_rows([draft for draft, _, _ in self.drafts])
        kept = wordings.keep([said for _, _, said in self.drafts], now=self.batch.now)
        for draft, step_run, said in self.drafts:
            step_run["message_id"] = by_key.get(draft.key)
            step_run["wording_id"] = kept[said]


def _key(item: Item) -> uuid.UUID:
    return message_key(item.enrollment.id, item.enrollment.step_id, item.enrollment.visit)


def _form(item: Item) -> str:
    return item.step.form if item.step else ""


def _threads(items: list[Item]) -> dict[int, tuple[int, str]]:
    """For steps that continue a thread: the newest message of the enrollment and its subject."""
    threaded = [item.enrollment.id for item in items if item.step and item.step.thread]
    if not threaded:
        return {}
    rows = (
        StepRun.objects.filter(enrollment_id__in=threaded, message__sent_at__isnull=False)
        .order_by("message__sent_at")
        .values_list("enrollment_id", "message_id", "message__subject")
    )
    return {enrollment: (message or 0, subject or "") for enrollment, message, subject in rows}
