"""Accounts in applicant tracking systems: connect, check, pause, remove."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings as conf
from django.db import connection as db
from django.db import transaction
from django.utils import timezone

from crm.actions import events, hiring
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import current_workspace_id, workspace_scope
from crm.models import User
from integrations.models import Connection, ExternalRef, InboundWebhook, RawRecord, StageMapping, SyncRun
from integrations.providers import registry
from integrations.providers.base import Access, Check, Retryable, Vendor, VendorFault


class NameTaken(DomainError):
    """Another connection has this name."""

    code = "name_taken"
    status = 409


class MissingCredentials(DomainError):
    """The ATS cannot be reached without these."""

    code = "invalid"
    status = 400


class UnusableSetting(DomainError):
    """A setting has the wrong shape."""

    code = "invalid"
    status = 400


class HasReceipts(DomainError):
    """A connection with push receipts cannot be removed."""

    code = "has_receipts"
    status = 409


@transaction.atomic
def create(
    *, kind: str, name: str, settings: Mapping[str, Any], credentials: Mapping[str, str], by: User | None
) -> Connection:
    """A new connection, not checked yet. Refuses a kind nobody wrote and a name already in use."""
    vendor = registry.vendor(kind)
    if lacking := vendor.lacking({**settings, **credentials}):
        raise MissingCredentials(fields={vendor.place_of(name): "This is needed." for name in lacking})
    _demand_usable(vendor, settings)
    _demand_free_name(name)
    connection = Connection.objects.create(
        kind=kind,
        name=name,
        settings=dict(settings),
        credentials=_sealable(credentials),
        webhook_key=secrets.token_urlsafe(24),
        created_by=by,
    )
    events.record("connection.created", by=by, data={"connection": connection.pk, "kind": kind})
    return connection


@transaction.atomic
def update(
    *,
    connection: Connection,
    name: str | None = None,
    settings: Mapping[str, Any] | None = None,
    credentials: Mapping[str, str] | None = None,
    by: User | None,
) -> Connection:
    """Change what is given; credentials left out or blank stay as they are."""
    if name is not None and name != connection.name:
        _demand_free_name(name)
        hiring.requisitions_renamed(before=connection.name, after=name)
        connection.name = name
    if settings is not None:
        _demand_usable(registry.vendor(connection.kind), settings)
        connection.settings = dict(settings)
    if credentials:
        kept = {field: text for field, text in credentials.items() if text}
        connection.credentials = {**(connection.credentials or {}), **kept}
    connection.save()
    events.record("connection.changed", by=by, data={"connection": connection.pk})
    return connection


@transaction.atomic
def remove(*, connection: Connection, by: User | None) -> None:
    """Forget the account and every reference to it. People and their history stay."""
    if connection.pushes.exists():
        raise HasReceipts(
            f"“{connection.name}” has push receipts, which must be kept. Disconnect it instead."
        )
    events.record("connection.removed", by=by, data={"connection": connection.pk})
    hiring.requisitions_renamed(before=connection.name, after="")
    connection.delete()


@transaction.atomic
def disconnect(*, connection: Connection, forgets_payloads: bool, by: User | None) -> None:
    """Forget how to sign in and sync no more; links and receipts stay, so that it can be connected again.

    With `forgets_payloads` the records as the ATS sent them are deleted too.
    """
    pause(connection=connection, by=by)
    Connection.objects.filter(pk=connection.pk).update(
        credentials=None, verdict={}, attention=f"Disconnected on {timezone.now():%-d %B %Y}."
    )
    if forgets_payloads:
        RawRecord.objects.filter(connection=connection).delete()
        InboundWebhook.objects.filter(connection=connection).delete()
    events.record("connection.disconnected", by=by, data={"connection": connection.pk})


@transaction.atomic
def pause(*, connection: Connection, by: User | None) -> None:
    """No more syncs by themselves until somebody resumes it; a running one stops after its page."""
    now = timezone.now()
    Connection.objects.filter(pk=connection.pk).update(state=Connection.State.PAUSED, next_sync_at=None)
    running = SyncRun.objects.filter(connection=connection, state__in=["waiting", "running"])
    running.update(stop_requested_at=now)
    events.record("connection.paused", by=by, data={"connection": connection.pk})


@transaction.atomic
def resume(*, connection: Connection, by: User | None) -> None:
    """Sync by itself again, beginning now. Refused while nobody gave it anything to sign in with."""
    if not connection.credentials:
        raise MissingCredentials(f"“{connection.name}” is disconnected. Enter how to sign in first.")
    Connection.objects.filter(pk=connection.pk).update(
        state=Connection.State.CONNECTED, attention="", next_sync_at=timezone.now()
    )
    events.record("connection.resumed", by=by, data={"connection": connection.pk})


def check(*, workspace_id: int, connection_id: int, patience: float = 15.0) -> Check | VendorFault:
    """Try the credentials against the ATS and keep the verdict. Opens its own scopes: never inside one."""
    with workspace_scope(workspace_id):
        connection = Connection.objects.get(pk=connection_id)
        access = access_of(connection)
    connector = registry.connector(connection.kind, access, lane="push", patience=patience)
    verdict: Check | VendorFault
    try:
        verdict = connector.check()
    except VendorFault as fault:
        verdict = fault
    finally:
        connector.close()
    with workspace_scope(workspace_id):
        _keep_verdict(connection_id, verdict, timezone.now())
    return verdict


@transaction.atomic
def begin_check(*, connection: Connection) -> None:
    """Ask a worker to try the credentials; the verdict says `checking` until it has."""
    Connection.objects.filter(pk=connection.pk).update(verdict={**connection.verdict, "checking": True})
    enqueue("integrations.check_connection", connection_id=connection.pk)


def access_of(connection: Connection) -> Access:
    """What a connector signs in with. Read inside the scope, used outside it."""
    return Access(
        workspace_id=current_workspace_id(),
        connection_id=connection.pk,
        settings=dict(connection.settings),
        credentials=dict(connection.credentials or {}),
        vault=_Vault(current_workspace_id(), connection.pk),
    )


@dataclass(frozen=True, slots=True)
class _Vault:
    """Credentials a provider reads again and renews, outside every transaction."""

    workspace_id: int
    connection_id: int

    def read(self) -> Mapping[str, str]:
        with _no_connection_left(), workspace_scope(self.workspace_id):
            return dict(Connection.objects.get(pk=self.connection_id).credentials or {})

    def keep(self, changed: Mapping[str, str]) -> None:
        with _no_connection_left(), workspace_scope(self.workspace_id):
            connection = Connection.objects.select_for_update().get(pk=self.connection_id)
            connection.credentials = {**(connection.credentials or {}), **changed}
            connection.save(update_fields=["credentials"])


@contextmanager
def _no_connection_left() -> Iterator[None]:
    """A client may ask in threads of its own: what one of them opened to the database ends with it."""
    was_open = db.connection is not None
    try:
        yield
    finally:
        if not was_open:
            db.close()


def need_attention(*, connection_id: int, sentence: str) -> None:
    """Stop using the connection by itself, and tell whoever can mend it, once per reason."""
    changed = (
        Connection.objects.filter(pk=connection_id)
        .exclude(state=Connection.State.NEEDS_ATTENTION, attention=sentence[:400])
        .update(state=Connection.State.NEEDS_ATTENTION, attention=sentence[:400], next_sync_at=None)
    )
    if changed:
        events.record("connection.needs_attention", data={"connection": connection_id})
        enqueue("integrations.tell_attention", connection_id=connection_id)


@transaction.atomic
def map_stages(*, chosen: Sequence[tuple[StageMapping, str]], by: User | None) -> None:
    """Say what stages of the vendor are; the history under them follows."""
    for mapping, stage in chosen:
        StageMapping.objects.filter(pk=mapping.pk).update(stage=stage, is_default=False)
        refs = ExternalRef.objects.filter(connection=mapping.connection_id, kind=ExternalRef.Kind.STAGE)
        hiring.restage(vendor_stage=mapping.vendor_stage, stage=stage, entries=refs.values("object_id"))
        events.record("connection.stage_mapped", by=by, data={"mapping": mapping.pk, "stage": stage})


def _sealable(credentials: Mapping[str, str]) -> Any:
    # The field takes any JSON value; the stubs take it for a text because that is how it is stored.
    return dict(credentials)


def _demand_usable(vendor: Vendor, given: Mapping[str, Any]) -> None:
    """Addresses must be https (http only where private hosts are allowed), numbers must be numbers."""
    schemes = ("https://", "http://") if conf.ALLOW_PRIVATE_HOSTS else ("https://",)
    faults: dict[str, str] = {}
    for option in vendor.options:
        text = str(given.get(option.name) or "")
        if text and option.is_url and not text.startswith(schemes):
            faults[f"settings.{option.name}"] = "An address that begins with https:// is needed."
        if text and option.is_number and not (text.isascii() and text.isdigit()):
            faults[f"settings.{option.name}"] = "A number is needed."
        if text and option.is_secret:
            faults[f"settings.{option.name}"] = "This is a secret: send it in credentials."
    if faults:
        raise UnusableSetting(fields=faults)


def _demand_free_name(name: str) -> None:
    if Connection.objects.filter(name=name).exists():
        raise NameTaken(f"There is a connection called “{name}” already.", fields={"name": "Already in use."})


def _keep_verdict(connection_id: int, verdict: Check | VendorFault, now: datetime) -> None:
    connection = Connection.objects.select_for_update().get(pk=connection_id)
    connection.checked_at = now
    if isinstance(verdict, Check):
        connection.verdict = {"ok": not verdict.missing} | asdict(verdict)
        if verdict.missing:
            names = "; ".join(f"{right.purpose} ({right.name})" for right in verdict.missing)
            connection.state = Connection.State.NEEDS_ATTENTION
            connection.attention = f"These rights are missing: {names}."[:400]
        elif connection.state != Connection.State.PAUSED:
            connection.state, connection.attention = Connection.State.CONNECTED, ""
    else:
        connection.verdict = {"ok": False, "code": verdict.code, "sentence": verdict.sentence}
        if not isinstance(verdict, Retryable):
            connection.state = Connection.State.NEEDS_ATTENTION
            connection.attention = verdict.sentence[:400]
    connection.save(update_fields=["checked_at", "verdict", "state", "attention"])
