from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crm.actions import rowsets
from crm.kernel.errors import DomainError
from crm.models import Candidate, ContactPoint, EmailState
from crm.policies.contact_points import EXTERNAL
from crm.policies.people import LISTS, Contact
from crm.queries.duplicates import owners_of
from crm.queries.suppressions import suppressed


class BelongsToSomebodyElse(DomainError):
    """Another candidate has this address or profile; merge the two instead."""

    code = "duplicate"
    status = 409


@transaction.atomic
def replace(*, candidate: Candidate, given: Mapping[str, Any], contacts: Sequence[Contact]) -> None:
    """Make the ways of contact that were given (`email`, or whole lists) the person's own.

    Refuses an address or profile that another living candidate has.
    """
    spoken = {LISTS.get(name, name) for name in given.keys() & {*LISTS, *LISTS.values(), "external_id"}}
    if not spoken:
        return
    _refuse_others(candidate, contacts)
    whole = {LISTS[name] for name in given.keys() & LISTS.keys()}
    whole |= {kind for kind in spoken if not given.get(kind, True)} | {EXTERNAL} & {_kind(n) for n in spoken}
    kept = Q(pk__in=[])
    for contact in contacts:
        kept |= Q(kind=contact.kind, normalized=contact.normalized)
    ContactPoint.objects.filter(candidate=candidate, kind__in=whole).exclude(kept).delete()
    moment = timezone.now().isoformat()
    rows = [
        {
            "candidate_id": candidate.pk, "kind": contact.kind, "value": contact.value, "is_primary": False,
            "normalized": contact.normalized, "label": "", "created_at": moment,
        }
        for contact in contacts
    ]  # fmt: skip
    rowsets.insert(ContactPoint, rows)
    if "email" in spoken:
        emails = [contact.normalized for contact in contacts if contact.kind == ContactPoint.Kind.EMAIL]
        make_primary(candidate=candidate, address=emails[0] if emails else "")


@transaction.atomic
def make_primary(*, candidate: Candidate, address: str) -> None:
    """Mails go to this address from now on; empty when the person has none any more."""
    points = ContactPoint.objects.filter(candidate=candidate, kind=ContactPoint.Kind.EMAIL)
    points.filter(is_primary=True).exclude(normalized=address).update(is_primary=False)
    if not address:
        address = points.order_by("pk").values_list("normalized", flat=True).first() or ""
    points.filter(normalized=address).update(is_primary=True)
    candidate.email, candidate.email_state = (
        address,
        _state(address, points.filter(normalized=address).first()),
    )
    candidate.save(update_fields=["email", "email_state", "updated_at"])


@transaction.atomic
def remove(*, contact_point: ContactPoint) -> None:
    """Forget one way of contact; another address becomes the primary one where it was that."""
    candidate = contact_point.candidate
    contact_point.delete()
    if contact_point.is_primary:
        make_primary(candidate=candidate, address="")


def _state(address: str, point: ContactPoint | None) -> str:
    if not address:
        return EmailState.NONE
    if point and point.bounced_at:
        return EmailState.BOUNCED
    reason = suppressed([address]).get(address, ("",))[0]
    if reason:
        return EmailState.BOUNCED if reason == "bounced" else EmailState.SUPPRESSED
    return EmailState.OK


def _refuse_others(candidate: Candidate, contacts: Sequence[Contact]) -> None:
    identities = [(contact.kind, contact.normalized) for contact in contacts if contact.identifies]
    others = {owner for owners in owners_of(identities).values() for owner in owners} - {candidate.pk}
    if others:
        found = ", ".join(map(str, sorted(others)))
        raise BelongsToSomebodyElse(
            f"Another candidate ({found}) has this address or profile; merge the two instead.",
            fields={"candidate": found},
        )


def _kind(name: str) -> str:
    return EXTERNAL if name == "external_id" else name
