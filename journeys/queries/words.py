"""The words of messages for many people: which template, with which values, and what is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from crm.queries import meetings
from journeys.policies import job_matching, rendering
from journeys.policies.batches import Item
from journeys.policies.file_format import StepType
from journeys.policies.rendering import Content, Rendered
from journeys.policies.scheduler import Decision, Verdict
from journeys.queries import merge_values, openings, readers, templates
from journeys.queries.templates import Variant


@dataclass(frozen=True, slots=True)
class Wording:
    """The words one mail was made from."""

    template_id: int
    content: Content
    pieces: tuple[int, ...]


class Words:
    """What the messages of these items say; everything is read once. Items that send nothing are left out."""

    def __init__(self, items: Sequence[Item], form_url: Callable[[Item], str]) -> None:
        self.items = [item for item in items if item.step and item.step.is_sending]
        self.form_url = form_url
        ids = {item.person.id for item in self.items}
        self.library = templates.library({item.step.template for item in self.items if item.step})
        self.people = merge_values.candidate_values(ids) if ids else {}
        self.senders = merge_values.sender_values({item.sender_id for item in self.items}) if ids else {}
        self.readers = readers.readers(ids, self.library.segment_ids)
        self.calls = meetings.booking_urls(
            [(item.person.id, item.sender_id) for item in self.items if item.sender_id]
        )
        self.jobs = self._find_jobs()

    def topic_of(self, item: Item) -> str:
        """What the message is about, as people may decline it: the step's word, else the template's."""
        assert item.step is not None
        variant = self.variant(item)
        return item.step.topic or (variant.topic if variant else "")

    def layout_of(self, item: Item) -> str:
        """The frame around the words."""
        variant = self.variant(item)
        return variant.layout if variant else ""

    def has_no_job(self, item: Item) -> bool:
        """True for a job alert when nothing open fits the person."""
        assert item.step is not None
        return item.step.type is StepType.JOB_ALERT and not self.jobs.get(item.person.id)

    def written(self, item: Item) -> Rendered | Decision:
        """The filled in template, or why it cannot be sent."""
        assert item.step is not None
        variant = self.variant(item)
        if variant is None or not variant.has_footer:
            return _held(f"The template “{item.step.template}” cannot be sent.")
        content = self.library.content_of(variant, self.readers[item.person.id])
        try:
            rendered = rendering.render(content, self._values(item))
        except rendering.Unrenderable as broken:
            return _held(f"The template cannot be filled in: {broken}")
        return _held(f"Missing: {', '.join(rendered.missing)}") if rendered.missing else rendered

    def wording(self, item: Item, rendered: Rendered) -> Wording:
        """What was said to this person, for keeping: the template, its words, the pieces in them."""
        variant = self.variant(item)
        assert variant is not None
        content = self.library.content_of(variant, self.readers[item.person.id])
        return Wording(variant.id, content, rendered.pieces)

    def variant(self, item: Item) -> Variant | None:
        """The template row this person gets."""
        assert item.step is not None
        return self.library.closest(item.step.template, self.readers[item.person.id])

    def _values(self, item: Item) -> dict[str, Any]:
        assert item.step is not None
        values: dict[str, Any] = {"journey": {"name": item.plan.journey.name}}
        values |= self.people[item.person.id] | self.senders[item.sender_id]
        if item.step.type is StepType.CHECK_IN:
            values["form"] = {"url": self.form_url(item)}
        values["booking"] = {"url": self.calls.get((item.person.id, item.sender_id or 0))}
        values["jobs"] = job_matching.told(self.jobs.get(item.person.id, [])) or None
        return values

    def _find_jobs(self) -> dict[int, list[job_matching.Match]]:
        wanted = {
            item.person.id: item.step.limit for item in self.items if item.step and self._tells_jobs(item)
        }
        if not wanted:
            return {}
        open_now, seekers = openings.openings(), openings.seekers(wanted)
        return {pk: job_matching.matches(seekers[pk], open_now, limit) for pk, limit in wanted.items()}

    def _tells_jobs(self, item: Item) -> bool:
        variant = self.variant(item)
        return variant is not None and "jobs" in variant.content.body


def _held(sentence: str) -> Decision:
    return Decision(Verdict.HOLD, "missing_value", sentence[:300])
