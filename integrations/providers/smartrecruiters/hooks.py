"""SmartRecruiters webhooks: ids in the body, the event in the headers, both signed."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from integrations.providers.base import Hint
from integrations.providers.smartrecruiters.mapping import application_id

EVENTS = (
    *("job.created", "job.updated", "job.status.updated", "position.created", "position.updated"),
    *("application.created", "application.status.updated", "application.source.updated"),
    *("candidate.created", "candidate.updated", "candidate.deleted", "offer.created", "offer.updated"),
    *("review.created", "review.updated"),
)
SIGNED = ("event-id", "event-name", "event-version", "Link")
OLDEST = 2 * 86_400.0


def signature_is_valid(
    body: bytes, headers: Mapping[str, str], secret: str, *, now: float | None = None
) -> bool:
    """Any of the signatures in the header: while a secret is changed there are two."""
    sent_at = headers.get("smartrecruiters-timestamp", "")
    if not secret or not _is_recent(sent_at, time.time() if now is None else now):
        return False
    parts = [sent_at.encode(), body, *(headers.get(name, "").encode() for name in SIGNED)]
    wanted = hmac.new(secret.encode(), b".".join(parts), hashlib.sha256).hexdigest()
    given = headers.get("smartrecruiters-signature", "").split(";")
    return any(
        hmac.compare_digest(wanted.encode(), one.strip().removeprefix("v1=").encode())
        for one in given
        if one.strip().startswith("v1=")
    )


def hint(body: bytes, headers: Mapping[str, str]) -> Hint:
    """The body has only ids, so the object is always read again."""
    event, number = headers.get("event-name", "unreadable")[:80], headers.get("event-id", "")
    try:
        held = json.loads(body)
    except ValueError:
        held = {}
    ids = held if isinstance(held, dict) else {}
    candidate, job = str(ids.get("candidate_id") or ""), str(ids.get("job_id") or "")
    if event == "candidate.deleted":
        return Hint(number, event, removed=(("candidate", str(ids["id"])),) if ids.get("id") else ())
    if event.startswith("candidate."):
        return Hint(number, event, reread=(("candidate", str(ids["id"])),) if ids.get("id") else ())
    if candidate and job:
        # The application's own id is what its interviews are asked for by.
        told = str(ids.get("application_id") or "")
        wanted = application_id(candidate, job) + (f"|{told}" if told else "")
        return Hint(number, event, reread=(("application", wanted),))
    if event.startswith(("job.", "position.")):
        wanted = job or str(ids.get("id") or "")
        return Hint(number, event, reread=(("requisition", wanted),) if wanted else ())
    return Hint(number, event)


def _is_recent(sent_at: str, now: float) -> bool:
    try:
        seconds = float(sent_at)
    except ValueError:
        return False
    # Seconds in the vendor's example; milliseconds would be as good.
    return (seconds / 1000 if seconds > 1e11 else seconds) > now - OLDEST
