"""Journey files: names instead of ids, there and back, over a journey that is here, with the changes told."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.actions import api_keys
from crm.kernel.tenancy import workspace_scope
from crm.models import Role, User, Workspace
from journeys.actions import journeys
from journeys.models import CheckInForm, Journey
from journeys.queries import journey_files
from talentpools.actions import pools, segments
from talentpools.models import Segment
from tests.factories import MembershipFactory, WorkspaceFactory
from tests.factories.journeys import TemplateFactory, document, message

Signed = Callable[[User], Client]
RULES = {"field": "email", "op": "is_not_empty"}


def furnish(grace: User) -> dict[str, Any]:
    """A workspace in which everything a journey may name is there; the document that names it by id."""
    TemplateFactory.create(key="hello")
    CheckInForm.objects.create(key="plans", title="Plans", questions=[])
    pool = pools.create(draft=pools.Draft("Engineering"), by=grace)
    segment = segments.create(draft=segments.Draft("Warm", RULES, pool=pool), by=grace)
    target = journeys.save_draft(document=document(message(), name="Quarterly"), by=grace)
    goal = {"match": "any", "rules": [{"pool": pool.pk}, {"journey": target.pk, "state": "completed"}]}
    steps = (
        message(),
        {"id": "b", "type": "branch", "if": {"message": {"step": "m1", "was": "clicked"}},
         "then": [{"id": "t", "type": "task", "title": "Call", "assignee": grace.pk}],
         "else": [{"id": "b2", "type": "branch", "if": {"segment": segment.pk},
                   "then": [{"id": "e1", "type": "enroll", "journey": target.pk}], "else": []}]},
        {"id": "s", "type": "split", "arms": [
            {"name": "A", "weight": 1, "steps": [{"id": "u", "type": "update", "add_to_pool": pool.pk}]},
            {"name": "B", "weight": 1, "steps": [{"id": "n", "type": "notify", "to": "owner", "text": "Hi"}]},
        ]},
        {"id": "c", "type": "check_in", "template": "hello", "form": "plans"},
    )  # fmt: skip
    trigger = {"on": "segment.entered", "segment": segment.pk}
    return document(*steps, trigger=trigger, name="Silver", sender=grace.pk, goal=goal)


@pytest.fixture
def furnished(scope: Workspace, grace: User) -> dict[str, Any]:
    return furnish(grace)


def test_a_file_travels_by_names_and_comes_back_equal(furnished: dict[str, Any], grace: User) -> None:
    file = json.loads(json.dumps(journey_files.to_file(furnished)))
    assert file["trigger"] == {"on": "segment.entered", "segment": {"pool": "Engineering", "name": "Warm"}}
    assert file["settings"]["sender"] == {"email": grace.email, "name": grace.name}
    assert file["steps"][1]["else"][0]["then"][0]["journey"] == {"name": "Quarterly"}
    assert file["steps"][2]["arms"][0]["steps"][0]["add_to_pool"] == {"name": "Engineering"}
    assert journey_files.from_file(file) == furnished
    assert journey_files.from_file(furnished) == furnished


def test_a_file_from_elsewhere(workspace: Workspace, grace: User) -> None:
    with workspace_scope(workspace.pk):
        file = journey_files.to_file(furnish(grace))
    other = WorkspaceFactory.create()
    MembershipFactory.create(workspace=other, user=grace, role=Role.ADMIN)
    with workspace_scope(other.pk):
        with pytest.raises(journey_files.UnknownNames) as refusal:
            journeys.save_draft(document=file, by=grace)
        assert not Journey.objects.exists()
        assert refusal.value.fields["trigger.segment"] == "There is no segment “Engineering: Warm” here."
        assert "steps.2.arms.0.steps.0.add_to_pool" in refusal.value.fields
        own = furnish(grace)
        made = journeys.save_draft(document=file, by=grace)
        assert made.draft == own
        assert made.draft["trigger"]["segment"] == Segment.objects.get(name="Warm").pk
        assert journey_files.to_file(made.draft) == file


def test_a_file_over_a_journey_that_is_here_tells_what_changes(
    furnished: dict[str, Any], grace: User, ada: User, client_as: Signed
) -> None:
    journey = journeys.save_draft(document=furnished, by=grace)
    journeys.publish(journey=journey, by=grace)
    client = client_as(grace)
    file = client.get(f"/w/acme/journeys/{journey.pk}/file/").json()
    assert file == journey_files.to_file(furnished)
    other = segments.create(draft=segments.Draft("Cold", RULES), by=grace)
    file["trigger"]["segment"] = {"name": "Cold"}
    file["steps"][0]["after"] = {"days": 5}

    def upload() -> dict[str, Any]:
        return {"file": SimpleUploadedFile("silver.json", json.dumps(file).encode())}

    page = client.post("/w/acme/journeys/files/", upload()).content.decode()
    assert "Engineering: Warm” became “When somebody enters a segment, Cold”" in page
    assert "when it happens changed from at once to after 5 days" in page
    assert "Make it the draft" in page
    assert Journey.objects.filter(name="Silver").count() == 1
    url = f"/w/acme/journeys/{journey.pk}/arrival/"
    assert client_as(ada).post(url, {"document": json.dumps(file)}).status_code == 403
    assert client.post(url, {"document": json.dumps(file)}).status_code == 302
    journey.refresh_from_db()
    assert journey.draft["trigger"]["segment"] == other.pk
    assert journey.version is not None
    assert journey.version.definition == furnished
    assert client.post(f"{url}undo/").status_code == 302
    assert client.post(f"{url}undo/").status_code == 422
    journey.refresh_from_db()
    assert journey.draft == furnished
    assert client.post("/w/acme/journeys/files/", upload() | {"anew": "1"}).status_code == 302
    assert Journey.objects.filter(name="Silver").count() == 2


def test_a_file_that_names_what_is_not_here_is_refused_with_its_place(
    furnished: dict[str, Any], grace: User, client_as: Signed
) -> None:
    journey = journeys.save_draft(document=furnished, by=grace)
    file = journey_files.to_file(furnished)
    file["trigger"]["segment"] = {"name": "Nobody"}
    upload = {"file": SimpleUploadedFile("silver.json", json.dumps(file).encode())}
    url = f"/w/acme/journeys/{journey.pk}/versions/"
    answer = client_as(grace).post(url, upload)
    assert answer.status_code == 422
    assert "There is no segment “Nobody” here." in answer.content.decode()
    Segment.objects.filter(name="Warm").delete()
    assert client_as(grace).get(f"/w/acme/journeys/{journey.pk}/file/").status_code == 409


def test_the_api_takes_names_and_tells_changes(
    furnished: dict[str, Any], grace: User, client: Client
) -> None:
    key = api_keys.create(name="Program", role=Role.ADMIN, by=grace)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key.text}"
    file = journey_files.to_file(furnished)
    made = client.post("/api/v1/journeys", file, content_type="application/json")
    assert (made.status_code, made.json()["draft"]) == (201, furnished)
    url = f"/api/v1/journeys/{made.json()['id']}"
    assert client.get(f"{url}/file").json() == file
    same = client.put(url, file, content_type="application/json").json()
    assert same["changes"] == []
    told = client.patch(url, {"name": "Gold"}, content_type="application/json").json()
    assert told["changes"] == ["Renamed from “Silver” to “Gold”."]
    wrong = file | {"trigger": {"on": "segment.entered", "segment": {"name": "Nobody"}}}
    refused = client.put(url, wrong, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_names")


def test_which_rejections_count_is_asked_on_the_screen(
    scope: Workspace, grace: User, client_as: Signed
) -> None:
    rules = {"application": {"furthest_stage_at_least": "interview", "outcome": "rejected"}}
    trigger = {"on": "application.rejected", "rules": rules}
    TemplateFactory.create(key="hello")
    journey = journeys.save_draft(document=document(message(), trigger=trigger), by=grace)
    client, url = client_as(grace), f"/w/acme/journeys/{journey.pk}/settings/"
    page = client.get(url).content.decode()
    assert '<option value="interview" selected' in page
    given = {
        "name": "Silver", "trigger": "application.rejected", "sender": "owner", "days": ["mon"],
        "start": "09:00", "end": "17:00", "priority": "50", "holdout": "0",
        "furthest": "final_interview", "reasons": "timing, headcount", "families": ["sales"],
        "within_days": "30", "goal": "meeting.booked",
    }  # fmt: skip
    assert client.post(url, given).status_code == 302
    journey.refresh_from_db()
    assert journey.draft["trigger"]["rules"] == {
        "application": {
            "furthest_stage_at_least": "final_interview", "rejection_reason_in": ["timing", "headcount"],
            "role_family_in": ["sales"], "ended_within_days": 30, "outcome": "rejected",
        }
    }  # fmt: skip
    assert journey.draft["settings"]["goal"] == {"activity": "meeting.booked", "op": "at_least", "count": 1}
    assert "final interview" in client.get(f"/w/acme/journeys/{journey.pk}/").content.decode().lower()
    own = {"match": "all", "rules": [RULES, rules]}
    journey.draft["trigger"]["rules"] = own
    journey.save()
    page = client.get(url).content.decode()
    assert "They say more than the questions above." in page
    assert client.post(url, given | {"keeps_rules": "on"}).status_code == 302
    journey.refresh_from_db()
    assert journey.draft["trigger"]["rules"] == own
    assert client.post(url, given | {"furthest": "", "reasons": "", "families": [], "within_days": ""})
    journey.refresh_from_db()
    assert journey.draft["trigger"] == {"on": "application.rejected"}
