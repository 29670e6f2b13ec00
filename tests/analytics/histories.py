"""Writes small hiring histories for the KPI tests: one call per thing that happened."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from analytics.policies.periods import Period
from analytics.policies.questions import Filters, Question
from crm.models import Application, Candidate, Event, Offer, Requisition
from talentpools.models import Member, Pool
from tests.factories import (
    ApplicationFactory,
    CandidateFactory,
    EventFactory,
    OfferFactory,
    RequisitionFactory,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 6, 15, 9, 0, tzinfo=dt.UTC)


def at(day: int, hour: int = 12, month: int = 3) -> dt.datetime:
    """A moment in 2026, UTC; March unless said."""
    return dt.datetime(2026, month, day, hour, tzinfo=dt.UTC)


def question(
    from_on: dt.date = dt.date(2026, 3, 1), to_on: dt.date = dt.date(2026, 3, 31), **filters: Any
) -> Question:
    return Question(Period(from_on, to_on, BERLIN), NOW, Filters(**filters))


def event(candidate: Candidate, kind: str, when: dt.datetime, **data: Any) -> Event:
    return EventFactory.create(candidate=candidate, kind=kind, occurred_at=when, data=data)


def in_pool(candidate: Candidate, since: dt.datetime, pool: Pool | None = None) -> Member:
    pool = pool or Pool.objects.get_or_create(name="Engineering")[0]
    return Member.objects.create(pool=pool, candidate=candidate, entered_at=since)


def hire(
    applied: dt.datetime,
    accepted: dt.datetime,
    requisition: Requisition | None = None,
    **columns: Any,
) -> Application:
    """An application with one accepted offer, extended the day before."""
    application = ApplicationFactory.create(
        candidate=CandidateFactory.create(),
        requisition=requisition or RequisitionFactory.create(opened_at=at(1, 9, 1)),
        applied_at=applied,
        outcome="hired",
        **columns,
    )
    extended = accepted - dt.timedelta(days=1)
    OfferFactory.create(
        application=application, status=Offer.Status.ACCEPTED, extended_at=extended, resolved_at=accepted
    )
    return application
