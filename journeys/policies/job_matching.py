"""Which open requisitions fit a person, with reasons and points. Stated facts only; nothing is guessed.

What decides is what the person told us or showed: field, level, skills, place, remote, pay. Nothing about who
they are: no age, gender, origin, name or picture reaches this module (a test holds its inputs).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LADDER = ("junior", "mid", "senior", "staff", "lead", "executive")
POINTS = {"field": 4, "skill": 2, "place": 2, "level": 1, "remote": 1, "country": 1, "pay": 1}
MOST_SKILLS = 3


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
    pay_to: int | None = None


@dataclass(frozen=True, slots=True)
class Seeker:
    """What a person told us; where they said nothing, what their record shows."""

    role_families: frozenset[str]
    seniorities: frozenset[str]
    country: str
    relocation: bool
    skills: frozenset[str]
    places: tuple[str, ...] = ()
    remote: str = ""  # "only": from home or not at all; "no": not from home
    salary_floor: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for an opening, in words the person reads, and what it counts."""

    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Match:
    """An opening that fits, how well, and why: the score is the sum of its reasons."""

    opening: Opening
    because: tuple[Reason, ...]

    @property
    def score(self) -> int:
        return sum(reason.points for reason in self.because)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(reason.words for reason in self.because)


def matches(seeker: Seeker, openings: Iterable[Opening], limit: int) -> list[Match]:
    """The best fitting openings, best first; the field has to be right and nothing they ruled out."""
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


def ruled_out(seeker: Seeker, opening: Opening) -> str:
    """Why this opening is nothing for them whatever else fits; empty when nothing speaks against it."""
    if seeker.remote == "only" and not opening.is_remote:
        return "it cannot be done from home"
    if seeker.salary_floor and opening.pay_to and opening.pay_to < seeker.salary_floor:
        return "it pays less than they asked for"
    if not _is_within_reach(seeker, opening):
        return "it is in a country they would have to move to"
    return ""


def _match(seeker: Seeker, opening: Opening) -> Match | None:
    same_field = bool(opening.role_family) and opening.role_family in seeker.role_families
    if not same_field and len(seeker.skills & opening.skills) < 2:
        return None
    if ruled_out(seeker, opening):
        return None
    return Match(opening, (*_of_the_work(seeker, opening, same_field), *_of_the_place(seeker, opening)))


def _of_the_work(seeker: Seeker, opening: Opening, same_field: bool) -> list[Reason]:
    found = []
    if same_field:
        field = opening.role_family.replace("_", " ")
        found.append(Reason(f"it is in your field, {field}", POINTS["field"]))
    if shared := sorted(seeker.skills & opening.skills)[:MOST_SKILLS]:
        words = f"it asks for {' and '.join(shared)}, which you know"
        found.append(Reason(words, POINTS["skill"] * len(shared)))
    if any(_is_near(mine, opening.seniority) for mine in seeker.seniorities):
        found.append(Reason(f"the level is {opening.seniority}", POINTS["level"]))
    if seeker.salary_floor and opening.pay_to:
        found.append(Reason("it pays what you asked for", POINTS["pay"]))
    return found


def _of_the_place(seeker: Seeker, opening: Opening) -> list[Reason]:
    found = []
    if _is_wanted(seeker, opening):
        found.append(Reason(f"it is in {opening.location}, where you want to work", POINTS["place"]))
    if opening.is_remote and seeker.remote != "no":
        found.append(Reason("you can work from anywhere", POINTS["remote"]))
    elif opening.country and opening.country == seeker.country and not found:
        found.append(Reason("it is in your country", POINTS["country"]))
    return found


def _is_wanted(seeker: Seeker, opening: Opening) -> bool:
    city = opening.location.partition(",")[0].strip().casefold()
    return bool(city) and any(city in place.casefold() for place in seeker.places)


def _is_within_reach(seeker: Seeker, opening: Opening) -> bool:
    if opening.is_remote or not opening.country or not seeker.country:
        return True
    return opening.country == seeker.country or seeker.relocation or _is_wanted(seeker, opening)


def _is_near(mine: str, theirs: str) -> bool:
    if mine not in _LADDER or theirs not in _LADDER:
        return False
    return abs(_LADDER.index(mine) - _LADDER.index(theirs)) <= 1
