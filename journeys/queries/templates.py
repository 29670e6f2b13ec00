"""The content library: which words a person gets for a template's key."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from journeys.models import CheckInForm, Template
from journeys.policies.rendering import Content


@dataclass(frozen=True, slots=True)
class Variant:
    """One template row as the engine uses it."""

    id: int
    content: Content
    topic: str
    has_footer: bool


class Library:
    """Templates by key with their variants; the closest to a person wins."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._variants: dict[str, dict[tuple[str, str], Variant]] = {}
        for row in templates:
            variant = Variant(row.pk, Content(row.subject, row.body), row.topic, row.has_footer)
            self._variants.setdefault(row.key, {})[(row.role_family, row.language)] = variant

    def closest(self, key: str, role_family: str, language: str) -> Variant | None:
        """The variant for the role family and language, else for one of them, else the plain one."""
        variants = self._variants.get(key, {})
        wishes = ((role_family, language), (role_family, "en"), ("", language), ("", "en"))
        found = next((variants[wish] for wish in wishes if wish in variants), None)
        return found or next(iter(variants.values()), None)


def living() -> QuerySet[Template]:
    """Templates in use, by name."""
    return Template.objects.filter(archived_at=None).order_by("name", "pk")


def library(keys: Iterable[str]) -> Library:
    """The templates of these keys. Archived ones still serve the people already inside."""
    return Library(Template.objects.filter(key__in=set(keys)).order_by("pk"))


def forms() -> QuerySet[CheckInForm]:
    """The check-in forms, by title."""
    return CheckInForm.objects.order_by("title", "pk")
