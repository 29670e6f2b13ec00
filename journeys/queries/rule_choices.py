"""What the rule builder offers about journeys and their mails (settings.RULE_CHOICES)."""

from django.utils.translation import gettext as _

from journeys.models import Journey
from journeys.policies import editing
from journeys.policies.file_format import SENDING_TYPES

Options = list[tuple[str, str]]


def journeys() -> Options:
    """Every journey, by name."""
    rows = Journey.objects.order_by("name", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def mails() -> Options:
    """Any message, any of one journey, or one step of it: "", "7", "7:thanks"."""
    found: Options = [("", _("any message"))]
    for journey in Journey.objects.select_related("version").order_by("name", "pk"):
        found.append((str(journey.pk), journey.name))
        document = journey.version.definition if journey.version else journey.draft
        sending = [spot.step for spot in editing.spots(document) if spot.step.get("type") in SENDING_TYPES]
        found += [(f"{journey.pk}:{step['id']}", f"{journey.name}, {step['id']}") for step in sending]
    return found
