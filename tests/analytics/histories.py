"""Writes small hiring histories for the KPI tests: one call per thing that happened."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from analytics.policies.periods import Period
from analytics.policies.questions import Filters, Question
from crm.models import Application, Candidate, Event, Message, Offer, Requisition, User
from journeys.models import Enrollment, Journey, JourneyVersion, StepRun
from talentpools.models import Member, Pool
from tests.factories import (
    ApplicationFactory,
    CandidateFactory,
    EventFactory,
    MessageFactory,
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


STEPS = {"steps": [{"id": "m1", "template": "hello"}, {"nested": [{"id": "m2", "template": "hello"}]}]}


def mailed(
    person: Candidate,
    step: str,
    arm: str,
    delivered: dt.datetime,
    replied: dt.datetime | None = None,
    is_automatic: bool = False,
) -> Message:
    """A mail that was delivered: by a step of a journey, after a split or not, or by hand; and its answer."""
    sender, _ = User.objects.get_or_create(email="sender@acme.example", defaults={"name": "Sender"})
    message = MessageFactory.create(
        candidate=person, kind="journey", sender=sender, sent_at=delivered, delivered_at=delivered
    )
    if replied:
        MessageFactory.create(
            candidate=person, direction="in", state="received", in_reply_to=message, sent_at=replied,
            is_automatic=is_automatic, created_at=replied,
        )  # fmt: skip
    if step:
        journey, _ = Journey.objects.get_or_create(name="Warm", defaults={"draft": {}})
        version, _ = JourneyVersion.objects.get_or_create(
            journey=journey, number=1, defaults={"definition": STEPS, "published_at": at(1)}
        )
        way: dict[str, Any] = {"journey": journey, "started_at": delivered, "state": "done"}
        way["enrollment"] = Enrollment.objects.create(
            journey=journey, version=version, candidate=person, enrolled_at=delivered, state="completed"
        )
        if arm:
            StepRun.objects.create(step_id="s1", kind="split", choice=arm, **way)
        StepRun.objects.create(step_id=step, kind="message", message=message, **way)
    return message


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
