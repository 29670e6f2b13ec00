import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import IdempotencyRecord

_KEPT_FOR = timedelta(hours=24)


class KeyReused(DomainError):
    """This Idempotency-Key was used for another request."""

    code = "idempotency_key_reused"


class StillRunning(DomainError):
    """The first request with this Idempotency-Key is still running."""

    code = "idempotency_in_progress"
    status = 409


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first request with this key was answered."""

    status: int
    body: Any


def begin(*, key: str, request_hash: str) -> StoredAnswer | None:
    """The stored answer to this key, or None when the request is to be carried out now.

    Refuses a key that stood for another request, and one whose first request has not ended. The lock is
    held until the transaction ends, so a request that fails leaves nothing behind and may be sent again.
    """
    if not _lock(key):
        raise StillRunning
    IdempotencyRecord.objects.filter(key=key, created_at__lt=timezone.now() - _KEPT_FOR).delete()
    record = IdempotencyRecord.objects.filter(key=key).first()
    if record is None:
        return None
    if record.request_hash != request_hash:
        raise KeyReused
    return StoredAnswer(record.status or 200, record.body)


def complete(*, key: str, request_hash: str, status: int, body: Any) -> None:
    """Keep the answer beside what the request changed, in the same transaction."""
    IdempotencyRecord.objects.create(key=key, request_hash=request_hash, status=status, body=body)


def replace(*, key: str, status: int, body: Any) -> None:
    """Keep the answer that was found after the request's transaction; a refusal leaves the key free."""
    record = IdempotencyRecord.objects.filter(key=key)
    if status >= 400:
        record.delete()
    else:
        record.update(status=status, body=body)


def forget_old() -> int:
    """Delete the answers nobody may ask for again; returns how many."""
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - _KEPT_FOR).delete()
    return deleted


def _lock(key: str) -> bool:
    digest = hashlib.sha256(f"{current_workspace_id()}:{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
