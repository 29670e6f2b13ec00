import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from crm.models import ConsentState, EmailState
from journeys import models
from journeys.policies.file_format import FORMAT
from tests.factories.crm import CandidateFactory


class TemplateFactory(DjangoModelFactory[models.Template]):
    class Meta:
        model = models.Template

    key = factory.Sequence(lambda n: f"template-{n}")
    name = factory.LazyAttribute(lambda template: template.key)
    subject = "Hello {{ candidate.first_name }}"
    body = "Dear {{ candidate.first_name }},\n\nall well?\n\n{{ sender.first_name }}"


class ReachableFactory(CandidateFactory):
    """Somebody who may be written to."""

    email_state = EmailState.OK
    consent = ConsentState.GRANTED


class ContactBudgetFactory(DjangoModelFactory[models.ContactBudget]):
    """Numbers for a topic; a row says of whom or of what it is."""

    class Meta:
        model = models.ContactBudget

    topic = factory.Sequence(lambda n: f"topic-{n}")
    set_at = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def document(
    *steps: dict[str, Any], trigger: dict[str, Any] | None = None, **settings: Any
) -> dict[str, Any]:
    """A journey file with these steps."""
    return {
        "format": FORMAT,
        "name": settings.pop("name", "Keep in touch"),
        "trigger": trigger or {"on": "manual"},
        "settings": settings,
        "steps": list(steps),
    }


def message(step_id: str = "m1", template: str = "hello", **more: Any) -> dict[str, Any]:
    return {"id": step_id, "type": "message", "template": template, **more}
