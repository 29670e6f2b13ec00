"""Lever webhooks: the signature is inside the body and covers a token and a time, not the data."""

import hashlib
import hmac
import json
import time
from typing import Any

from integrations.providers.base import Hint, Payload

EVENTS = (
    *("applicationCreated", "candidateHired", "candidateStageChange", "candidateArchiveChange"),
    *("candidateDeleted", "interviewCreated", "interviewUpdated", "interviewDeleted"),
    *("contactCreated", "contactUpdated"),
)
OLDEST = 24 * 3600.0


def signature_is_valid(body: bytes, secrets: str, *, now: float | None = None) -> bool:
    """Whether one of our tokens (there is one per webhook) signed it within the last day."""
    envelope = _envelope(body)
    given, token = str(envelope.get("signature") or ""), str(envelope.get("token") or "")
    sent_at = envelope.get("triggeredAt")
    if not given or not token or isinstance(sent_at, bool) or not isinstance(sent_at, int):
        return False
    if sent_at / 1000 < (time.time() if now is None else now) - OLDEST:
        return False
    message = f"{token}{sent_at}".encode()
    wanted = (hmac.new(key.encode(), message, hashlib.sha256).hexdigest() for key in secrets.split())
    return any(hmac.compare_digest(one.encode(), given.encode()) for one in wanted)


def hint(body: bytes) -> Hint:
    """The data is not signed: it only says what to read again."""
    envelope = _envelope(body)
    event, data = str(envelope.get("event") or "unreadable"), envelope.get("data")
    held: Payload = data if isinstance(data, dict) else {}
    opportunity = str(held.get("opportunityId") or held.get("candidateId") or "")
    contact = str(held.get("contactId") or "")
    number = str(envelope.get("token") or "")
    if event == "candidateDeleted":
        removed = (("application", opportunity),) if opportunity else ()
        return Hint(number, event[:80], removed=removed)
    if event.startswith("contact"):
        return Hint(number, event[:80], reread=(("candidate", contact),) if contact else ())
    return Hint(number, event[:80], reread=(("application", opportunity),) if opportunity else ())


def _envelope(body: bytes) -> dict[str, Any]:
    try:
        held = json.loads(body)
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}
