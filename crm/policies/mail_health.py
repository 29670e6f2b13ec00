"""Whether receivers begin to mind our mail: bounces and complaints against what they tolerate."""

from dataclasses import dataclass
from typing import Literal

Standing = Literal["good", "warn", "bad", "too_few"]
FEWEST = 200  # below that, one angry person is half a percent
# Gmail wants complaints below 0.1 % and refuses from 0.3 % on; providers mind 5 to 10 % of bounces.
_WARN_BOUNCES, _WARN_COMPLAINTS = 4.0, 0.08


@dataclass(frozen=True, slots=True)
class Limits:
    """From which shares on, in percent, automated mail is stopped."""

    bounces: float = 8.0
    complaints: float = 0.3


@dataclass(frozen=True, slots=True)
class Health:
    """Shares of what was sent, and what they mean."""

    sent: int
    bounced: int
    complained: int
    standing: Standing
    sentence: str


def health_of(*, sent: int, bounced: int, complained: int, limits: Limits | None = None) -> Health:
    """How it stands: bad from the limits on, a warning at half the bounces receivers tolerate."""
    limits = limits or Limits()
    if sent < FEWEST:
        return Health(sent, bounced, complained, "too_few", f"Fewer than {FEWEST} mails: too few to judge.")
    bounces, complaints = 100 * bounced / sent, 100 * complained / sent
    said = _said(bounces, complaints, limits)
    if said:
        words = f"{said} Clean the list before you write on: receivers are about to refuse your mail."
        return Health(sent, bounced, complained, "bad", words)
    if bounces >= min(_WARN_BOUNCES, limits.bounces) or complaints >= min(
        _WARN_COMPLAINTS, limits.complaints
    ):
        words = "Above what receivers like. Write to fewer, warmer people."
        return Health(sent, bounced, complained, "warn", words)
    return Health(sent, bounced, complained, "good", "Receivers are fine with your mail.")


def _said(bounces: float, complaints: float, limits: Limits) -> str:
    if complaints >= limits.complaints:
        return f"{complaints:.2g} % were reported as spam; the limit here is {limits.complaints:g} %."
    if bounces >= limits.bounces:
        return f"{bounces:.2g} % bounced; the limit here is {limits.bounces:g} %."
    return ""
