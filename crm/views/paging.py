"""Numbered pages of a list, with an exact total."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

SIZE = 50
ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[ModelT]):
    """Some rows of a list and the way to those before and after."""

    rows: list[ModelT]
    first: int
    last: int
    total: int
    number: int
    previous_url: str
    next_url: str


def page_of(request: HttpRequest, found: QuerySet[ModelT, Any]) -> Page[ModelT]:
    """The page `?page=` asks for; a page that is not there is the first one."""
    given = request.GET.get("page", "1")
    number = int(given) if given.isdecimal() and len(given) < 7 else 1
    total = found.count()
    start = (number - 1) * SIZE if 0 <= (number - 1) * SIZE < total else 0
    rows = list(found[start : start + SIZE])
    last = start + len(rows)
    here = start // SIZE + 1
    return Page(
        rows,
        start + 1 if rows else 0,
        last,
        total,
        here,
        _url(request, here - 1) if start else "",
        _url(request, here + 1) if last < total else "",
    )


def _url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
