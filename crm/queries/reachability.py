from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from crm.models import ConsentState, DoNotContact, EmailState
from crm.models.candidate import CandidateColumns
from crm.policies.do_not_contact import blocks
from crm.policies.reachability import SENTENCES, ContactFacts, Reason, reasons
from crm.queries.do_not_contact import do_not_contact_q, marks_of

Marks = Mapping[int, list[DoNotContact]]


def reachable_q(*, now: datetime) -> Q:
    """The set-based form of `reasons(…) == []`, over candidates or their search view."""
    has_basis = Q(consent=ConsentState.GRANTED) & (Q(consent_expires_at=None) | Q(consent_expires_at__gt=now))
    return Q(email_state=EmailState.OK, unsubscribed_at=None) & has_basis & ~do_not_contact_q(now=now)


def facts_of(
    candidates: Collection[CandidateColumns], *, now: datetime, marks: Marks | None = None
) -> dict[int, ContactFacts]:
    """What the decision about a mail by hand rests on, for many people; one statement."""
    marks = marks_on(candidates, now=now) if marks is None else marks
    return {
        candidate.pk: ContactFacts(
            email_state=candidate.email_state,
            consent=candidate.consent,
            consent_expires_at=candidate.consent_expires_at,
            unsubscribed_at=candidate.unsubscribed_at,
            is_do_not_contact=blocks(marks[candidate.pk], automated=False),
            in_process=candidate.in_process,
        )
        for candidate in candidates
    }


def marks_on(candidates: Collection[CandidateColumns], *, now: datetime) -> dict[int, list[DoNotContact]]:
    """The do-not-contact marks that concern each of these people; one statement."""
    return marks_of({one.pk: (one.current_company_folded, one.email) for one in candidates}, now=now)


def reasons_for(
    candidates: Collection[CandidateColumns],
    *,
    now: datetime,
    ignore_process: bool = True,
    marks: Marks | None = None,
) -> dict[int, list[Reason]]:
    """Why each of these people may not be written to; an empty list for those who may.

    `marks` are those on them, where somebody read them already.
    """
    facts = facts_of(candidates, now=now, marks=marks)
    return {pk: reasons(fact, now=now, ignore_process=ignore_process) for pk, fact in facts.items()}


def obstacle(candidate: CandidateColumns, *, now: datetime | None = None) -> str:
    """The first reason, as a sentence, why nobody may write to this person; empty when they may."""
    found = reasons_for([candidate], now=now or timezone.now())[candidate.pk]
    return SENTENCES[found[0]] if found else ""
