from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crm.actions import events, rowsets
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, ContactPoint, EmailState, RemovedContactPoint, User, Workspace
from crm.policies.contact_points import EXTERNAL, InvalidContact
from crm.policies.people import LISTS, Contact, contact_of
from crm.queries.duplicates import owners_of
from crm.queries.suppressions import suppressed

_KEPT_FOR = timedelta(days=30)


class BelongsToSomebodyElse(DomainError):
    """Another candidate has this address or profile; merge the two instead."""

    code = "duplicate"
    status = 409


class NoContact(DomainError):
    """This is no address, number or link."""

    code = "invalid"


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
def add(
    *, candidate: Candidate, kind: str, value: str, label: str = "", by: User | None = None
) -> ContactPoint:
    """One more way to reach the person; the first of its kind is the primary one. Twice is once.

    Refuses what is no address, number or link, and an address or profile another candidate has.
    """
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    contact = _read(kind, value, locked)
    _refuse_others(locked, [contact])
    has_primary = ContactPoint.objects.filter(candidate=locked, kind=kind, is_primary=True).exists()
    point, is_new = ContactPoint.objects.get_or_create(
        candidate=locked,
        kind=kind,
        normalized=contact.normalized,
        defaults={"value": contact.value, "label": label.strip()[:40], "is_primary": False},
    )
    if not has_primary:
        _set_primary(locked, point)
    if is_new:
        _changed(locked, kind, by)
    return ContactPoint.objects.get(pk=point.pk)


@transaction.atomic
def prefer(*, contact_point: ContactPoint, by: User | None = None) -> None:
    """Make this the primary one of its kind; mails go to the primary address."""
    candidate = Candidate.objects.select_for_update().get(pk=contact_point.candidate_id)
    if ContactPoint.objects.filter(pk=contact_point.pk, is_primary=False).exists():
        _set_primary(candidate, contact_point)
        _changed(candidate, contact_point.kind, by)


@transaction.atomic
def remove(*, contact_point: ContactPoint, by: User | None = None) -> RemovedContactPoint:
    """Take one way of contact off; another of its kind becomes the primary one where it was that.

    What is returned puts it back (`put_back`) within a month.
    """
    candidate = Candidate.objects.select_for_update().get(pk=contact_point.candidate_id)
    same = ("kind", "value", "normalized", "label", "bounced_at")
    removed = RemovedContactPoint.objects.create(
        candidate=candidate,
        was_primary=contact_point.is_primary,
        **{name: getattr(contact_point, name) for name in same},
    )
    contact_point.delete()
    if contact_point.is_primary:
        _promote_next(candidate, contact_point.kind)
    _changed(candidate, contact_point.kind, by)
    return removed


@transaction.atomic
def put_back(*, removed: RemovedContactPoint, by: User | None = None) -> ContactPoint:
    """Undo a removal; refused when somebody else has the address or profile by now."""
    candidate = Candidate.objects.select_for_update().get(pk=removed.candidate_id)
    _refuse_others(candidate, [Contact(removed.kind, removed.value, removed.normalized)])
    point, _ = ContactPoint.objects.get_or_create(
        candidate=candidate,
        kind=removed.kind,
        normalized=removed.normalized,
        defaults={"value": removed.value, "label": removed.label, "bounced_at": removed.bounced_at},
    )
    if removed.was_primary:
        _set_primary(candidate, point)
    removed.delete()
    _changed(candidate, point.kind, by)
    return point


def forget_removed() -> int:
    """Delete what was taken off more than a month ago; returns how many."""
    old = RemovedContactPoint.objects.filter(removed_at__lt=timezone.now() - _KEPT_FOR)
    return old.delete()[0]


def _read(kind: str, value: str, candidate: Candidate) -> Contact:
    country = candidate.country or Workspace.objects.get(pk=current_workspace_id()).country
    try:
        return contact_of(kind, value.replace("\x00", "").strip(), country)
    except InvalidContact as wrong:
        raise NoContact(fields={"value": str(wrong)}) from wrong


def _set_primary(candidate: Candidate, point: ContactPoint) -> None:
    if point.kind == ContactPoint.Kind.EMAIL:
        make_primary(candidate=candidate, address=point.normalized)
        return
    same = ContactPoint.objects.filter(candidate=candidate, kind=point.kind)
    same.filter(is_primary=True).update(is_primary=False)
    same.filter(pk=point.pk).update(is_primary=True)


def _promote_next(candidate: Candidate, kind: str) -> None:
    following = ContactPoint.objects.filter(candidate=candidate, kind=kind).order_by("pk").first()
    if following:
        _set_primary(candidate, following)
    elif kind == ContactPoint.Kind.EMAIL:
        make_primary(candidate=candidate, address="")


def _changed(candidate: Candidate, kind: str, by: User | None) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(updated_at=timezone.now())
    events.record("candidate.changed", candidate=candidate, by=by, data={"fields": [f"{kind}s"]})


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
