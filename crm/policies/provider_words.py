"""What a provider's word about a mail means for us (facts: reliability, 1.3)."""

from dataclasses import dataclass
from typing import Literal

# Only these say that the address is wrong; the others say that the mail displeased, or that it was a bad day.
_HARD = ("invalid", "bounced")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What to report about the message, and whether the address or the person has to be left alone.

    `is_hard` None: the receiving server's own words decide.
    """

    report: Literal["delivered", "bounced", "complained", "deferred", ""] = ""
    is_hard: bool | None = None
    suppress: str = ""
    stops: bool = False


def meaning_of(kind: str, reject_reason: str) -> Meaning:
    """Anymail's normalized event and reason as something to do; empty for what is only news."""
    if kind in ("delivered", "complained", "deferred"):
        return Meaning(report=kind)  # type: ignore[arg-type]
    if kind == "bounced":
        return Meaning(report="bounced", is_hard=reject_reason in _HARD if reject_reason else None)
    if kind == "rejected":
        return _rejected(reject_reason)
    if kind == "unsubscribed" or reject_reason == "unsubscribed":
        return Meaning(stops=True)
    return Meaning()


def _rejected(reason: str) -> Meaning:
    """The provider did not even try: it knows the address from an earlier time."""
    if reason == "unsubscribed":
        return Meaning(report="bounced", is_hard=False, stops=True)
    if reason == "spam":
        return Meaning(report="complained")
    return Meaning(report="bounced", is_hard=reason in _HARD)
