"""The mails of a batch: which words, for whom, with which values; queued in one go."""

import uuid
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from crm.actions import messages
from crm.actions.messages import NewMessage
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, Message
from journeys.models import StepRun
from journeys.policies import job_matching, rendering
from journeys.policies.file_format import StepType
from journeys.policies.rendering import Rendered
from journeys.policies.scheduler import Decision, Verdict, no_match
from journeys.policies.walking import Batch, Item
from journeys.queries import merge_values, openings, templates
from journeys.queries.templates import Variant

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
        self.items = [item for item in batch.items if item.step and item.step.is_sending]
        ids = {item.person.id for item in self.items}
        self.library = templates.library({item.step.template for item in self.items if item.step})
        self.people = merge_values.candidate_values(ids) if ids else {}
        self.senders = merge_values.sender_values({item.sender_id for item in self.items}) if ids else {}
        self.languages = dict(Candidate.objects.filter(pk__in=ids).values_list("pk", "locale")) if ids else {}
        self.threads = _threads(self.items)
        self.jobs = self._find_jobs()
        self.written: dict[int, Rendered] = {}
        self.drafts: list[tuple[NewMessage, dict[str, Any]]] = []

    def topic_of(self, item: Item) -> str:
        """What the message is about, as people may decline it: the step's word, else the template's."""
        assert item.step is not None
        variant = self._variant(item)
        return item.step.topic or (variant.topic if variant else "")

    def write(self, item: Item) -> Decision:
        """Fill in the template for this person; a missing value or no matching job keeps it back."""
        assert item.step is not None
        variant = self._variant(item)
        if variant is None or not variant.has_footer:
            return Decision(
                Verdict.HOLD, "missing_value", f"The template “{item.step.template}” cannot be sent."
            )
        if item.step.type is StepType.JOB_ALERT and not self.jobs.get(item.person.id):
            return no_match(self.batch.state_of(item, None), self.batch.now)
        try:
            rendered = rendering.render(variant.content, self._values(item))
        except rendering.Unrenderable as broken:
            return Decision(
                Verdict.HOLD, "missing_value", f"The template cannot be filled in: {broken}"[:300]
            )
        if rendered.missing:
            names = ", ".join(rendered.missing)
            return Decision(Verdict.HOLD, "missing_value", f"Missing: {names}"[:300])
        self.written[item.enrollment.id] = rendered
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
            sender_id=item.sender_id,
            kind=Message.Kind.JOURNEY,
            topic=self.topic_of(item),
            key=self._key(item),
            in_reply_to_id=earlier[0] if earlier else None,
        )
        self.drafts.append((draft, step_run))

    def send(self) -> None:
        """Queue all messages in one statement and tell each step run its message."""
        queued = messages.queue_many([draft for draft, _ in self.drafts])
        by_key = {message.key: message.pk for message in queued}
        for draft, step_run in self.drafts:
            step_run["message_id"] = by_key.get(draft.key)

    def _variant(self, item: Item) -> Variant | None:
        assert item.step is not None
        values = self.people[item.person.id]["candidate"]
        family = str(values["role_family"]).replace(" ", "_")
        language = self.languages.get(item.person.id, "")[:2].lower() or "en"
        return self.library.closest(item.step.template, family, language)

    def _values(self, item: Item) -> dict[str, Any]:
        assert item.step is not None
        values: dict[str, Any] = {"journey": {"name": item.plan.journey.name}}
        values |= self.people[item.person.id] | self.senders[item.sender_id]
        if item.step.type is StepType.CHECK_IN:
            values["form"] = {"url": form_url(item.step.form, self._key(item))}
        values["jobs"] = job_matching.told(self.jobs.get(item.person.id, [])) or None
        return values

    def _key(self, item: Item) -> uuid.UUID:
        return message_key(item.enrollment.id, item.enrollment.step_id, item.enrollment.visit)

    def _find_jobs(self) -> dict[int, list[job_matching.Match]]:
        wanted = {
            item.person.id: item.step.limit for item in self.items if item.step and self._tells_jobs(item)
        }
        if not wanted:
            return {}
        open_now, seekers = openings.openings(), openings.seekers(wanted)
        return {pk: job_matching.matches(seekers[pk], open_now, limit) for pk, limit in wanted.items()}

    def _tells_jobs(self, item: Item) -> bool:
        variant = self._variant(item)
        return variant is not None and "jobs" in variant.content.body


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
