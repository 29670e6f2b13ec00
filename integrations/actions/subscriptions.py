"""Webhooks set up in the ATS by ourselves, where the vendor has a call for it."""

from contextlib import closing
from typing import Any

from django.conf import settings
from django.db import transaction

from crm.actions import events
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import User
from integrations.actions import connections
from integrations.models import Connection
from integrations.providers import registry
from integrations.providers.base import VendorFault


@transaction.atomic
def begin(*, connection: Connection, by: User | None) -> None:
    """Ask a worker to set them up; the verdict says `subscribing` until it has."""
    verdict = {**connection.verdict, "webhooks": {"subscribing": True}}
    Connection.objects.filter(pk=connection.pk).update(verdict=verdict)
    events.record("connection.webhooks_requested", by=by, data={"connection": connection.pk})
    enqueue("integrations.subscribe_webhooks", connection_id=connection.pk)


def subscribe(*, workspace_id: int, connection_id: int, patience: float = 30.0) -> None:
    """Set the webhooks up and keep what they are signed with. Opens its own scopes: never inside one.

    Doing it again replaces those that point to us and leaves everybody else's alone.
    """
    with workspace_scope(workspace_id):
        connection = Connection.objects.get(pk=connection_id)
        access = connections.access_of(connection)
        url = f"{settings.BASE_URL}/hooks/ats/{workspace_id}/{connection.webhook_key}/"
    told: dict[str, Any] = {"ok": True}
    kept = {}
    with closing(registry.connector(connection.kind, access, lane="push", patience=patience)) as connector:
        try:
            kept = {name: text for name, text in connector.subscribe(url).items() if text}
        except VendorFault as fault:
            told = {"ok": False, "sentence": fault.sentence}
    if kept and access.vault:
        access.vault.keep(kept)
    with workspace_scope(workspace_id):
        connection = Connection.objects.select_for_update().get(pk=connection_id)
        connection.verdict = {**connection.verdict, "webhooks": told}
        connection.save(update_fields=["verdict"])
