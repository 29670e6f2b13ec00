"""One budget over journeys, campaigns and mail by hand, and everybody told why somebody waits."""

import datetime as dt
from typing import Any

from django.test import Client

from crm.actions import messages
from crm.models import Candidate, Message, User, Workspace
from journeys.actions import contact_budgets, enrollments, outcomes, runs
from journeys.models import ContactBudget, Enrollment, Journey
from journeys.policies.pressure import Override
from journeys.queries import pressure
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, TemplateFactory, message
from tests.journeys.conftest import Publish

DAY = dt.timedelta(days=1)


def enroll(journey: Journey, person: Candidate) -> Enrollment:
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW)
    return Enrollment.objects.get(journey=journey, candidate=person)


def by_hand(person: Candidate, by: User, at: dt.datetime) -> None:
    sent = messages.write(candidate=person, subject="Coffee?", text="Hello", by=by)
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=at, created_at=at, due_at=None)


def test_a_mail_by_hand_counts_in_the_gap_and_the_cap(
    publish: Publish, scope: Workspace, grace: User
) -> None:
    person, often = ReachableFactory.create(), ReachableFactory.create()
    journey = publish(message())
    row, capped = enroll(journey, person), enroll(journey, often)
    by_hand(person, grace, NOW - 2 * DAY)
    for days in (10, 15, 20):
        by_hand(often, grace, NOW - days * DAY)

    runs.run_due(now=NOW)

    row.refresh_from_db()
    capped.refresh_from_db()
    assert (row.waits_for, row.due_at) == ("gap", NOW + 5 * DAY)
    assert row.waits_why == f"Heard from us on 13 Jun from {grace}; at least 7 days lie between two messages."
    assert (capped.waits_for, capped.due_at) == ("cap", NOW + 10 * DAY)
    assert not Message.objects.filter(kind="journey").exists()


def test_a_topics_own_numbers_hold_in_the_run(publish: Publish, grace: User) -> None:
    TemplateFactory.create(key="alert", topic="jobs")
    person = ReachableFactory.create()
    journey = publish(message(), message("m2", template="alert", after={"days": 2}))
    row = enroll(journey, person)
    contact_budgets.set_budget(candidate=None, topic="jobs", numbers=Override(gap_days=1), by=grace)
    runs.run_due(now=NOW)
    Message.objects.filter(state="queued").update(state="sent", sent_at=NOW)
    outcomes.settle(now=NOW)
    contact_budgets.set_budget(candidate=person, topic="", numbers=Override(gap_days=5), by=grace)
    runs.run_due(now=NOW + 2 * DAY)
    row.refresh_from_db()
    assert (row.waits_for, row.due_at) == ("gap", NOW + 5 * DAY)
    contact_budgets.set_budget(candidate=person, topic="", numbers=Override(), by=grace)
    Enrollment.objects.update(due_at=NOW + 2 * DAY)
    runs.run_due(now=NOW + 2 * DAY)
    assert Message.objects.filter(topic="jobs").count() == 1
    assert [one.topic for one in ContactBudget.objects.all()] == ["jobs"]


def test_the_loser_is_told_who_went_first_whenever_it_comes(publish: Publish) -> None:
    person = ReachableFactory.create()
    enroll(publish(message(), name="First"), person)
    late = enroll(publish(message(after={"days": 1}), name="Second"), person)
    runs.run_due(now=NOW)
    runs.run_due(now=NOW + DAY)
    late.refresh_from_db()
    assert "from “First”" in late.waits_why


def test_the_composer_warns_and_stops_nobody(
    publish: Publish, scope: Workspace, grace: User, client_as: Any
) -> None:
    person = ReachableFactory.create()
    now = dt.datetime.now(tz=dt.UTC)
    journey = publish(message(after={"days": 3}), name="Silver medalists")
    enrollments.enroll(journey=journey, candidate_ids=[person.pk])
    url = f"/w/acme/candidates/{person.pk}/messages/new/"
    client = client_as(grace)
    text = client.get(url).content.decode()
    assert "“Silver medalists” writes on" in text
    assert "Heard from us on" not in text
    by_hand(person, grace, now - DAY)
    assert "Heard from us on" in client.get(url).content.decode()
    assert client.post(url, {"subject": "Again", "text": "Hello"}).status_code == 302
    said = pressure.cautions(person, now=now)
    assert said[0].startswith(f"Heard from us on {now - DAY:%-d %b} from {grace}")


def test_pages_and_api_set_the_numbers(
    publish: Publish, scope: Workspace, grace: User, ada: User, client_as: Any, client: Client
) -> None:
    person = ReachableFactory.create(preferred_gap_days=91)
    admin = client_as(grace)
    assert admin.post("/w/acme/settings/pressure/jobs/", {"gap_days": "3", "cap": "0"}).status_code == 302
    page = admin.get("/w/acme/settings/pressure/").content.decode()
    assert "no limit" in page
    assert admin.post("/w/acme/settings/pressure/jobs/", {"gap_days": "-1"}).status_code == 422
    assert admin.get("/w/acme/settings/pressure/nothing/").status_code == 404
    recruiter = client_as(ada)
    url = f"/w/acme/candidates/{person.pk}/pressure/"
    assert recruiter.get("/w/acme/settings/pressure/").status_code == 403
    assert recruiter.post(f"{url}numbers/", {"topic": "", "gap_days": "14"}).status_code == 302
    assert recruiter.post(f"{url}numbers/", {"topic": "nothing"}).status_code == 422
    text = recruiter.get(url).content.decode()
    assert "They chose 91 days themselves" in text
    assert "14 days apart" in text
