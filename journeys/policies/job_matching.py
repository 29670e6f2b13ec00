"""Which open requisitions fit a person, each with its reason. Stated facts only; nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LADDER = ("junior", "mid", "senior", "staff", "lead", "executive")


@dataclass(frozen=True, slots=True)
class Opening:
    """An open requisition."""

    id: int
    title: str
    location: str
    country: str
    is_remote: bool
    role_family: str
    seniority: str
    skills: frozenset[str]


@dataclass(frozen=True, slots=True)
class Seeker:
    """What a person told us, or showed."""

    role_family: str
    seniority: str
    country: str
    relocation: bool
    skills: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """An opening that fits, how well, and why."""

    opening: Opening
    score: int
    reasons: tuple[str, ...]


def matches(seeker: Seeker, openings: Iterable[Opening], limit: int) -> list[Match]:
    """The best fitting openings, best first; the field has to be right and the place possible."""
    found = [match for opening in openings if (match := _match(seeker, opening))]
    return sorted(found, key=lambda match: (-match.score, match.opening.id))[:limit]


def told(found: Iterable[Match]) -> str:
    """The matches as lines of a mail, each with its reason."""
    lines = []
    for match in found:
        place = "remote" if match.opening.is_remote else match.opening.location
        head = f"{match.opening.title} ({place})" if place else match.opening.title
        lines.append(f"- {head}: {', '.join(match.reasons)}")
    return "\n".join(lines)


def _match(seeker: Seeker, opening: Opening) -> Match | None:
    shared = sorted(seeker.skills & opening.skills)
    same_field = bool(opening.role_family) and opening.role_family == seeker.role_family
    if not same_field and len(shared) < 2:
        return None
    if not _is_possible(seeker, opening):
        return None
    reasons = []
    if same_field:
        reasons.append(f"it is in your field, {opening.role_family.replace('_', ' ')}")
    if shared:
        reasons.append(f"it asks for {' and '.join(shared[:3])}, which you know")
    if _is_near(seeker.seniority, opening.seniority):
        reasons.append(f"the level is {opening.seniority}")
    if opening.is_remote:
        reasons.append("you can work from anywhere")
    elif opening.country and opening.country == seeker.country:
        reasons.append("it is in your country")
    return Match(opening, 3 * same_field + len(shared) + len(reasons), tuple(reasons))


def _is_possible(seeker: Seeker, opening: Opening) -> bool:
    if opening.is_remote or not opening.country or not seeker.country:
        return True
    return opening.country == seeker.country or seeker.relocation


def _is_near(mine: str, theirs: str) -> bool:
    if mine not in _LADDER or theirs not in _LADDER:
        return False
    return abs(_LADDER.index(mine) - _LADDER.index(theirs)) <= 1
