"""What a CV says about a person: addresses, numbers, profile links, skills the workspace knows."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import phonenumbers

from crm.policies import contact_points
from crm.policies.contact_points import InvalidContact

_LOOKED_AT = 50_000
_MOST_OF_A_KIND = {"email": 3, "phone": 3, "link": 5, "skill": 40}
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(
    r"(?:https?://)?(?:[a-z]{2,3}\.)?(?:linkedin\.com/(?:in|pub)|github\.com|gitlab\.com|xing\.com/profile"
    r"|stackoverflow\.com/users|dribbble\.com|behance\.net)/[\w%./-]+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w+#.&/-]+")
_LONGEST_SKILL = 4
# Shorter ones (Go, R, C) are words of every language.
_SHORTEST_SKILL = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, in the form it is stored in."""

    kind: str
    value: str


def findings(text: str, *, skills: Mapping[str, str], country: str) -> list[Finding]:
    """Everything found, each once, at most a few of a kind. `skills` maps folded names to names."""
    looked_at = text[:_LOOKED_AT]
    found: list[Finding] = []
    for kind, values in (
        ("email", _emails(looked_at)),
        ("phone", _phones(looked_at, country)),
        ("link", _links(looked_at)),
        ("skill", _skills(looked_at, skills)),
    ):
        distinct = list(dict.fromkeys(values))[: _MOST_OF_A_KIND[kind]]
        found += [Finding(kind, value) for value in distinct]
    return found


def fold(text: str) -> str:
    """Lower case without accents."""
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _emails(text: str) -> Iterator[str]:
    for match in _EMAIL.finditer(text):
        try:
            yield contact_points.normalize_email(match[0].strip(".-_"))
        except InvalidContact:
            continue


def _phones(text: str, country: str) -> Iterator[str]:
    for match in phonenumbers.PhoneNumberMatcher(text, country or None):
        yield phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)


def _links(text: str) -> Iterator[str]:
    for match in _LINK.finditer(text):
        try:
            link = contact_points.normalize_link(match[0].rstrip(".-/"))
        except InvalidContact:
            continue
        if contact_points.is_profile(link):
            yield link


def _skills(text: str, skills: Mapping[str, str]) -> Iterator[str]:
    words = [word.strip(".-/&") for word in _WORD.findall(fold(text))]
    for start in range(len(words)):
        for length in range(1, _LONGEST_SKILL + 1):
            name = skills.get(" ".join(words[start : start + length]))
            if name and len(name) >= _SHORTEST_SKILL:
                yield name
