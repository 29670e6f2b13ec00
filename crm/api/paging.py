"""Lists in pages: {"results": […], "next": url|null}, keyset on the id, at most 200 a page."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

LARGEST = 200
_DEFAULT = 50
ModelT = TypeVar("ModelT", bound=Model)


def page(
    request: Request,
    rows: QuerySet[ModelT],
    represent: Callable[[ModelT], Any],
    *,
    newest_first: bool = False,
) -> Response:
    """One page of the rows, by id; `?cursor=` goes on where the page before ended."""
    return page_together(
        request, rows, lambda found: [represent(row) for row in found], newest_first=newest_first
    )


def page_together(
    request: Request,
    rows: QuerySet[ModelT],
    represent: Callable[[list[ModelT]], list[Any]],
    *,
    newest_first: bool = False,
) -> Response:
    """Like `page`, for rows that are represented together in a few statements."""
    limit, after = limit_of(request), cursor_of(request)
    if after is not None:
        rows = rows.filter(pk__lt=after) if newest_first else rows.filter(pk__gt=after)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: limit + 1])
    following = link_after(request, found[limit - 1].pk) if len(found) > limit else None
    return Response({"results": represent(found[:limit]), "next": following})


def limit_of(request: Request) -> int:
    """?limit=, 1 to 200; 50 when not given."""
    given = request.query_params.get("limit", str(_DEFAULT))
    if not given.isdecimal() or not 1 <= int(given[:9]) <= LARGEST:
        raise ValidationError({"limit": f"A number from 1 to {LARGEST}."})
    return int(given)


def cursor_of(request: Request) -> int | None:
    """The id the page before ended with."""
    given = request.query_params.get("cursor")
    if given is None:
        return None
    try:
        number = int(base64.urlsafe_b64decode(given.encode() + b"==").decode())
    except (binascii.Error, ValueError) as broken:
        raise refused_cursor() from broken
    return max(0, min(number, 2**63 - 1))


def place_in(request: Request) -> tuple[Any, int] | None:
    """The value and the id the page before ended with, for lists in other orders than the id's."""
    given = request.query_params.get("cursor")
    if given is None:
        return None
    try:
        value, number = json.loads(base64.urlsafe_b64decode(given.encode() + b"=="))
        if isinstance(number, bool) or not isinstance(value, str | int | float | None):
            raise ValueError(given)
        return value, max(0, min(int(number), 2**63 - 1))
    except (ValueError, TypeError) as broken:
        raise refused_cursor() from broken


def refused_cursor() -> ValidationError:
    """What a cursor nobody gave out is answered with."""
    return ValidationError({"cursor": "Use the address that `next` gave."})


def link_beyond(request: Request, place: tuple[Any, int]) -> str:
    """The address of the page after this place."""
    value, number = place
    return _link(request, json.dumps([value.isoformat() if isinstance(value, datetime) else value, number]))


def link_after(request: Request, last: int) -> str:
    """The address of the page after the row with this id."""
    return _link(request, str(last))


def _link(request: Request, cursor: str) -> str:
    cursor = base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
