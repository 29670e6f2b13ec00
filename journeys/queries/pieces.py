"""Snippets and assets: which of them a template draws in for a person."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from journeys.models import Piece, Template
from journeys.policies import variants
from journeys.policies.pieces import Find, Words, keys_in
from journeys.policies.variants import Reader


@dataclass(frozen=True, slots=True)
class _Option:
    """A piece with what it is written for."""

    words: Words
    role_family: str
    language: str
    segment_id: int | None = None


class Shelf:
    """The pieces of these keys, and of the keys they call themselves. Read once."""

    def __init__(self, keys: Collection[str]) -> None:
        self._options: dict[str, list[_Option]] = {}
        for row in living().filter(key__in=_with_inner(set(keys))) if keys else ():
            self._options.setdefault(row.key, []).append(
                _Option(words_of(row), row.role_family, row.language)
            )

    def finder(self, reader: Reader) -> Find:
        """Which piece a key means for this person."""

        def find(key: str) -> Words | None:
            chosen = variants.choose(self._options.get(key, ()), reader)
            return chosen.words if chosen else None

        return find


def living() -> QuerySet[Piece]:
    """Pieces in use, by name."""
    return Piece.objects.filter(archived_at=None).order_by("name", "pk")


def keys() -> set[str]:
    """What a template may call."""
    return set(living().values_list("key", flat=True))


def templates_by_piece() -> dict[str, list[Template]]:
    """Per key of a piece, the templates that call it. Each template is read once."""
    found: dict[str, list[Template]] = defaultdict(list)
    for row in Template.objects.filter(archived_at=None, body__contains="{%").order_by("name", "pk"):
        for key in keys_in(row.body):
            found[key].append(row)
    return found


def templates_using(key: str) -> list[Template]:
    """The templates that call this piece, by name."""
    return templates_by_piece().get(key, [])


def words_of(piece: Piece) -> Words:
    """The piece as it is put in."""
    return Words(piece.pk, piece.is_snippet, piece.name, piece.body, piece.url, piece.image_url)


def calls() -> list[tuple[str, str]]:
    """What stands in a template for each piece, with its name: one for all variants of a key."""
    found: dict[str, tuple[str, str]] = {}
    for key, kind, name in living().order_by("role_family", "name").values_list("key", "kind", "name"):
        noun = "snippet" if kind == Piece.Kind.SNIPPET else "asset"
        found.setdefault(key, (f'{{% {noun} "{key}" %}}', name))
    return sorted(found.values(), key=lambda pair: pair[1])


def _with_inner(keys: set[str]) -> set[str]:
    """Snippets may call assets: their keys are one query more, not one for each."""
    bodies = living().filter(key__in=keys, kind=Piece.Kind.SNIPPET).values_list("body", flat=True)
    return keys | {inner for body in bodies for inner in keys_in(body)}
