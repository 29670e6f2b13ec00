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
        found += [(f"{journey.pk}:{step}", f"{journey.name}, {step}") for step in _sending(journey)]
    return found


def _sending(journey: Journey) -> list[str]:
    """The steps that write, of the version that runs and of the draft, each once."""
    documents = [journey.version.definition] if journey.version else []
    steps = [spot.step for one in (*documents, journey.draft) for spot in editing.spots(one)]
    return list(dict.fromkeys(str(step["id"]) for step in steps if step.get("type") in SENDING_TYPES))
