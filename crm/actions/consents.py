"""Lawful basis, withdrawal, suppression, do-not-contact: who may be written to, and the proof of it."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from crm.actions import event_sets, events
from crm.kernel.errors import DomainError
from crm.models import (
    Candidate,
    Consent,
    ConsentState,
    EmailState,
    Suppression,
    User,
    Withdrawal,
)
from crm.policies.contact_points import InvalidContact, normalize_email
from crm.policies.people import Basis
from crm.queries.suppressions import hash_of


class InvalidAddress(DomainError):
    """This is not an e-mail address."""

    code = "invalid"
    status = 400


@transaction.atomic
def grant(*, candidate: Candidate, basis: Basis, by: User | None = None) -> Consent:
    """Record why we may hold this person's data and write to them. Rows are added, never edited."""
    consent = Consent.objects.create(
        candidate=candidate, purpose=basis.purpose, basis=basis.basis, source=basis.source,
        text_version=basis.text_version, granted_at=basis.granted_at or timezone.now(),
        expires_at=basis.expires_at, recorded_by=by,
    )  # fmt: skip
    # A person's own withdrawal is lifted by their own consent and by nothing else.
    lifted = Q() if basis.basis == Consent.Basis.CONSENT else ~Q(consent=ConsentState.WITHDRAWN)
    Candidate.objects.filter(lifted, pk=candidate.pk).update(
        consent=ConsentState.GRANTED, consent_expires_at=basis.expires_at, updated_at=timezone.now()
    )
    data = {"consent": consent.pk, "basis": basis.basis, "purpose": basis.purpose}
    events.record("consent.granted", candidate=candidate, by=by, data=data)
    return consent


@transaction.atomic
def withdraw(
    *, candidate: Candidate, channel: str, purpose: str = "talent_pool", by: User | None = None
) -> Withdrawal:
    """The person takes their consent back; nobody may write to them from now on."""
    now = timezone.now()
    withdrawal = Withdrawal.objects.create(
        candidate=candidate, purpose=purpose, channel=channel, withdrawn_at=now
    )
    Candidate.objects.filter(pk=candidate.pk).update(consent=ConsentState.WITHDRAWN, updated_at=now)
    events.record(
        "consent.withdrawn", candidate=candidate, by=by, data={"purpose": purpose, "channel": channel}
    )
    return withdrawal


@transaction.atomic
def unsubscribe(*, candidate: Candidate, channel: str, by: User | None = None) -> None:
    """No more automated mail to this person or to any of their addresses. Twice is once."""
    now = timezone.now()
    changed = Candidate.objects.filter(pk=candidate.pk, unsubscribed_at=None).update(
        unsubscribed_at=now, updated_at=now
    )
    for address in _addresses(candidate):
        suppress(address=address, reason=Suppression.Reason.UNSUBSCRIBED)
    if changed:
        events.record("candidate.unsubscribed", candidate=candidate, by=by, data={"channel": channel})


@transaction.atomic
def suppress(*, address: str, reason: str, by: User | None = None) -> Suppression:
    """Nobody here may write to the address; only a keyed hash of it is kept. Twice is once."""
    try:
        normalized = normalize_email(address)
    except InvalidContact as wrong:
        raise InvalidAddress(fields={"email": str(wrong)}) from wrong
    row, is_new = Suppression.objects.get_or_create(
        address_hash=hash_of(normalized), defaults={"reason": reason}
    )
    if is_new:
        state = EmailState.BOUNCED if reason == Suppression.Reason.BOUNCED else EmailState.SUPPRESSED
        _set_state(Candidate.objects.filter(email=normalized), state, by)
        events.record("address.suppressed", by=by, data={"suppression": row.pk, "reason": reason})
    return row


@transaction.atomic
def unsuppress(*, suppression: Suppression, by: User | None = None) -> None:
    """Take an address off the list, where somebody put it on by mistake."""
    stopped = Candidate.objects.filter(email_state__in=(EmailState.SUPPRESSED, EmailState.BOUNCED))
    theirs = [
        pk
        for pk, email in stopped.exclude(email="").values_list("pk", "email").iterator()
        if hash_of(email) == suppression.address_hash
    ]
    _set_state(Candidate.objects.filter(pk__in=theirs), EmailState.OK, by)
    events.record("address.unsuppressed", by=by, data={"suppression": suppression.pk})
    suppression.delete()


def _set_state(people: QuerySet[Candidate], state: str, by: User | None) -> None:
    """Whether mail reaches them changed: a fact about each of them, for whoever asks for reachable people."""
    now = timezone.now()
    ids = list(people.exclude(email_state=state).values_list("pk", flat=True))
    Candidate.objects.filter(pk__in=ids).update(email_state=state, updated_at=now)
    event_sets.record_for(ids, "candidate.changed", by=by, at=now, data={"fields": ["email_state"]})


def _addresses(candidate: Candidate) -> list[Any]:
    points = candidate.contact_points.filter(kind="email").values_list("normalized", flat=True)
    return list(points) or ([candidate.email] if candidate.email else [])
