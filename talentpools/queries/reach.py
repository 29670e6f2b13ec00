"""How deep a group of people really is: how many could be written to now, before anybody is.

The same list of reasons, in the same order, as enrolling them in a journey (`journeys/queries/entry.py`); who
is capped would be enrolled and wait their turn.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.utils.module_loading import import_string

from crm.models import ConsentState, EmailState, SearchCandidate
from crm.queries.do_not_contact import do_not_contact_q

REACHABLE = "reachable"
SENTENCES = {
    "bad_address": "no working address",
    "unsubscribed": "unsubscribed",
    "no_consent": "no consent in force",
    "do_not_contact": "do not contact",
    "in_process": "in a process already",
    "capped": "heard from us as often as they may",
}


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What keeps some of the people from being written to; each is counted under the first that holds."""

    code: str
    sentence: str
    people: int


@dataclass(frozen=True, slots=True)
class Depth:
    """`people` = `reachable` + those of every hindrance."""

    people: int
    reachable: int
    hindrances: tuple[Hindrance, ...]

    def of(self, code: str) -> int:
        """How many are reachable, or kept by this hindrance; everybody for no code."""
        counts = {row.code: row.people for row in self.hindrances} | {REACHABLE: self.reachable}
        return counts[code] if code else self.people


def depth(people: QuerySet[SearchCandidate], *, now: datetime) -> Depth:
    """The people by what stands in the way, strongest first; one statement."""
    found = people.annotate(hindrance=_hindrance(now))
    counts: dict[str, int] = dict(found.order_by().values_list("hindrance").annotate(Count("pk")))
    return Depth(
        people=sum(counts.values()),
        reachable=counts.get(REACHABLE, 0),
        hindrances=tuple(Hindrance(code, text, counts.get(code, 0)) for code, text in SENTENCES.items()),
    )


def within(people: QuerySet[SearchCandidate], code: str, *, now: datetime) -> QuerySet[SearchCandidate]:
    """Those of the people whom `depth` counts under this code, `reachable` included."""
    return people.alias(hindrance=_hindrance(now)).filter(hindrance=code)


def _hindrance(now: datetime) -> Case:
    in_force = Q(consent=ConsentState.GRANTED) & (Q(consent_expires_at=None) | Q(consent_expires_at__gt=now))
    conditions: list[tuple[str, Any]] = [
        ("bad_address", ~Q(email_state=EmailState.OK)),
        ("unsubscribed", Q(unsubscribed_at__isnull=False)),
        ("no_consent", ~in_force),
        ("do_not_contact", do_not_contact_q(now=now, automated=True)),
        ("in_process", Q(in_process=True)),
        ("capped", import_string(settings.CONTACT_PRESSURE)(now=now)),
    ]
    whens = [When(condition, then=Value(code)) for code, condition in conditions]
    return Case(*whens, default=Value(REACHABLE), output_field=CharField())
