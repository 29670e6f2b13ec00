"""Marks that say to leave a person or a company alone: what each stops, and what it only warns of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from crm.models import DoNotContact
from crm.policies.contact_points import InvalidContact, normalize_link

Scope, Effect = DoNotContact.Scope, DoNotContact.Effect


class BadLine(ValueError):
    """A line of a list names neither a company nor a domain."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mark is about, and whether it stops mail or only warns whoever writes."""

    scope: str = Scope.EVERYTHING
    topic: str = ""
    effect: str = Effect.BLOCK

    @property
    def stops_all_automated(self) -> bool:
        return self.effect == Effect.BLOCK and self.scope != Scope.TOPIC


def concerns(mark: DoNotContact, *, automated: bool, topic: str = "") -> bool:
    """Whether the mark is about this mail: everything, automated mail, or mail about a topic."""
    if mark.scope == Scope.EVERYTHING:
        return True
    if mark.scope == Scope.AUTOMATED:
        return automated
    return automated and bool(topic) and mark.topic == topic


def blocks(marks: Iterable[DoNotContact], *, automated: bool, topic: str = "") -> bool:
    """Whether one of these marks stops the mail."""
    return any(
        mark.effect == Effect.BLOCK and concerns(mark, automated=automated, topic=topic) for mark in marks
    )


def warnings(marks: Iterable[DoNotContact], *, automated: bool, topic: str = "") -> list[str]:
    """What whoever is about to write should read first."""
    return [
        sentence(mark)
        for mark in marks
        if mark.effect == Effect.WARN and concerns(mark, automated=automated, topic=topic)
    ]


def sentence(mark: DoNotContact) -> str:
    """Whom the mark is about, and why."""
    about = f"{mark.company_name or mark.domain} is marked" if mark.candidate_id is None else "Marked"
    what = "do not contact" if mark.effect == Effect.BLOCK else "think twice before you write"
    why = f": {mark.reason}" if mark.reason else ""
    return f"{about} “{what}”{why}"


def stands(mark: DoNotContact, *, now: datetime) -> bool:
    """Whether the mark is in force."""
    return mark.expires_at is None or mark.expires_at > now


def domain_of(address: str) -> str:
    """The domain of an address or a link, in lower case; empty when there is none."""
    text = address.strip().lower()
    if "@" in text:
        return text.rpartition("@")[2]
    try:
        return normalize_link(text).partition("/")[0] if text else ""
    except InvalidContact:
        return ""


def companies_in(text: str) -> list[tuple[str, str, str]]:
    """(name, domain, reason) of each line of a list: “Acme GmbH, acme.com, client since May”.

    A first part that is a domain is one. Raises BadLine with the line's number.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part.strip() for part in line.replace(";", ",").replace("\t", ",").split(",")]
        if not any(parts):
            continue
        name, domain = parts[0], parts[1] if len(parts) > 1 else ""
        if "." in name and " " not in name and not domain and domain_of(name):
            name, domain = "", name
        if domain and not domain_of(domain):
            raise BadLine(f"Line {number}: “{domain[:60]}” is not a domain.")
        if not name and not domain:
            raise BadLine(f"Line {number} names neither a company nor a domain.")
        found.append((name[:200], domain_of(domain), ", ".join(filter(None, parts[2:]))[:200]))
    return found


def topics(marks: Collection[DoNotContact]) -> tuple[str, ...]:
    """The topics these marks stop by themselves."""
    return tuple(sorted({m.topic for m in marks if m.scope == Scope.TOPIC and m.effect == Effect.BLOCK}))
