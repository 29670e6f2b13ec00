"""What a workspace counts as what: the part of the definitions it may choose, as one version."""

from dataclasses import asdict, dataclass
from typing import Any

from crm.models import HIRING_STAGE_ORDER

TWO_WAY = {
    "message.replied": "Replied to a message",
    "event.attended": "Attended an event",
    "meeting.booked": "Booked a meeting",
    "form.submitted": "Submitted a form",
    "message.clicked": "Clicked in a message (humans only)",
}
NURTURING = {
    "journey": "Journey messages",
    "newsletter": "Newsletters",
    "one_to_one": "Messages a colleague wrote",
}
SCREENING_STAGES = {"applied": "Applied", "screening": "Screening", "interview": "Interview"}


@dataclass(frozen=True, slots=True)
class Terms:
    """One version. What is not named here is the same for everybody (analytics/policies/definitions.py)."""

    number: int = 1
    attribution_days: int = 365
    two_way: tuple[str, ...] = tuple(TWO_WAY)
    screening_stage: str = "screening"
    counts_calls: bool = True
    nurtured_by: tuple[str, ...] = ("journey",)

    @property
    def started_stages(self) -> list[str]:
        """Who is in one of these has started the screening, or is past it."""
        return _from_rank(max(HIRING_STAGE_ORDER[self.screening_stage], 1))

    @property
    def completed_stages(self) -> list[str]:
        """Who entered one of these has completed the screening."""
        return _from_rank(HIRING_STAGE_ORDER[self.screening_stage] + 1)


def as_data(terms: Terms) -> dict[str, Any]:
    """The version as JSON keeps it."""
    return asdict(terms) | {"two_way": list(terms.two_way), "nurtured_by": list(terms.nurtured_by)}


def from_data(data: dict[str, Any]) -> Terms:
    """A version as JSON kept it."""
    lists: dict[str, Any] = {name: tuple(data[name]) for name in ("two_way", "nurtured_by")}
    return Terms(**data | lists)


def sentences(terms: Terms) -> list[str]:
    """The version in words."""
    words = ", ".join(TWO_WAY.get(kind, kind).lower() for kind in terms.two_way)
    nurture = ", ".join(NURTURING.get(kind, kind).lower() for kind in terms.nurtured_by)
    calls = "or a completed call is logged" if terms.counts_calls else "and calls do not count"
    stage = SCREENING_STAGES.get(terms.screening_stage, terms.screening_stage).lower()
    return [
        f"A touch counts towards a hire for {terms.attribution_days} days.",
        f"A word back is: {words}.",
        f"Screened means: any stage after {stage} was entered, {calls}.",
        f"Nurtured means: delivered before the offer: {nurture}.",
    ]


def _from_rank(rank: int) -> list[str]:
    return [str(stage) for stage, place in HIRING_STAGE_ORDER.items() if place >= rank]
