"""What a push will do with somebody, decided from what the ATS holds and what we know."""

from dataclasses import dataclass

from integrations.models import PushItem
from integrations.providers.base import Found, Person

Verdict = PushItem.Verdict
SENDS = frozenset({Verdict.CREATE, Verdict.ATTACH, Verdict.ALREADY_THERE})


@dataclass(frozen=True, slots=True)
class Judgment:
    verdict: str
    detail: str = ""


def missing(person: Person) -> list[str]:
    """The fields a new candidate cannot do without."""
    held = {"first_name": person.first_name, "last_name": person.last_name, "email": person.emails}
    return [field for field, value in held.items() if not value]


def judge(person: Person, found: Found) -> Judgment:
    """Create, attach, already there, conflict, or what is missing."""
    if len(found.candidates) > 1:
        ids = ", ".join(found.candidates[:5])
        return Judgment(
            Verdict.CONFLICT, f"{len(found.candidates)} candidates in the ATS share this address: {ids}."
        )
    if found.applications:
        return Judgment(Verdict.ALREADY_THERE)
    if found.candidates:
        return Judgment(Verdict.ATTACH)
    lacking = missing(person)
    if lacking:
        return Judgment(Verdict.MISSING, ", ".join(lacking))
    return Judgment(Verdict.CREATE)
