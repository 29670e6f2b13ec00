"""Whether receivers begin to mind our mail: bounces and complaints against what they tolerate."""

from dataclasses import dataclass
from typing import Literal

Standing = Literal["good", "warn", "bad", "too_few"]
FEWEST = 200  # below that, one angry person is half a percent
_BOUNCES = (0.04, 0.08)
_COMPLAINTS = (0.0008, 0.003)


@dataclass(frozen=True, slots=True)
class Health:
    """Shares of what was sent, and what they mean."""

    sent: int
    bounced: int
    complained: int
    standing: Standing
    sentence: str


def health_of(*, sent: int, bounced: int, complained: int) -> Health:
    """Gmail wants complaints below 0.1 % and refuses from 0.3 % on; providers mind 5 to 10 % of bounces."""
    if sent < FEWEST:
        return Health(sent, bounced, complained, "too_few", f"Fewer than {FEWEST} mails: too few to judge.")
    if bounced / sent >= _BOUNCES[1] or complained / sent >= _COMPLAINTS[1]:
        return Health(
            sent,
            bounced,
            complained,
            "bad",
            "Stop and clean the list: receivers are about to refuse your mail.",
        )
    if bounced / sent >= _BOUNCES[0] or complained / sent >= _COMPLAINTS[0]:
        return Health(
            sent, bounced, complained, "warn", "Above what receivers like. Write to fewer, warmer people."
        )
    return Health(sent, bounced, complained, "good", "Receivers are fine with your mail.")
