"""A template as one person would read it."""

from crm.models import User
from journeys.policies import job_matching
from journeys.policies.rendering import Content, Rendered, render
from journeys.queries import merge_values, openings


def preview(content: Content, candidate_id: int, sender: User) -> Rendered:
    """The mail this person would get from this sender now; what is missing is named."""
    values = {"journey": {"name": "this journey"}, "form": {"url": "https://example.com/questions"}}
    matches = job_matching.matches(openings.seekers([candidate_id])[candidate_id], openings.openings(), 2)
    values |= merge_values.candidate_values([candidate_id])[candidate_id]
    values |= merge_values.sender_values([sender.pk])[sender.pk]
    return render(content, values | {"jobs": job_matching.told(matches) or None})
