"""The content library: which words a person gets for a template's key."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from journeys.models import CheckInForm, Template
from journeys.policies import pieces as putting
from journeys.policies import variants
from journeys.policies.rendering import Content
from journeys.policies.variants import Reader
from journeys.queries.pieces import Shelf


@dataclass(frozen=True, slots=True)
class Variant:
    """One template row as the engine uses it."""

    id: int
    content: Content
    topic: str
    has_footer: bool
    role_family: str = ""
    language: str = "en"
    segment_id: int | None = None
    layout: str = ""


class Library:
    """Templates by key with their variants and the pieces they draw in; the closest to a person wins."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._variants: dict[str, list[Variant]] = {}
        self._expanded: dict[tuple[int, str, str], Content] = {}
        self._closest: dict[tuple[str, Reader], Variant | None] = {}
        for row in templates:
            self._variants.setdefault(row.key, []).append(variant_of(row))
        bodies = [one.content.body for found in self._variants.values() for one in found]
        self.shelf = Shelf({key for body in bodies for key in putting.keys_in(body)})

    @property
    def segment_ids(self) -> set[int]:
        """The segments some variant is written for."""
        return {one.segment_id for found in self._variants.values() for one in found if one.segment_id}

    def closest(self, key: str, reader: Reader) -> Variant | None:
        """The variant this person gets."""
        asked = (key, reader)
        if asked not in self._closest:
            self._closest[asked] = variants.choose(self._variants.get(key, ()), reader)
        return self._closest[asked]

    def content_of(self, variant: Variant, reader: Reader) -> Content:
        """Its words with every piece in its place; worked out once for each field and language."""
        key = (variant.id, reader.role_family, reader.language)
        if key not in self._expanded:
            body = putting.expand(variant.content.body, self.shelf.finder(reader))
            self._expanded[key] = Content(variant.content.subject, body)
        return self._expanded[key]


def variant_of(row: Template) -> Variant:
    """The row as a value."""
    content = Content(row.subject, row.body)
    return Variant(
        row.pk, content, row.topic, row.has_footer, row.role_family, row.language, row.segment_id, row.layout
    )


def living() -> QuerySet[Template]:
    """Templates in use, by name."""
    return Template.objects.filter(archived_at=None).order_by("name", "pk")


def library(keys: Iterable[str]) -> Library:
    """The templates of these keys. Where all of a key are archived they still serve the people inside."""
    rows = list(Template.objects.filter(key__in=set(keys)).order_by("pk"))
    living_keys = {row.key for row in rows if row.archived_at is None}
    return Library(row for row in rows if row.archived_at is None or row.key not in living_keys)


def forms() -> QuerySet[CheckInForm]:
    """The check-in forms, by title."""
    return CheckInForm.objects.order_by("title", "pk")
