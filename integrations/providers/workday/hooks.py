"""Workday sends no webhooks: a customer's own integration may tell us whom to read again, with a password.

`{"id": "…", "candidates": ["CAND-1182"], "requisitions": ["R-00208"]}` by Basic or Bearer authentication.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

from integrations.providers.base import Hint

_KINDS = (("candidates", "candidate"), ("requisitions", "requisition"))
MOST = 200


def signature_is_valid(headers: Mapping[str, str], secret: str) -> bool:
    """The password we gave out; the name beside it is nobody's business."""
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[2]
        except ValueError:  # neither base64 nor text
            return False
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


def hint(body: bytes) -> Hint:
    """Whoever is named is read again; whatever else is in there is not looked at."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return Hint("", "unreadable")
    reread = tuple(
        (kind, str(number)[:120])
        for name, kind in _KINDS
        for number in _list(told.get(name))
        if isinstance(number, str | int) and str(number)
    )
    return Hint(str(told.get("id") or "")[:200], "changed", reread=reread[:MOST])


def _list(held: Any) -> list[Any]:
    return held if isinstance(held, list) else []
