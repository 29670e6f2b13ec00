"""Rules of engagement: whose a relation is, until when, and what that means for colleagues."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Ownership:
    """A colleague's relation with a person. Without an end it lasts until it is given away."""

    owner_id: int
    owner: str
    touched_at: datetime
    until: datetime | None

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now


def ends(touched_at: datetime, *, days: int) -> datetime | None:
    """Ownership lasts so many days since the last human touch; 0 is for good."""
    return touched_at + timedelta(days=days) if days else None


def holds_against(ownership: Ownership | None, by_id: int | None, *, now: datetime) -> bool:
    """Whether somebody else should ask the owner first. Programs without a user are nobody's colleague."""
    if ownership is None or by_id is None or ownership.is_over(now):
        return False
    return ownership.owner_id != by_id


def sentence(ownership: Ownership) -> str:
    """What a colleague reads before a mail or an enrolment."""
    until = f" until {ownership.until:%-d %B %Y}" if ownership.until else ""
    return f"{ownership.owner} is in touch with this person{until}."
