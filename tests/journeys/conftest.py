from collections.abc import Callable
from typing import Any

import pytest

from crm.models import User, Workspace
from journeys.actions import journeys
from journeys.actions.mailboxes import set_pace
from journeys.models import Journey
from tests.factories.journeys import TemplateFactory, document

Publish = Callable[..., Journey]


@pytest.fixture
def publish(scope: Workspace, grace: User) -> Publish:
    """Publishes a journey with these steps; the template “hello” is there, and no pace slows the test."""
    TemplateFactory.create(key="hello")
    for sender in (None, grace):
        set_pace(sender=sender, daily_limit=100_000, spacing_seconds=0)

    def make(*steps: dict[str, Any], **more: Any) -> Journey:
        draft = journeys.save_draft(document=document(*steps, **more), by=grace)
        journeys.publish(journey=draft, by=grace)
        return Journey.objects.get(pk=draft.pk)

    return make
