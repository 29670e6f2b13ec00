"""Bounces and complaints stop automated mail at the limit, not before, and an admin lets it go on."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from crm.actions import claims, delivery_events, sender_health
from crm.actions.delivery_events import Report
from crm.models import Event, Message, User, Workspace
from crm.policies.mail_health import Limits, health_of
from journeys.actions import enrollments, runs
from journeys.models import Enrollment
from tests.factories.journeys import ReachableFactory, message
from tests.journeys.conftest import Publish

Signed = Callable[[User], Client]


def sent(count: int, *, at: dt.datetime | None = None) -> list[Message]:
    at = at or timezone.now() - dt.timedelta(days=1)
    rows = [
        Message(key=uuid.uuid4(), direction="out", kind="journey", state="sent", sent_at=at,
                to_address=f"p{n}@people.example")
        for n in range(count)
    ]  # fmt: skip
    return Message.objects.bulk_create(rows)


def bounce(messages: list[Message]) -> list[bool]:
    """Whether automated mail was stopped after each of these."""
    found = []
    for one in messages:
        delivery_events.apply(message=one, report=Report("", "bounced", is_hard=False))
        found.append(Workspace.objects.get().sending_stopped_at is not None)
    return found


def test_automated_mail_stops_with_the_bounce_that_reaches_the_limit(
    scope: Workspace, grace: User, ada: User, client_as: Signed, publish: Publish
) -> None:
    sent(50, at=timezone.now() - dt.timedelta(days=8))
    rows = sent(250)
    assert bounce(rows[:20]) == [False] * 19 + [True]
    assert bounce(rows[20:22]) == [True, True]
    assert Event.objects.filter(kind="sending.stopped").count() == 1
    assert "8 % bounced; the limit here is 8 %" in Workspace.objects.get().sending_stopped_why

    # What leaves by itself waits, in the queue and in journeys; what somebody wrote by hand leaves.
    person = ReachableFactory.create()
    due = {"direction": "out", "state": "queued", "candidate": person,
           "due_at": timezone.now() - dt.timedelta(days=1), "to_address": person.email}  # fmt: skip
    Message.objects.bulk_create(
        [Message(key=uuid.uuid4(), kind=kind, **due) for kind in ("journey", "newsletter", "one_to_one")]
    )
    assert [one.kind for one in claims.lease(limit=9)] == ["one_to_one"]
    now = timezone.now() + dt.timedelta(days=400)
    journey = publish(message())
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=now)
    runs.run_due(now=now)
    waiting = Enrollment.objects.get()
    assert (waiting.waits_for, waiting.due_at) == ("sender_stopped", now + dt.timedelta(hours=1))

    for who in (grace, ada):
        page = client_as(who).get("/w/acme/journeys/").content.decode()
        assert "Automated mail is stopped" in page
    assert client_as(ada).post("/w/acme/settings/sending/resumption/").status_code == 403
    admin = client_as(grace)
    assert admin.post("/w/acme/settings/sending/resumption/").status_code == 302
    assert admin.post("/w/acme/settings/sending/resumption/").status_code == 422
    assert bounce(rows[22:24]) == [False, False]
    assert sorted(one.kind for one in claims.lease(limit=9)) == ["journey", "newsletter"]
    runs.run_due(now=now + dt.timedelta(hours=1))
    assert Message.objects.filter(state="queued", candidate=person).count() == 4


def test_too_few_mails_stop_nothing_and_limits_are_the_workspaces(
    scope: Workspace, grace: User, client_as: Signed
) -> None:
    assert not any(bounce(sent(199)[:16]))
    client, url = client_as(grace), "/w/acme/settings/sending/limits/"
    given = {"bounce_stop_percent": "50", "complaint_stop_percent": "0.5"}
    assert client.post(url, given).status_code == 302
    assert client.post(url, given | {"bounce_stop_percent": "0"}).status_code == 422
    assert not any(bounce(sent(2)))
    with pytest.raises(sender_health.NotStopped):
        sender_health.resume(by=grace, now=timezone.now())


def test_thirty_days_stop_on_the_day_the_line_is_crossed() -> None:
    """Rolling sums over seven days of 100 mails each, bounces rising by the day."""
    days = [min(day // 2, 12) for day in range(30)]
    standings = [
        health_of(sent=100 * len(week := days[max(0, day - 6) : day + 1]), bounced=sum(week), complained=0)
        for day in range(30)
    ]
    first_bad = next(day for day, one in enumerate(standings) if one.standing == "bad")
    shares = [sum(days[max(0, day - 6) : day + 1]) / min(7, day + 1) for day in range(30)]
    assert first_bad == next(day for day, share in enumerate(shares) if share >= 8)
    assert health_of(sent=10_000, bounced=0, complained=30).standing == "bad"
    assert health_of(sent=10_000, bounced=0, complained=30, limits=Limits(8, 0.5)).standing == "warn"
