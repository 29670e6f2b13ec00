"""A template as one person would read it."""

from dataclasses import dataclass

from crm.models import SearchCandidate, User
from crm.queries import meetings
from journeys.models import Template
from journeys.policies import job_matching, variants
from journeys.policies.rendering import Rendered, Unrenderable, render
from journeys.policies.variants import Reader
from journeys.queries import choices, merge_values, openings, readers, templates
from journeys.queries.templates import Library, Variant


@dataclass(frozen=True, slots=True)
class Preview:
    """The filled in mail, which variant it is made from and why, or what is wrong with it."""

    mail: Rendered | None
    variant: Variant
    because: str
    fault: str = ""


def preview(template: Template, candidate_id: int, sender: User, *, exactly: bool = False) -> Preview:
    """The mail this person would get from this sender now; what is missing is named.

    `exactly` shows this row even where the person would get another variant of its key.
    """
    library = Library([template]) if exactly else templates.library([template.key])
    reader = readers.readers([candidate_id], library.segment_ids).get(candidate_id, Reader())
    variant = library.closest(template.key, reader) or templates.variant_of(template)
    if exactly:
        variant = templates.variant_of(template)
    try:
        mail = render(library.content_of(variant, reader), values_for(candidate_id, sender))
    except Unrenderable as broken:
        return Preview(None, variant, because(variant), str(broken))
    return Preview(mail, variant, because(variant))


def because(variant: Variant) -> str:
    """For whom the variant is written, in words."""
    return variants.for_whom(variant, {int(pk): name for pk, name in choices.segments()})


def values_for(candidate_id: int, sender: User) -> dict[str, object]:
    """Every value a template may ask for, for this person."""
    values: dict[str, object] = {
        "journey": {"name": "this journey"},
        "form": {"url": "https://example.com/questions"},
    }
    matches = job_matching.matches(openings.seekers([candidate_id])[candidate_id], openings.openings(), 2)
    values |= merge_values.candidate_values([candidate_id])[candidate_id]
    values |= merge_values.sender_values([sender.pk])[sender.pk]
    calls = meetings.booking_urls([(candidate_id, sender.pk)])
    values["booking"] = {"url": calls.get((candidate_id, sender.pk))}
    return values | {"jobs": job_matching.told(matches) or None}


def people(text: str, limit: int = 8) -> list[SearchCandidate]:
    """Whom to preview as: by name, the lately engaged first."""
    found = SearchCandidate.objects.order_by("-last_engaged_at", "pk")
    if text.strip():
        found = found.filter(full_name_folded__contains=text.strip().lower())
    return list(found[:limit])
