"""Whom contact pressure keeps waiting now, asked of many people at once (settings.CONTACT_PRESSURE)."""

from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, NullIf

from journeys.models import ContactBudget
from journeys.queries import people


def capped_q(*, now: datetime) -> Q:
    """`slide_for` of a mail about nothing in particular, over candidates or their search view.

    Few people have numbers of their own; the others are compared with the workspace's. Nobody's mails are
    counted whose last one (`last_contacted_at`) left too long ago to matter, which is most of a large pool.
    """
    at_home = people.house().budget
    numbers = ContactBudget.objects.filter(candidate_id=OuterRef("pk"), topic="")
    own = numbers.annotate(
        gap=Coalesce("candidate__preferred_gap_days", "gap_days", Value(at_home.gap.days)),
        most=Coalesce("cap_messages", Value(at_home.cap)),
        span=Coalesce(NullIf("cap_days", Value(0)), Value(at_home.cap_days)),
    )
    near, full = _kept("candidate_id", now, OuterRef("gap"), OuterRef("span"), OuterRef("most"))
    theirs = Exists(own.filter(near | (Q(most__gt=0) & full)))
    gap = Coalesce(OuterRef("preferred_gap_days"), Value(at_home.gap.days))
    near, full = _kept("pk", now, gap, Value(at_home.cap_days), Value(at_home.cap))
    ours = near | full if at_home.cap else near
    longest = Greatest(Coalesce(F("preferred_gap_days"), Value(at_home.gap.days)), Value(at_home.cap_days))
    since = ExpressionWrapper(Value(now) - _days(longest), output_field=DateTimeField())
    return (Q(last_contacted_at__gte=since) & ~Q(Exists(numbers)) & ours) | Q(theirs)


def _kept(whose: str, now: datetime, gap: Any, span: Any, most: Any) -> tuple[Q, Q]:
    """The last mail is too near; as many as the cap lets through are within its days."""
    heard = people.heard(now=now).filter(candidate_id=OuterRef(whose)).order_by()
    free_at = ExpressionWrapper(F("left_at") + _days(gap), output_field=DateTimeField())
    since = ExpressionWrapper(Value(now) - _days(span), output_field=DateTimeField())
    inside = heard.filter(left_at__gt=since).values("candidate_id").annotate(n=Count("pk"))
    near = Exists(heard.annotate(free_at=free_at).filter(free_at__gt=now))
    return Q(near), Q(Exists(inside.filter(n__gte=most).values("n")))


def _days(number: Any) -> Func:
    template = "%(function)s(days => (%(expressions)s)::int)"
    return Func(number, function="make_interval", template=template, output_field=DurationField())
