"""Leaving people and companies alone: who said so, what it is about, until when."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crm.actions import events, rowsets
from crm.kernel.errors import DomainError
from crm.models import Candidate, DoNotContact, User
from crm.policies import do_not_contact
from crm.policies.do_not_contact import BadLine, Terms
from crm.queries.duplicates import folded_words

EVERYTHING = Terms()


class NobodyNamed(DomainError):
    """Name a company, or the domain of its addresses."""

    code = "invalid"
    status = 400


class UnreadableList(DomainError):
    """A line of the list cannot be read."""

    code = "invalid"
    status = 400


@transaction.atomic
def restrict(
    *,
    candidate: Candidate,
    reason: str = "",
    by: User | None = None,
    expires_at: datetime | None = None,
    terms: Terms = EVERYTHING,
) -> DoNotContact:
    """Leave this person alone (GDPR 18 and 21, or a user's word) until it ends. Twice is once."""
    now = timezone.now()
    about = {"scope": terms.scope, "topic": terms.topic, "effect": terms.effect}
    standing = DoNotContact.objects.filter(candidate=candidate, expires_at=None, **about).first()
    if standing and expires_at is None:
        return standing
    mark = DoNotContact.objects.create(
        candidate=candidate, reason=reason[:200], set_by=by, expires_at=expires_at, **about
    )
    if terms.stops_all_automated:
        Candidate.objects.filter(pk=candidate.pk).update(do_not_contact_at=now, updated_at=now)
    kind = "candidate.restricted" if terms.stops_all_automated else "candidate.caution_added"
    events.record(kind, candidate=candidate, by=by, data={"do_not_contact": mark.pk, **about})
    return mark


@transaction.atomic
def restrict_company(
    *,
    name: str,
    domain: str = "",
    reason: str = "",
    by: User | None = None,
    expires_at: datetime | None = None,
    terms: Terms = EVERYTHING,
) -> DoNotContact:
    """Leave everybody at this company alone: known by its name, by the domain of its addresses, or both."""
    domain = do_not_contact.domain_of(domain)
    if not name.strip() and not domain:
        raise NobodyNamed(fields={"name": "Name a company, or the domain of its addresses."})
    folded = folded_words([name.strip()])[name.strip()]
    mark = DoNotContact.objects.create(
        company_folded=folded[:200], company_name=name.strip()[:200], domain=domain, reason=reason[:200],
        set_by=by, expires_at=expires_at, scope=terms.scope, topic=terms.topic, effect=terms.effect,
    )  # fmt: skip
    events.record("company.restricted", by=by, data={"do_not_contact": mark.pk})
    return mark


@transaction.atomic
def import_companies(*, text: str, by: User | None = None, terms: Terms = EVERYTHING) -> tuple[int, int]:
    """Mark every company of a list, one a line; returns how many are new, and how many were marked before.

    Nothing is marked when a line cannot be read.
    """
    try:
        lines = do_not_contact.companies_in(text)
    except BadLine as wrong:
        raise UnreadableList(str(wrong), fields={"companies": str(wrong)}) from wrong
    folded = folded_words({name for name, _, _ in lines})
    known = set(DoNotContact.objects.filter(candidate=None).values_list("company_folded", "domain", "effect"))
    fresh = {
        (folded[name][:200], domain): (name, reason)
        for name, domain, reason in lines
        if (folded[name][:200], domain, terms.effect) not in known
    }
    now = timezone.now().isoformat()
    rows = [
        {"company_folded": company, "company_name": name, "domain": domain, "reason": reason,
         "scope": terms.scope, "topic": terms.topic, "effect": terms.effect,
         "set_by_id": by.pk if by else None, "created_at": now}
        for (company, domain), (name, reason) in fresh.items()
    ]  # fmt: skip
    rowsets.insert(DoNotContact, rows)
    events.record("companies.restricted", by=by, data={"new": len(rows), "known": len(lines) - len(rows)})
    return len(rows), len(lines) - len(rows)


@transaction.atomic
def lift(*, candidate: Candidate, by: User | None = None) -> None:
    """The person may be written to again, as far as their own marks go."""
    _lift_marks(DoNotContact.objects.filter(candidate=candidate).values_list("pk", flat=True), by)


@transaction.atomic
def lift_mark(*, mark: DoNotContact, by: User | None = None) -> None:
    """Take one mark off."""
    _lift_marks([mark.pk], by)


def _lift_marks(ids: Collection[int], by: User | None) -> None:
    marks = list(DoNotContact.objects.filter(pk__in=list(ids)))
    DoNotContact.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    for candidate_id in sorted({mark.candidate_id for mark in marks if mark.candidate_id}):
        left = [
            Terms(m.scope, m.topic, m.effect) for m in DoNotContact.objects.filter(candidate_id=candidate_id)
        ]
        changes = {} if any(terms.stops_all_automated for terms in left) else {"do_not_contact_at": None}
        Candidate.objects.filter(pk=candidate_id).update(updated_at=timezone.now(), **changes)
        person = Candidate.objects.get(pk=candidate_id)
        events.record("candidate.restriction_lifted", candidate=person, by=by)
    companies = [mark.pk for mark in marks if not mark.candidate_id]
    if companies:
        events.record("company.restriction_lifted", by=by, data={"do_not_contact": companies})
