"""Files of pools and segments, `rekindle.pool/1` and `rekindle.segment/1`, once they have been read."""

from dataclasses import dataclass
from typing import Any

from crm.kernel.errors import DomainError
from crm.policies.rules.places import Place
from talentpools.models import Pool, Segment

POOL, SEGMENT = "rekindle.pool/1", "rekindle.segment/1"
MOST = 100
"""Sub-segments of one file."""
# Who it is shared with stays at home, so that what was shared arrives as its owner's own.
_ARRIVES = {
    Pool.Visibility.SHARED: Pool.Visibility.PRIVATE,
    Pool.Visibility.CONFIDENTIAL: Pool.Visibility.PRIVATE,
}
_OF_POOL = ("format", "name", "description", "role_family", "visibility", "segments")
_OF_SEGMENT = ("name", "description", "mode", "parent", "rules")


class InvalidFile(DomainError):
    """This file cannot be used."""

    code = "invalid_file"
    status = 400


class UnknownNames(DomainError):
    """The file names things that are not here."""

    code = "unknown_names"
    status = 400


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A segment as a file has it; its rules and parent still name things by their names."""

    name: str
    rules: Any
    description: str = ""
    mode: str = Segment.Mode.AUTOMATIC
    parent: Any = None
    at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """What a file asks for: sub-segments of a pool, which is made or changed with it, or of a pool that has
    to be here (`is_pool` false), or a segment that stands alone (no pool).
    """

    is_pool: bool
    pool: str
    segments: tuple[SegmentFile, ...]
    description: str = ""
    role_family: str = ""
    visibility: str = Pool.Visibility.WORKSPACE


def read(document: Any) -> File:
    """The file, checked as far as that goes without asking this workspace. Raises InvalidFile."""
    place = Place()
    found = document if isinstance(document, dict) else {}
    wanted = place.at("format").one_of(found.get("format"), (POOL, SEGMENT))
    file = _segment_alone(found, place) if wanted == SEGMENT else _pool(found, place)
    if wanted is None:
        raise InvalidFile(
            f"This is no file of a pool or a segment: “format” is neither {POOL} nor {SEGMENT}."
        )
    if place.faults:
        raise InvalidFile("This file cannot be used.", fields=place.faults)
    return file


def _pool(found: dict[str, Any], place: Place) -> File:
    place.only(found, *_OF_POOL)
    visibility = found.get("visibility", Pool.Visibility.WORKSPACE)
    kept = place.at("visibility").one_of(visibility, tuple(Pool.Visibility.values)) or ""
    inside = place.at("segments").items(found.get("segments", [])) or []
    if len(inside) > MOST:
        place.at("segments").fault(f"There are more than {MOST} sub-segments.")
    segments = tuple(_segment(one, place.at("segments", n)) for n, one in enumerate(inside[:MOST]))
    names = [one.name.casefold() for one in segments]
    for n, name in enumerate(names):
        if name in names[:n]:
            place.at("segments", n, "name").fault("Two sub-segments of this file have this name.")
    return File(
        True,
        _name(found, place),
        segments,
        _text(found, "description", place, most=400),
        _text(found, "role_family", place, most=40),
        _ARRIVES.get(Pool.Visibility(kept), kept) if kept else "",
    )


def _segment_alone(found: dict[str, Any], place: Place) -> File:
    place.only(found, "format", "pool", *_OF_SEGMENT)
    pool = found.get("pool")
    name = place.at("pool").text(pool) or "" if pool is not None else ""
    return File(False, name, (_segment({k: found[k] for k in _OF_SEGMENT if k in found}, place),))


def _segment(found: Any, place: Place) -> SegmentFile:
    if place.mapping(found) is None:
        return SegmentFile("", None)
    place.only(found, *_OF_SEGMENT)
    mode = found.get("mode", Segment.Mode.AUTOMATIC)
    parent = found.get("parent")
    if parent is not None:
        place.at("parent").mapping(parent)
    return SegmentFile(
        _name(found, place),
        found.get("rules"),
        _text(found, "description", place, most=400),
        place.at("mode").one_of(mode, tuple(Segment.Mode.values)) or "",
        parent,
        place.path,
    )


def _name(found: dict[str, Any], place: Place) -> str:
    name = _text(found, "name", place, most=120)
    if not name:
        place.at("name").fault("Give it a name.")
    return name


def _text(found: dict[str, Any], key: str, place: Place, *, most: int) -> str:
    text = place.at(key).text(found.get(key, "")) or ""
    if len(text) > most:
        place.at(key).fault(f"This is longer than {most} characters.")
    return text
