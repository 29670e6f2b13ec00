"""Checked access to a JSON object: every key is known, of the right type, and each fault has an address."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from journeys.policies.file_format import Delay, Fault, Unit

_CLOCK = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")
MAX_AMOUNT = 10_000


@dataclass(slots=True)
class Findings:
    """The faults met while a document is read."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, where: str, code: str, sentence: str, step: str = "") -> None:
        """Note a fault; the step's id is said in the sentence too."""
        told = f"Step “{step}”: {sentence}" if step else sentence
        self.faults.append(Fault(where, code, told, step))


@dataclass(slots=True)
class Reader:
    """Reads one object of the document; a missing or wrong value becomes a fault and its default."""

    document: Mapping[str, Any]
    where: str
    findings: Findings
    step: str = ""

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Each key outside ``known`` is a fault."""
        for key in self.document:
            if key not in known:
                self.fault(key, "unknown_key", f"“{key}” is not a key that is known here.")

    def fault(self, key: str, code: str, sentence: str) -> None:
        """Note a fault on ``key`` of this object."""
        self.findings.add(self.address(key), code, sentence, self.step)

    def address(self, key: str) -> str:
        """The path of ``key`` from the top of the document."""
        return ".".join(part for part in (self.where, key) if part)

    def text(self, key: str, default: str = "", *, required: bool = False, limit: int = 200) -> str:
        """The text under ``key``, trimmed."""
        value = self.document.get(key, default)
        if not isinstance(value, str):
            self.fault(key, "wrong_type", f"“{key}” has to be text.")
            return default
        text: str = value.strip()
        if required and not text:
            self.fault(key, "required", f"“{key}” is missing.")
        if len(text) > limit:
            self.fault(key, "too_long", f"“{key}” may have {limit} characters.")
        return text

    def choice(self, key: str, allowed: Collection[str], default: str) -> str:
        """One of ``allowed``."""
        value = self.document.get(key, default)
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(key, "unknown_value", f"“{key}” has to be one of {', '.join(allowed)}.")
        return default

    def flag(self, key: str) -> bool:
        """True or false; absent is false."""
        value = self.document.get(key, False)
        if isinstance(value, bool):
            return value
        self.fault(key, "wrong_type", f"“{key}” has to be true or false.")
        return False

    def number(self, key: str, default: int | None, lowest: int, highest: int) -> int | None:
        """A whole number between the two bounds."""
        value = self.document.get(key, default)
        if value is None and default is None and key not in self.document:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        self.fault(key, "wrong_number", f"“{key}” has to be a whole number from {lowest} to {highest}.")
        return default

    def items(self, key: str) -> list[Any]:
        """The list under ``key``; absent is empty."""
        value = self.document.get(key, [])
        if isinstance(value, list):
            return value
        self.fault(key, "wrong_type", f"“{key}” has to be a list.")
        return []

    def inner(self, key: str) -> Reader | None:
        """A reader of the object under ``key``; None when it is absent."""
        value = self.document.get(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return Reader(value, self.address(key), self.findings, self.step)
        self.fault(key, "wrong_type", f"“{key}” has to be an object.")
        return None

    def delay(self, key: str, default: Delay | None = None) -> Delay | None:
        """A delay: exactly one unit, and perhaps a wall time."""
        inner = self.inner(key)
        return default if inner is None else inner.as_delay()

    def as_delay(self, lowest: int = 0) -> Delay:
        """This object read as a delay."""
        self.refuse_unknown([*Unit, "at"])
        units = [unit for unit in Unit if unit in self.document]
        if len(units) != 1:
            names = ", ".join(Unit)
            self.findings.add(self.where, "one_unit", f"A delay takes exactly one of {names}.", self.step)
            return Delay()
        amount = self.number(units[0], 0, lowest, MAX_AMOUNT)
        return Delay(units[0], amount or 0, self.clock("at") if "at" in self.document else None)

    def clock(self, key: str) -> time | None:
        """A wall time, ``HH:MM``."""
        return self.as_clock(key, self.document.get(key))

    def as_clock(self, key: str, value: object) -> time | None:
        """Read ``value`` as ``HH:MM``; ``24:00`` is the midnight that ends the day."""
        if value == "24:00":
            return time(0, 0)
        if isinstance(value, str) and (found := _CLOCK.match(value)):
            return time(int(found[1]), int(found[2]))
        self.fault(key, "wrong_time", "A time is written as 09:30.")
        return None


def read_user(reader: Reader, key: str) -> str:
    """“owner” or the number of a user, as text."""
    value = reader.document.get(key, "owner")
    if value == "owner" or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return str(value)
    reader.fault(key, "unknown_value", f"“{key}” is “owner” or the number of a user.")
    return "owner"
