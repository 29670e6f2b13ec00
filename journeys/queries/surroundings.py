"""What a journey file may refer to in this workspace."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from crm.kernel.tenancy import current_workspace_id
from crm.models import CaptureForm, Membership, Stage
from crm.policies.rules.places import InvalidRules
from crm.queries import rules
from journeys.models import Journey
from journeys.policies.file_format import StepType
from journeys.policies.parsing import parse
from journeys.policies.pieces import keys_in
from journeys.policies.rendering import Content, fault_in, fields_of
from journeys.policies.validation import Surroundings, TemplateFacts
from journeys.queries import conditions, merge_values, person_dates, pieces, templates
from talentpools.queries import visibility


def surroundings(journey_id: int = 0) -> Surroundings:
    """The names that exist here, for checking the journey with this id (0 while it is not saved)."""
    spoken = rules.language()

    def check(tree: dict[str, Any]) -> dict[str, str]:
        try:
            rules.parse(conditions.in_journey(tree, journey_id), spoken)
        except InvalidRules as refusal:
            return refusal.fields
        return {}

    members = Membership.objects.filter(workspace_id=current_workspace_id(), deactivated_at=None)
    return Surroundings(
        journey=journey_id,
        templates=template_facts(),
        forms=set(templates.forms().values_list("key", flat=True)),
        segments=set(visibility.visible_segments(None).values_list("pk", flat=True)),
        pools=set(visibility.visible_pools(None).values_list("pk", flat=True)),
        public_forms=set(CaptureForm.objects.values_list("slug", flat=True)),
        users=set(members.values_list("user_id", flat=True)),
        fields=set(spoken.fields),
        dates=set(person_dates.date_fields()),
        stages=set(Stage.values),
        enrolls=_enrolls(leave_out=journey_id),
        check_rules=check,
    )


def template_facts() -> dict[str, TemplateFacts]:
    """What each template key needs and offers; a key's variants count together."""
    known, shelved = set(merge_values.known_fields()), pieces.keys()
    found: dict[str, TemplateFacts] = {}
    for row in templates.living():
        unknown = unknown_fields(Content(row.subject, row.body), known)
        unknown += tuple(key for key in keys_in(row.body) if key not in shelved)
        before = found.get(row.key, TemplateFacts())
        found[row.key] = TemplateFacts(
            before.can_unsubscribe and row.has_footer, (*before.unknown_fields, *unknown)
        )
    return found


def unknown_fields(content: Content, known: Collection[str]) -> tuple[str, ...]:
    """The merge fields nobody knows; a template that cannot be read is one fault."""
    if fault := fault_in(content):
        return (fault,)
    return tuple(name for name in fields_of(content) if name not in known)


def _enrolls(*, leave_out: int) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for pk, draft in Journey.objects.exclude(pk=leave_out).values_list("pk", "draft"):
        found[pk] = set()
        journey = parse(draft).journey
        for step in journey.every_step() if journey else ():
            if step.type is StepType.ENROLL and step.journey:
                found[pk].add(step.journey)
    return found
