"""Idempotency-Key: the same POST sent twice is carried out once and answered the same."""

import hashlib
import json

from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions import idempotency

_LONGEST = 200


class Replay(Exception):
    """The request was carried out before; this is what it was answered."""

    def __init__(self, response: Response) -> None:
        super().__init__("replay")
        self.response = response


def begin(request: Request) -> tuple[str, str] | None:
    """The key and hash to complete() with; None when the request carries no key. Raises Replay."""
    given = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if request.method != "POST" or not given:
        return None
    if len(given) > _LONGEST or not given.isprintable():
        raise ParseError(f"Idempotency-Key: at most {_LONGEST} printable characters.")
    key = f"{request.auth.pk}:{given}"
    stored = idempotency.begin(key=key, request_hash=_hash(request))
    if stored:
        raise Replay(Response(stored.body, status=stored.status, headers={"Idempotency-Replayed": "true"}))
    return key, _hash(request)


def complete(begun: tuple[str, str], response: Response) -> None:
    """Store the answer beside the change it tells of."""
    body = json.loads(JSONRenderer().render(response.data) or b"null")
    idempotency.complete(key=begun[0], request_hash=begun[1], status=response.status_code, body=body)


def replace(begun: tuple[str, str], response: Response) -> None:
    """Store what the request was answered in the end, after its transaction."""
    body = json.loads(JSONRenderer().render(response.data) or b"null")
    idempotency.replace(key=begun[0], status=response.status_code, body=body)


def _hash(request: Request) -> str:
    text = json.dumps(request.data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{request.path.rstrip('/')}\n{text}".encode()).hexdigest()
