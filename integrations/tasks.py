from contextlib import suppress

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from crm.kernel.jobs import WorkspaceTask, enqueue
from crm.kernel.tenancy import workspace_scope
from crm.queries import due
from integrations.actions import (
    connections,
    deliveries,
    inbound,
    merges,
    pushes,
    subscriptions,
    syncs,
    undoing,
    webhook_deliveries,
    webhooks,
)
from integrations.models import Connection, Webhook
from integrations.providers.base import Retryable
from integrations.queries.connections import menders


class UnscopedTask(WorkspaceTask):
    """A task that calls the network and opens its own short scopes."""

    abstract = True
    scoped = False


@shared_task(name="integrations.pull", base=UnscopedTask)
def pull(*, workspace_id: int, sync_run_id: int, **_: object) -> None:
    syncs.pull(workspace_id=workspace_id, sync_run_id=sync_run_id)


@shared_task(name="integrations.check_connection", base=UnscopedTask)
def check_connection(*, workspace_id: int, connection_id: int, **_: object) -> None:
    connections.check(workspace_id=workspace_id, connection_id=connection_id)


@shared_task(name="integrations.subscribe_webhooks", base=UnscopedTask)
def subscribe_webhooks(*, workspace_id: int, connection_id: int, **_: object) -> None:
    subscriptions.subscribe(workspace_id=workspace_id, connection_id=connection_id)


@shared_task(name="integrations.apply_webhooks", base=UnscopedTask)
def apply_webhooks(*, workspace_id: int, connection_id: int, **_: object) -> None:
    inbound.apply_waiting(workspace_id=workspace_id, connection_id=connection_id)


@shared_task(name="integrations.check_push", base=UnscopedTask)
def check_push(*, workspace_id: int, push_id: int, **_: object) -> None:
    # The reason stands on the page by now, and the sweeper asks again.
    with suppress(Retryable):
        pushes.check(workspace_id=workspace_id, push_id=push_id)


@shared_task(name="integrations.deliver_push", base=UnscopedTask)
def deliver_push(*, workspace_id: int, push_id: int, **_: object) -> None:
    deliveries.deliver(workspace_id=workspace_id, push_id=push_id)


@shared_task(name="integrations.undo_push", base=UnscopedTask)
def undo_push(*, workspace_id: int, push_id: int, **_: object) -> None:
    undoing.run(workspace_id=workspace_id, push_id=push_id)


@shared_task(name="integrations.start_due_syncs")
def start_due_syncs(**_: object) -> None:
    """Due connections begin, and runs whose worker died go on."""
    for workspace_id in due.workspaces("integrations_due_syncs"):
        with workspace_scope(workspace_id):
            syncs.start_due(timezone.now())


@shared_task(name="integrations.wake_pushes")
def wake_pushes(**_: object) -> None:
    for workspace_id in due.workspaces("integrations_due_pushes"):
        with workspace_scope(workspace_id):
            pushes.wake()


@shared_task(name="integrations.wake_webhooks")
def wake_webhooks(**_: object) -> None:
    for workspace_id in due.workspaces("integrations_due_webhooks"):
        with workspace_scope(workspace_id):
            inbound.wake()


@shared_task(name=merges.SUBSCRIBER, base=WorkspaceTask)
def follow_merges(**_: object) -> None:
    """Two records of a person became one, or two again."""
    merges.follow()


@shared_task(name=webhooks.SUBSCRIBER, base=WorkspaceTask)
def queue_webhooks(**_: object) -> None:
    """Write deliveries for the events that wait; a full batch goes on in the next task."""
    if webhooks.queue_waiting() >= webhooks.BATCH:
        enqueue(webhooks.SUBSCRIBER)


@shared_task(name=webhooks.DELIVER, base=UnscopedTask)
def deliver_webhooks(*, workspace_id: int, **_: object) -> None:
    webhook_deliveries.deliver_due(workspace_id=workspace_id)


@shared_task(name="integrations.wake_deliveries")
def wake_deliveries(**_: object) -> None:
    for workspace_id in due.workspaces("integrations_due_deliveries"):
        with workspace_scope(workspace_id):
            enqueue(webhooks.DELIVER)


@shared_task(name="integrations.tell_attention", base=UnscopedTask, autoretry_for=(OSError,), max_retries=5)
def tell_attention(*, workspace_id: int, connection_id: int, **_: object) -> None:
    """Tell whoever made the connection, and the owners, what is wrong and how to mend it."""
    with workspace_scope(workspace_id):
        connection = Connection.objects.select_related("workspace").filter(pk=connection_id).first()
        if connection is None or not connection.attention:
            return
        path = reverse("integrations:connection", args=[connection.workspace.slug, connection.pk])
        context = {"connection": connection, "link": settings.BASE_URL + path}
        text = render_to_string("emails/connection_attention.txt", context)
        to = menders(connection)
    for address in to:
        EmailMessage(subject=f"“{connection}” needs attention", body=text, to=[address]).send()


@shared_task(name="integrations.tell_webhook_off", base=UnscopedTask, autoretry_for=(OSError,), max_retries=5)
def tell_webhook_off(*, workspace_id: int, webhook_id: int, **_: object) -> None:
    """Tell whoever made the webhook that it was switched off."""
    with workspace_scope(workspace_id):
        asked = Webhook.objects.select_related("created_by", "workspace")
        webhook = asked.filter(pk=webhook_id).exclude(created_by=None).first()
        if webhook is None or webhook.created_by is None:
            return
        path = reverse("integrations:webhook", args=[webhook.workspace.slug, webhook.pk])
        context = {"webhook": webhook, "link": settings.BASE_URL + path}
        text = render_to_string("emails/webhook_off.txt", context)
        to = webhook.created_by.email
    EmailMessage(subject=f"The webhook “{webhook}” is switched off", body=text, to=[to]).send()
