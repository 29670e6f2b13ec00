"""Ashby webhooks: a signature over the raw bytes; one action reaches us through several webhooks."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from integrations.providers import fields
from integrations.providers.base import Hint, Payload

EVENTS = (
    *("applicationSubmit", "applicationUpdate", "candidateStageChange", "candidateHire"),
    *("candidateDelete", "candidateMerge", "jobCreate", "jobUpdate", "openingCreate"),
    *("offerCreate", "offerUpdate", "interviewScheduleCreate", "interviewScheduleUpdate"),
)


def signature_is_valid(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """`Ashby-Signature: sha256=HEX` over the bytes as received; an unsigned request is refused."""
    scheme, _, digest = headers.get("Ashby-Signature", "").partition("=")
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and scheme == "sha256" and hmac.compare_digest(wanted, digest.strip())


def hint(body: bytes) -> Hint:
    """What the data names is read again; unknown actions and shapes ask for nothing."""
    try:
        envelope: Any = json.loads(body)
    except ValueError:
        envelope = None
    if not isinstance(envelope, dict):
        return Hint("", "unreadable")
    action, data = str(envelope.get("action") or "unreadable"), fields.inner(envelope, "data")
    number = envelope.get("webhookActionId")
    # Retries and every webhook of the same action carry the same id: the action tells them apart.
    event_id = f"{number}:{action}" if number else ""
    if action == "candidateDelete":
        return Hint(event_id, action, removed=_named("candidate", fields.inner(data, "candidate").get("id")))
    if action == "candidateMerge":
        gone, kept = (fields.inner(data, name).get("id") for name in ("deletedCandidate", "mergedCandidate"))
        return Hint(event_id, action, _named("candidate", kept), _named("candidate", gone))
    return Hint(event_id, action[:80], reread=_touched(data))


def _touched(data: Payload) -> tuple[tuple[str, str], ...]:
    application = fields.inner(data, "application")
    jobs = fields.inner(fields.inner(data, "opening"), "latestVersion").get("jobIds") or ()
    return (
        *_named("application", application.get("id")),
        *_named("candidate", fields.inner(application, "candidate").get("id")),
        *_named("application", fields.inner(data, "offer").get("applicationId")),
        *_named("application", fields.inner(data, "interviewSchedule").get("applicationId")),
        *_named("requisition", fields.inner(data, "job").get("id")),
        *(one for job in jobs for one in _named("requisition", job)),
    )


def _named(kind: str, number: object) -> tuple[tuple[str, str], ...]:
    return ((kind, str(number)),) if number else ()
