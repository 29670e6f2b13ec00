"""Same person or not: the one answer of every door, and how likely two records are one person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from crm.models import ContactPoint
from crm.policies import contact_points
from crm.policies.contact_points import EXTERNAL

Identity = tuple[str, str]
Outcome = Literal["new", "same", "conflict"]
RecordT = TypeVar("RecordT")

# What two records may share, how much it says, and how it is told. The first three are proof.
SIGNS: Mapping[str, tuple[int, str]] = {
    "email": (100, "same e-mail address"),
    "profile": (100, "same profile link"),
    EXTERNAL: (100, "same id elsewhere"),
    "given_together": (90, "came in together as one person"),
    "name_company": (80, "same name and company"),
    "phone": (70, "same phone number"),
    "name": (40, "same name"),
}
PROOF = frozenset({"email", "profile", EXTERNAL})
# What only makes another sign likelier.
_MORE = 10
LEAST_QUEUED = 60
"""Less likely pairs, such as namesakes, are shown where somebody adds a person, and not queued."""


@dataclass(frozen=True, slots=True)
class Verdict(Generic[RecordT]):
    """Whose record a person is: nobody's yet, one, or several, for a person to decide."""

    outcome: Outcome
    records: tuple[RecordT, ...] = ()


def verdict(identities: Iterable[Identity], owners: Mapping[Identity, Sequence[RecordT]]) -> Verdict[RecordT]:
    """Same address or profile, same person. Two records that share one are a conflict; names never decide."""
    found: dict[int, RecordT] = {}
    for identity in identities:
        for record in owners.get(identity, ()):
            key = record if isinstance(record, int) else id(record)
            found.setdefault(key, record)
    if not found:
        return Verdict("new")
    return Verdict("same" if len(found) == 1 else "conflict", tuple(found.values()))


def likelihood(signs: Collection[str]) -> int:
    """From 0 to 100: the strongest sign, and a little for each further one. Only proof is certain."""
    known = sorted((SIGNS[sign][0] for sign in signs if sign in SIGNS), reverse=True)
    if not known:
        return 0
    most = 100 if PROOF & set(signs) else 95
    return min(most, known[0] + _MORE * len(known[1:]))


def sentence(signs: Collection[str]) -> str:
    """What speaks for it, strongest first."""
    known = [sign for sign in SIGNS if sign in signs]
    if "name_company" in known and "name" in known:
        known.remove("name")
    return ", ".join(SIGNS[sign][1] for sign in known)


def sign_of(kind: str, normalized: str) -> str:
    """The sign two records give by sharing this way of contact; empty for a link that is no profile."""
    if kind == ContactPoint.Kind.LINK:
        return "profile" if contact_points.is_profile(normalized) else ""
    return kind if kind in SIGNS else ""
