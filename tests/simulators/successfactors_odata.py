"""As much OData v2 as the account speaks: filters, fields, pages' keys, metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from tests.simulators.server import Refused, Row

Test = Callable[[Row], bool]
_TOKEN = re.compile(
    r"\s*(tolower\((?P<low>\w+)\)|datetimeoffset'(?P<at>[^']*)'|'(?P<text>(?:[^']|'')*)'"
    r"|(?P<number>-?\d+)L?\b|(?P<word>[A-Za-z_][\w/]*)|(?P<sign>[(),]))"
)
_DATE = re.compile(r"/Date\((-?\d+)")


def date(moment: datetime | None) -> str | None:
    return f"/Date({round(moment.timestamp() * 1000)}+0000)/" if moment else None


def refused(code: str, words: str, status: int = 400) -> Refused:
    return Refused(status, {"error": {"code": code, "message": {"lang": "en-US", "value": words}}})


def unknown(entity: str, name: str) -> Refused:
    words = (
        f"[COE0021]Invalid property names: {entity}/{name}. Please check the property name and try it again."
    )
    return refused("COE_PROPERTY_NOT_FOUND", words)


class Filter:
    """`a eq 1L and (b ge datetimeoffset'…' or tolower(c) eq 'x')`, as a test of a row."""

    def __init__(self, text: str) -> None:
        self.parts = list(_TOKEN.finditer(text))
        if "".join(found.group(0) for found in self.parts).strip() != text.strip():
            raise refused("COE_GENERAL_BAD_REQUEST", f"Invalid $filter: {text[:80]}")
        self.names: list[str] = []
        self.at = 0
        self.test = self._either() if self.parts else (lambda row: True)

    def _either(self) -> Test:
        tests = [self._both()]
        while self._word("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._word("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._sign("("):
            test = self._either()
            self._sign(")")
            return test
        field = self._next()
        low = field.group("low")
        name = str(low or field.group("word"))
        self.names.append(name)
        verb = self._next().group("word")
        wanted = [_value(self._next())]
        while self._sign(","):
            wanted.append(_value(self._next()))
        return lambda row: _holds(_plain(row, name, is_low=bool(low)), str(verb), wanted)

    def _next(self) -> re.Match[str]:
        if self.at >= len(self.parts):
            raise refused("COE_GENERAL_BAD_REQUEST", "Invalid $filter: it ends too soon")
        self.at += 1
        return self.parts[self.at - 1]

    def _word(self, word: str) -> bool:
        return self._if(lambda part: part.group("word") == word)

    def _sign(self, sign: str) -> bool:
        return self._if(lambda part: part.group("sign") == sign)

    def _if(self, test: Callable[[re.Match[str]], bool]) -> bool:
        if self.at < len(self.parts) and test(self.parts[self.at]):
            self.at += 1
            return True
        return False


def _value(part: re.Match[str]) -> Any:
    if part.group("at") is not None:
        return datetime.fromisoformat(part.group("at").replace("Z", "+00:00")).timestamp() * 1000
    if part.group("number") is not None:
        return int(part.group("number"))
    return (part.group("text") or "").replace("''", "'")


def _plain(row: Row, name: str, *, is_low: bool) -> Any:
    held = row.get(f"_{name}", row.get(name))
    if isinstance(held, str) and (found := _DATE.match(held)):
        return int(found.group(1))
    return str(held or "").lower() if is_low else held


def _holds(held: Any, verb: str, wanted: list[Any]) -> bool:
    if held is None:
        return verb == "ne"
    if isinstance(wanted[0], int | float):
        held = float(held) if isinstance(wanted[0], float) else int(held)
    other = wanted[0]
    if verb in ("eq", "in"):
        return held in wanted
    told = {"ne": held != other, "ge": held >= other, "gt": held > other, "le": held <= other}
    return bool(told[verb])


def metadata(entities: Mapping[str, tuple[Iterable[str], Iterable[str]]], locked: set[str]) -> bytes:
    """An EDMX document: properties with labels, navigations, and what cannot be written."""
    sets = "".join(
        f'<EntitySet Name={quoteattr(name)} EntityType="SFOData.{name}" '
        f'sap:upsertable="{_word(name not in locked)}" sap:creatable="{_word(name not in locked)}"/>'
        for name in entities
    )
    types = "".join(
        f"<EntityType Name={quoteattr(name)}>"
        + "".join(
            f'<Property Name={quoteattr(one)} Type="Edm.String" sap:label={quoteattr(one)}/>' for one in own
        )
        + "".join(
            f'<NavigationProperty Name={quoteattr(one)} FromRole="a" ToRole="b" Relationship="c"/>'
            for one in navs
        )
        + "</EntityType>"
        for name, (own, navs) in entities.items()
    )
    text = (
        '<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="1.0" '
        'xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>'
        '<Schema Namespace="SFODataSet" xmlns="http://schemas.microsoft.com/ado/2008/09/edm" '
        f'xmlns:sap="http://www.successfactors.com/edm/sap"><EntityContainer>{sets}</EntityContainer></Schema>'
        '<Schema Namespace="SFOData" xmlns="http://schemas.microsoft.com/ado/2008/09/edm" '
        f'xmlns:sap="http://www.successfactors.com/edm/sap">{types}</Schema></edmx:DataServices></edmx:Edmx>'
    )
    return text.encode()


def _word(is_so: bool) -> str:
    return "true" if is_so else "false"
