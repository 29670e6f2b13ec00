"""May we write to this person, and if not, why not. The one list of reasons; journeys use its codes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crm.models import ConsentState, EmailState

Reason = Literal["no_address", "suppressed", "unsubscribed", "no_basis", "do_not_contact", "in_process"]

SENTENCES: dict[Reason, str] = {
    "no_address": "There is no e-mail address.",
    "suppressed": "The address bounced, complained, or was taken off for good.",
    "unsubscribed": "They unsubscribed.",
    "no_basis": "There is no consent or other lawful basis in force.",
    "do_not_contact": "Somebody here marked the person or their company as do not contact.",
    "in_process": "An application of theirs is active in the ATS.",
}


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the decision rests on."""

    email_state: str
    consent: str
    consent_expires_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    is_do_not_contact: bool = False
    in_process: bool = False


def reasons(facts: ContactFacts, *, now: datetime, ignore_process: bool = True) -> list[Reason]:
    """Why nobody may write to the person, strongest first; empty when they may be written to.

    A running application only counts where the caller asks for it (`ignore_process=False`).
    """
    found: list[tuple[Reason, bool]] = [
        ("no_address", facts.email_state == EmailState.NONE),
        ("suppressed", facts.email_state in (EmailState.BOUNCED, EmailState.SUPPRESSED)),
        ("unsubscribed", facts.unsubscribed_at is not None),
        ("no_basis", not has_basis(facts.consent, facts.consent_expires_at, now=now)),
        ("do_not_contact", facts.is_do_not_contact),
        ("in_process", facts.in_process and not ignore_process),
    ]
    return [reason for reason, holds in found if holds]


def has_basis(consent: str, expires_at: datetime | None, *, now: datetime) -> bool:
    """Whether a lawful basis is in force."""
    return consent == ConsentState.GRANTED and (expires_at is None or expires_at > now)


def consent_state(consent: str, expires_at: datetime | None, *, now: datetime) -> str:
    """The consent as people and rules see it: granted turns into expired by itself."""
    if consent == ConsentState.GRANTED and not has_basis(consent, expires_at, now=now):
        return "expired"
    return consent
