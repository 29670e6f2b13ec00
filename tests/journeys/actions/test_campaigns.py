from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from crm.models import Message, User, Workspace
from journeys.actions import campaigns, runs
from journeys.actions.journeys import InvalidJourney, WrongState
from journeys.actions.mailboxes import set_pace
from journeys.models import Campaign, Enrollment, Journey
from journeys.queries import campaigns as found
from talentpools.models import Segment, SegmentMember
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, TemplateFactory

Signed = Callable[[User], Client]
HOUR = timedelta(hours=1)


@pytest.fixture
def segment(scope: Workspace, grace: User) -> Segment:
    """Two who may be written to, one who stopped, one who left the segment."""
    TemplateFactory.create(key="news", layout="letter", topic="career")
    for sender in (None, grace):
        set_pace(sender=sender, daily_limit=1_000, spacing_seconds=0)
    found = Segment.objects.create(name="Readers", rules={"match": "all", "rules": []})
    people = [*ReachableFactory.create_batch(2), ReachableFactory.create(unsubscribed_at=NOW)]
    for person in people:
        SegmentMember.objects.create(segment=found, candidate=person, entered_at=NOW)
    gone = ReachableFactory.create()
    SegmentMember.objects.create(segment=found, candidate=gone, entered_at=NOW, left_at=NOW)
    return found


def plan(segment: Segment, grace: User, **more: Any) -> Campaign:
    given: dict[str, Any] = {"name": "News", "template": "news", "hours": "any", **more}
    return campaigns.save(draft=campaigns.Draft(segment_id=segment.pk, **given), by=grace)


def test_a_campaign_goes_at_its_time_by_the_same_guards(
    segment: Segment, grace: User, workspace: Workspace
) -> None:
    campaign = plan(segment, grace)
    judged = found.judged(campaign, now=NOW, asked_by=grace.pk)
    assert (len(judged.enters), dict(judged.codes())) == (2, {"unsubscribed": 1})
    campaigns.schedule(campaign=campaign, send_at=NOW + HOUR, by=grace, now=NOW)
    assert campaigns.next_moment(after=NOW) == NOW + HOUR
    assert campaigns.start_due(now=NOW) == 0
    late = ReachableFactory.create()
    SegmentMember.objects.create(segment=segment, candidate=late, entered_at=NOW)
    assert campaigns.start_due(now=NOW + HOUR) == 3
    assert campaigns.start_due(now=NOW + HOUR) == 0
    ran = runs.run_due(now=NOW + HOUR)
    assert ran.counts["sending"] == 3
    sent = Message.objects.order_by("pk")
    assert {(one.kind, one.layout, one.topic) for one in sent} == {("newsletter", "letter", "career")}
    told = found.progress(Campaign.objects.get())
    assert (told.entered, told.refused, told.waiting) == (3, 1, 3)
    assert found.refusal_codes(campaign) == [("unsubscribed", 1)]
    assert found.refusals(campaign, "cap").count() == 0
    with pytest.raises(WrongState):
        campaigns.schedule(campaign=campaign, send_at=NOW, by=grace, now=NOW)


def test_a_scheduled_campaign_goes_back_to_a_draft_and_a_sent_one_stops_for_who_waits(
    segment: Segment, grace: User
) -> None:
    campaign = plan(segment, grace, hours="office")
    campaigns.schedule(campaign=campaign, send_at=NOW + HOUR, by=grace, now=NOW)
    assert campaigns.cancel(campaign=campaign, by=grace, now=NOW) == 0
    campaign.refresh_from_db()
    assert (campaign.state, campaign.send_at) == ("draft", None)
    changed = campaigns.save(
        draft=campaigns.Draft("Other", "news", segment.pk, hours="any"), by=grace, campaign=campaign
    )
    assert changed.journey.draft["settings"].get("window") is None
    sent = campaigns.schedule(campaign=changed, send_at=NOW - HOUR, by=grace, now=NOW)
    assert (sent.state, sent.started_at) == ("sent", NOW)
    with pytest.raises(WrongState):
        campaigns.save(draft=campaigns.Draft("Late", "news", segment.pk), by=grace, campaign=sent)
    assert campaigns.cancel(campaign=sent, by=grace, now=NOW) == 2
    assert set(Enrollment.objects.values_list("exit_reason", flat=True)) == {"canceled"}
    assert runs.run_due(now=NOW + HOUR).seen == 0
    assert Campaign.objects.get().state == "canceled"


def test_a_mail_that_is_not_there_is_not_scheduled_and_a_draft_is_deleted(
    segment: Segment, grace: User
) -> None:
    campaign = plan(segment, grace, template="nowhere")
    with pytest.raises(InvalidJourney):
        campaigns.schedule(campaign=campaign, send_at=NOW, by=grace, now=NOW)
    assert Campaign.objects.get().state == "draft"
    campaigns.delete(campaign=campaign, by=grace)
    assert not Journey.objects.exists()


def test_the_pages_of_a_campaign(segment: Segment, grace: User, ada: User, client_as: Signed) -> None:
    client, base = client_as(grace), "/w/acme/content/campaigns/"
    assert "One mail, one segment" in client.get(base).content.decode()
    given = {
        "name": "Spring", "segment_id": segment.pk, "template": "news", "hours": "any", "sender": "owner",
        "holdout": 0,
    }  # fmt: skip
    assert client.post(f"{base}new/", given | {"template": "x"}).status_code == 422
    assert client.post(f"{base}new/", given).status_code == 302
    campaign = Campaign.objects.get()
    page = f"{base}{campaign.pk}/"
    assert client.get(f"{page}plan/").status_code == 200
    assert "Readers" in client.get(page).content.decode()
    preview = client.get(f"{page}audience/").content.decode()
    assert "unsubscribed" in preview
    assert client.post(f"{page}schedule/", {"send_at": "soon"}).status_code == 400
    assert client.post(f"{page}schedule/", {"send_at": "2999-01-01T09:00"}).status_code == 302
    assert client.post(f"{page}cancellation/").status_code == 302
    assert client.post(f"{page}schedule/", {"send_at": ""}).status_code == 302
    shown = client.get(f"{page}?code=unsubscribed").content.decode()
    assert "Did not get it" in shown
    assert "Spring" in client.get(base).content.decode()
    assert "Spring" not in client.get("/w/acme/journeys/").content.decode()
    assert (
        client.get(f"/w/acme/journeys/{campaign.journey_id}/steps/mail/people/?kind=waiting").status_code
        == 200
    )
    assert client.post(f"{page}deletion/").status_code == 409
    assert client_as(ada).post(f"{page}schedule/").status_code == 403
