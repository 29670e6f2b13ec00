from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from bin.local.servers import free_port
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


class Sink:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    found = Sink()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "crm.providers.smtp.ComposedBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield found
    controller.stop()
