"""Marks on people and companies: which are in force, and whom they concern. One statement each."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField, Value

from crm.models import DoNotContact
from crm.policies.do_not_contact import domain_of
from crm.queries.arrays import among

Scope, Effect = DoNotContact.Scope, DoNotContact.Effect
Whom = Mapping[int, tuple[str, str]]
"""Who is asked about: id → (company as compared, address)."""


def standing(*, now: datetime) -> QuerySet[DoNotContact]:
    """Marks that have not ended."""
    return DoNotContact.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now))


def marks_of(people: Whom, *, now: datetime) -> dict[int, list[DoNotContact]]:
    """The marks that concern each of these people, themselves or through their company. One statement."""
    domains = {pk: domain_of(address) for pk, (_, address) in people.items()}
    about = Q(among("candidate_id", people))
    about |= Q(among("company_folded", {company for company, _ in people.values()} - {""}))
    about |= Q(among("domain", set(domains.values()) - {""}))
    by_person: dict[int, list[DoNotContact]] = defaultdict(list)
    by_company: dict[str, list[DoNotContact]] = defaultdict(list)
    by_domain: dict[str, list[DoNotContact]] = defaultdict(list)
    marks = list(standing(now=now).filter(about).select_related("set_by").order_by("pk"))
    if not marks:
        return {pk: [] for pk in people}
    for mark in marks:
        if mark.candidate_id:
            by_person[mark.candidate_id].append(mark)
        by_company[mark.company_folded].append(mark)
        by_domain[mark.domain].append(mark)
    return {
        pk: _once(
            [
                *by_person[pk],
                *(by_company[company] if company else ()),
                *(by_domain[domains[pk]] if domains[pk] else ()),
            ]
        )
        for pk, (company, _) in people.items()
    }


def do_not_contact_q(*, now: datetime, automated: bool = False) -> Q:
    """People whom a mark stops mail to, over candidates or their search view.

    With `automated`, also those who only get no automated mail. Companies match by name or by the domain of
    the address; PostgreSQL hashes the marks once, whatever the number of people.
    """
    scopes = [Scope.EVERYTHING, Scope.AUTOMATED] if automated else [Scope.EVERYTHING]
    stopping = standing(now=now).filter(effect=Effect.BLOCK, scope__in=scopes)
    domain: Any = Func(
        OuterRef("email"), Value("@"), Value(2), function="split_part", output_field=TextField()
    )
    return (
        Q(Exists(stopping.filter(candidate_id=OuterRef("pk"))))
        | Q(
            Exists(
                stopping.exclude(company_folded="").filter(company_folded=OuterRef("current_company_folded"))
            )
        )
        | Q(Exists(stopping.exclude(domain="").filter(domain=domain)))
    )


def listed(*, companies: bool) -> QuerySet[DoNotContact]:
    """Every mark on companies, or on people, newest first; those that ended too."""
    rows = DoNotContact.objects.filter(candidate__isnull=companies).select_related("candidate", "set_by")
    return rows.order_by("-pk")


def _once(marks: list[DoNotContact]) -> list[DoNotContact]:
    return list({mark.pk: mark for mark in marks}.values())
