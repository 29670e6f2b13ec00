"""Every refusal of the API in one shape: {"detail", "code", "fields"}."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from psycopg2.errors import UniqueViolation
from rest_framework import exceptions
from rest_framework.response import Response

from crm.kernel.errors import DomainError

logger = logging.getLogger(__name__)

_NOT_FOUND = ("There is nothing here.", "not_found", 404)
# What each expected failure says: the sentence (None: its own), the code, the status (None: its own).
_KNOWN: tuple[tuple[type[Exception], str | None, str, int | None], ...] = (
    (Http404, *_NOT_FOUND),
    (exceptions.NotFound, *_NOT_FOUND),
    (PermissionDenied, "You may not do that.", "forbidden", 403),
    (exceptions.PermissionDenied, None, "forbidden", None),
    (exceptions.NotAuthenticated, "Send an API key: Authorization: Bearer rk_…", "not_authenticated", 401),
    (exceptions.AuthenticationFailed, None, "not_authenticated", None),
    (exceptions.Throttled, "Too many requests.", "rate_limited", None),
    (exceptions.ParseError, None, "malformed", None),
    (exceptions.MethodNotAllowed, None, "method_not_allowed", None),
    (exceptions.APIException, None, "refused", None),
    (RequestDataTooBig, "The body is too large.", "too_large", 400),
    (DataError, "A value is out of range.", "invalid", 400),
)


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response to a refusal; None for a bug, which crashes and is logged."""
    if isinstance(error, DomainError):
        return _response(error.sentence, error.code, error.status, error.fields)
    if isinstance(error, exceptions.ValidationError):
        fields = {path or "body": sentence for path, sentence in flattened(error.detail)}
        return _response("Some values are not right.", "invalid", 400, fields)
    if isinstance(error, IntegrityError):
        return _conflict(error)
    for kind, sentence, code, status in _KNOWN:
        if isinstance(error, kind):
            own = getattr(error, "status_code", 400)
            response = _response(sentence or str(getattr(error, "detail", error)), code, status or own, {})
            return _with_headers(response, error)
    return None


def flattened(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """A validation error as (dotted path, sentence) pairs: {"rules": [{}, {"op": ["…"]}]} → rules.1.op."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from flattened(inner, ".".join(part for part in (path, own) if part))
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        for place, inner in enumerate(detail):
            yield from flattened(inner, f"{path}.{place}" if path else str(place))
    elif isinstance(detail, list):
        if detail:
            yield path, " ".join(str(inner) for inner in detail)
    else:
        yield path, str(detail)


@csrf_exempt
def not_found(request: HttpRequest, path: str = "") -> JsonResponse:
    """What stands at an address below /api/v1/ that no resource has."""
    sentence, code, status = _NOT_FOUND
    return JsonResponse({"detail": sentence, "code": code, "fields": {}}, status=status)


def _conflict(error: IntegrityError) -> Response | None:
    # Two requests made the same thing at once; anything else a constraint refuses is a bug of ours.
    if not isinstance(error.__cause__, UniqueViolation):
        return None
    logger.warning(
        "unique violation answered with 409", extra={"constraint": error.__cause__.diag.constraint_name}
    )
    return _response("Somebody else just made the same thing.", "conflict", 409, {})


def _with_headers(response: Response, error: Exception) -> Response:
    if isinstance(error, exceptions.Throttled):
        response["Retry-After"] = str(int(getattr(error, "wait", None) or 1))
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def _response(sentence: str, code: str, status: int, fields: dict[str, str]) -> Response:
    return Response({"detail": sentence, "code": code, "fields": fields}, status=status)
