"""Webhooks of an ATS: verified, stored once, then what they name is read again from the API."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.actions import rowsets
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from integrations.actions import connections
from integrations.actions.pulls import apply_with_parents
from integrations.actions.records import removals
from integrations.models import Connection, InboundWebhook
from integrations.providers import registry
from integrations.providers.base import Hint, VendorFault

MOST_ATTEMPTS = 5
BATCH = 50
MOST_BATCHES = 20
# A burst is one hint: what was lost with its worker waits for the sweeper, and no longer than this.
HINT_SECONDS = 20


class WrongSignature(DomainError):
    """The webhook is not signed with our secret."""

    code = "wrong_signature"
    status = 401


class NoSecret(DomainError):
    """Nobody entered the secret these webhooks are signed with."""

    code = "no_secret"
    # Not 401: some vendors never send again what was answered so, and this is our fault, not theirs.
    status = 503


def receive(*, connection: Connection, body: bytes, headers: Mapping[str, str]) -> bool:
    """Store the webhook and hint a worker; False when it was stored before. Refuses a wrong signature.

    One statement in the scope's own transaction: a savepoint would be asked for as often.
    """
    vendor = registry.vendor(connection.kind)
    if not (connection.credentials or {}).get(vendor.hook_secret):
        raise NoSecret
    connector = registry.connector(connection.kind, connections.access_of(connection))
    if not connector.signature_is_valid(body, headers):
        raise WrongSignature
    hint = connector.hint(body, headers)
    digest = hashlib.sha256(hint.event_id.encode() if hint.event_id else body).hexdigest()
    row = {
        "connection_id": connection.pk,
        "digest": digest,
        "action": hint.action,
        "body": "\\x" + body.hex(),
        "headers": {name: headers[name] for name in vendor.hook_headers if name in headers},
        "received_at": timezone.now(),
        "attempts": 0,
        "failure": "",
    }
    is_new = bool(rowsets.insert(InboundWebhook, [row]))
    if is_new and cache.add(_hinted(connection.pk), 1, timeout=HINT_SECONDS):
        enqueue("integrations.apply_webhooks", connection_id=connection.pk)
    return is_new


def apply_waiting(*, workspace_id: int, connection_id: int, patience: float = 30.0) -> int:
    """Read again what the waiting webhooks name, until none waits; returns how many were settled.

    Several hints about one object are one read. What cannot be read now waits for the sweeper.
    """
    # From here on a new webhook hints another worker; those before it are claimed below.
    cache.delete(_hinted(connection_id))
    settled = 0
    for _ in range(MOST_BATCHES):
        batch = _settle(workspace_id, connection_id, patience)
        settled += batch
        if not batch:
            return settled
    with workspace_scope(workspace_id):
        enqueue("integrations.apply_webhooks", connection_id=connection_id)
    return settled


def _settle(workspace_id: int, connection_id: int, patience: float) -> int:
    """One batch of them; 0 when none waits or the ATS cannot be asked now."""
    with workspace_scope(workspace_id):
        connection = Connection.objects.get(pk=connection_id)
        access = connections.access_of(connection)
        waiting = _claim(connection)
    if not waiting:
        return 0
    with closing(registry.connector(connection.kind, access, lane="push", patience=patience)) as connector:
        hints = {hook.pk: connector.hint(bytes(hook.body), hook.headers) for hook in waiting}
        try:
            for kind, ids in _wanted(hints.values()).items():
                for page in connector.reread(kind, ids):
                    apply_with_parents(workspace_id, connection, connector, page)
        except VendorFault as fault:
            with workspace_scope(workspace_id):
                InboundWebhook.objects.filter(pk__in=hints).update(failure=fault.sentence[:300])
            return 0
    with workspace_scope(workspace_id):
        _forget_removed(connection, hints.values())
        # Its digest keeps a replay away; what it said of people is not needed any more.
        settled = InboundWebhook.objects.filter(pk__in=hints)
        settled.update(applied_at=timezone.now(), failure="", body=b"", headers={})
    return len(hints)


@transaction.atomic
def wake() -> None:
    """Hint workers again about webhooks nobody settled yet."""
    waiting = InboundWebhook.objects.filter(applied_at=None, attempts__lt=MOST_ATTEMPTS)
    for connection_id in set(waiting.values_list("connection_id", flat=True)):
        enqueue("integrations.apply_webhooks", connection_id=connection_id)


def _hinted(connection_id: int) -> str:
    return f"ats:{connection_id}:hinted"


def _claim(connection: Connection) -> list[InboundWebhook]:
    waiting = InboundWebhook.objects.filter(
        connection=connection, applied_at=None, attempts__lt=MOST_ATTEMPTS
    ).order_by("pk")
    claimed = list(waiting.select_for_update(skip_locked=True)[:BATCH])
    InboundWebhook.objects.filter(pk__in=[hook.pk for hook in claimed]).update(attempts=F("attempts") + 1)
    return claimed


def _wanted(hints: Iterable[Hint]) -> dict[str, list[str]]:
    wanted: dict[str, dict[str, None]] = defaultdict(dict)
    for hint in hints:
        for kind, external_id in hint.reread:
            wanted[kind][external_id] = None
    return {kind: list(wanted[kind]) for kind in ("requisition", "candidate", "application") if wanted[kind]}


def _forget_removed(connection: Connection, hints: Iterable[Hint]) -> None:
    """What is gone there loses its reference and says so on the timeline; the person stays here."""
    for hint in hints:
        for kind, external_id in hint.removed:
            removals.forget(connection, kind, [external_id], action=hint.action)
