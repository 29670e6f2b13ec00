"""Which variant of a template or a piece a person gets, and why, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

LANGUAGES: Mapping[str, str] = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch",
    "pl": "Polish", "pt": "Portuguese", "sv": "Swedish",
}  # fmt: skip
PLAIN = "en"


@dataclass(frozen=True, slots=True)
class Reader:
    """What decides which words a person gets."""

    role_family: str = ""
    language: str = PLAIN
    segments: frozenset[int] = frozenset()


class Choosable(Protocol):
    """Anything that is written for some people and not for others."""

    @property
    def role_family(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def segment_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Written:
    """Whom something is written for, as a value."""

    role_family: str = ""
    language: str = PLAIN
    segment_id: int | None = None


Option = TypeVar("Option", bound=Choosable)


def choose(options: Iterable[Option], reader: Reader) -> Option | None:
    """The closest of these: in the person's language first, then for their segment, then for their field.

    What is written for another segment or another field is never taken; without the person's language the
    plain one serves, and without that whatever there is.
    """
    fitting = [one for one in options if _fits(one, reader)]
    return max(fitting, key=lambda one: _closeness(one, reader), default=None)


def for_whom(one: Choosable, segments: Mapping[int, str]) -> str:
    """“German, engineering, members of Alumni”; “everybody” for the plain one."""
    parts = [LANGUAGES.get(one.language, one.language)] if one.language != PLAIN else []
    parts += [one.role_family.replace("_", " ")] if one.role_family else []
    if one.segment_id:
        parts.append(f"members of {segments.get(one.segment_id, 'a segment')}")
    return ", ".join(parts) or "everybody"


def language_of(locale: str) -> str:
    """“de” of “de-AT”; the plain language for somebody who never said."""
    return locale[:2].lower() or PLAIN


def languages_first(known: Collection[str]) -> list[tuple[str, str]]:
    """Languages to choose from, those in use here too."""
    return [*LANGUAGES.items(), *((code, code) for code in sorted(set(known) - set(LANGUAGES)))]


def _fits(one: Choosable, reader: Reader) -> bool:
    is_for_segment = not one.segment_id or one.segment_id in reader.segments
    return is_for_segment and one.role_family in ("", reader.role_family)


def _closeness(one: Choosable, reader: Reader) -> tuple[int, bool, bool]:
    language = 2 if one.language == reader.language else 1 if one.language == PLAIN else 0
    return language, bool(one.segment_id), bool(one.role_family)
