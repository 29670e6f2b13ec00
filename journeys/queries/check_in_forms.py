"""Check-ins: what they ask, which journeys send them, how many answered."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet

from crm.models import CustomField
from crm.policies.form_questions import Asked
from journeys.models import CheckInForm, Journey
from journeys.policies import check_in_questions
from journeys.policies.parsing import parse


def forms() -> QuerySet[CheckInForm]:
    """Every check-in with the number of its answers, by title."""
    return CheckInForm.objects.annotate(answered=Count("answers")).order_by("title", "pk")


def journeys_by_form() -> Mapping[str, list[Journey]]:
    """Per key, the journeys whose draft or running version asks it. Each file is read once."""
    found: dict[str, list[Journey]] = defaultdict(list)
    for journey in Journey.objects.select_related("version").order_by("name", "pk"):
        documents = [journey.draft] + ([journey.version.definition] if journey.version else [])
        for key in sorted({key for document in documents for key in _asked_by(document)}):
            found[key].append(journey)
    return found


def offered() -> dict[str, Asked]:
    """The fields a question may fill in this workspace."""
    return check_in_questions.offered(CustomField.objects.order_by("label", "pk"))


def _asked_by(document: Any) -> set[str]:
    journey = parse(document).journey
    return {step.form for step in journey.every_step() if step.form} if journey else set()
