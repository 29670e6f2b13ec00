"""Calls of an Integration Center job: unsigned, so a password lets them in and nothing in them is believed.

The customer's administrator makes up the body; what counts is which numbers of ours it names, anywhere.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from integrations.providers.base import Hint
from integrations.providers.successfactors import odata

NAMES = {
    "jobreqid": "requisition",
    "jobrequisitionid": "requisition",
    "candidateid": "candidate",
    "applicationid": "application",
    "jobapplicationid": "application",
}
# The same body may be meant again later: only what comes within these seconds is a repetition.
WITHIN = 600


def signature_is_valid(headers: Mapping[str, str], secret: str) -> bool:
    """Whether the password of the basic authentication is ours; the user's name may be any."""
    scheme, _, token = (headers.get("Authorization") or "").partition(" ")
    if not secret or scheme.casefold() != "basic":
        return False
    try:
        _, _, given = base64.b64decode(token, validate=True).partition(b":")
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(given, secret.encode())


def hint(body: bytes, *, now: float | None = None) -> Hint:
    """Everything named is read again."""
    try:
        held = json.loads(body)
    except ValueError:
        held = None
    found = dict.fromkeys(_named(held))
    digest = hashlib.sha256(body).hexdigest()
    number = f"{digest}:{int((time.time() if now is None else now) // WITHIN)}"
    return Hint(number, "event" if found else "unreadable", reread=tuple(found))


def _named(held: Any) -> Iterator[tuple[str, str]]:
    if isinstance(held, dict):
        for name, value in held.items():
            kind = NAMES.get(str(name).replace("_", "").casefold())
            if kind and isinstance(value, str | int) and odata.is_number(str(value)):
                yield kind, str(value)
            else:
                yield from _named(value)
    elif isinstance(held, list):
        for item in held:
            yield from _named(item)
