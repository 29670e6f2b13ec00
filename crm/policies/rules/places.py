"""Where in a rule tree the reader stands, and what it found wrong there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.kernel.errors import DomainError

ABSENT: Any = object()
MAX_TEXT, MAX_ITEMS, MAX_DAYS, MAX_ID = 500, 1_000, 36_500, 2**63 - 1


class InvalidRules(DomainError):
    """These rules cannot be used."""

    code = "invalid_rules"
    status = 400


@dataclass(frozen=True, slots=True)
class Place:
    """One spot in the tree. Faults found anywhere end in the same dict: `{"rules.1.value": "…"}`."""

    path: tuple[str, ...] = ()
    faults: dict[str, str] = field(default_factory=dict)

    def at(self, *steps: str | int) -> "Place":
        return Place((*self.path, *map(str, steps)), self.faults)

    def fault(self, sentence: str) -> None:
        """Record what is wrong here; the first sentence about a place stays."""
        self.faults.setdefault(".".join(self.path) or "rules", sentence)

    def mapping(self, value: Any) -> dict[str, Any] | None:
        if isinstance(value, dict):
            return value
        self.fault("This must be an object.")
        return None

    def only(self, value: dict[str, Any], *keys: str) -> None:
        """Fault every key that does not belong here."""
        for key in value.keys() - set(keys):
            self.at(key).fault(f"“{key}” does not belong here.")

    def text(self, value: Any) -> str | None:
        """A text, trimmed; refuses what PostgreSQL cannot store."""
        if not isinstance(value, str):
            self.fault("This must be a text.")
            return None
        trimmed = value.strip()
        if len(trimmed) > MAX_TEXT:
            self.fault(f"This is longer than {MAX_TEXT} characters.")
            return None
        if "\x00" in trimmed or any(0xD800 <= ord(letter) <= 0xDFFF for letter in trimmed):
            self.fault("This holds a character that cannot be stored.")
            return None
        return trimmed

    def texts(self, value: Any, *, is_filled: bool = False) -> tuple[str, ...] | None:
        """A list of texts; `is_filled` refuses an empty one."""
        items = self.items(value)
        if items is None:
            return None
        if is_filled and not items:
            self.fault("Name at least one value.")
            return None
        found = [self.at(index).text(item) for index, item in enumerate(items)]
        return None if None in found else tuple(text for text in found if text is not None)

    def items(self, value: Any) -> list[Any] | None:
        if not isinstance(value, list):
            self.fault("This must be a list.")
            return None
        if len(value) > MAX_ITEMS:
            self.fault(f"This list has more than {MAX_ITEMS} values.")
            return None
        return value

    def one_of(self, value: Any, allowed: tuple[str, ...]) -> str | None:
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(f"This must be one of {', '.join(allowed)}.")
        return None

    def some_of(self, value: Any, allowed: tuple[str, ...]) -> tuple[str, ...] | None:
        items = self.items(value)
        if items is None:
            return None
        found = [self.at(index).one_of(item, allowed) for index, item in enumerate(items)]
        return None if None in found else tuple(text for text in found if text is not None)

    def whole(self, value: Any, *, most: int = MAX_DAYS, least: int = 0) -> int | None:
        """A whole number; a bool is not one, and 3.0 is not either."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault("This must be a whole number.")
            return None
        if not least <= value <= most:
            self.fault(f"This must be between {least} and {most}.")
            return None
        return value

    def id(self, value: Any) -> int | None:
        return self.whole(value, least=1, most=MAX_ID)

    def one_called(self, noun: str, name: str, ids: Sequence[int]) -> int:
        """The only one that is called so; 0 after a fault."""
        if len(ids) == 1:
            return ids[0]
        self.fault(
            f"More than one {noun} here is called “{name}”." if ids else f"There is no {noun} “{name}” here."
        )
        return 0
