"""Greenhouse webhooks: a signature over the raw bytes, and a hint what to read again."""

import hashlib
import hmac
import json
from collections.abc import Mapping

from integrations.providers.base import Hint, Payload

REMOVALS = {"delete_candidate", "merge_candidate", "candidate_anonymized", "delete_application"}


def signature_is_valid(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """`Signature: sha256 HEX` over the bytes as received; re-serializing would break it."""
    scheme, _, digest = headers.get("Signature", "").partition(" ")
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and scheme == "sha256" and hmac.compare_digest(wanted, digest.strip().lower())


def hint(body: bytes, headers: Mapping[str, str]) -> Hint:
    """Unknown actions and shapes give a hint that asks for nothing."""
    try:
        envelope = json.loads(body)
        action, payload = str(envelope["action"]), envelope["payload"]
    except (ValueError, KeyError, TypeError):
        return Hint(event_id=headers.get("Greenhouse-Event-ID", ""), action="unreadable")
    touched = _touched(action, payload if isinstance(payload, dict) else {})
    removed = touched if action in REMOVALS else ()
    return Hint(
        event_id=headers.get("Greenhouse-Event-ID", ""),
        action=action[:80],
        reread=() if removed else touched,
        removed=removed,
    )


def _touched(action: str, payload: Payload) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, object]] = []
    if action.startswith("offer_"):
        found.append(("application", (payload.get("offer") or payload).get("application_id")))
    elif action.startswith("job_") and isinstance(payload.get("job"), dict):
        found.append(("requisition", payload["job"].get("id")))
    elif isinstance(payload.get("application"), dict):
        application = payload["application"]
        found.append(("application", application.get("id")))
        if action != "delete_application":
            found.append(("candidate", (application.get("candidate") or {}).get("id")))
    else:
        person = payload.get("candidate") or payload.get("person") or {"id": payload.get("candidate_id")}
        found.append(("candidate", person.get("id") if isinstance(person, dict) else None))
    return tuple((kind, str(number)) for kind, number in found if number)
