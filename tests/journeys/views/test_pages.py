import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.models import CaptureForm, TalentEvent, User, Workspace
from journeys.actions import enrollments, journeys, starter
from journeys.models import Enrollment, Journey, Template
from talentpools.models import Segment, SegmentMember
from tests.conftest import NOW
from tests.crm.capture import live_event, live_form
from tests.factories.journeys import ReachableFactory, document, message
from tests.journeys.conftest import Publish

Signed = Callable[[User], Client]


@pytest.fixture
def journey(publish: Publish) -> Journey:
    branch = {
        "id": "b", "type": "branch", "if": {"message": {"step": "m1", "was": "clicked"}},
        "then": [{"id": "t", "type": "task", "title": "Call"}], "else": [],
    }  # fmt: skip
    return publish(message(after={"days": 3}), branch, {"id": "e", "type": "end"})


def test_the_list_takes_the_same_queries_for_one_and_three(
    publish: Publish, grace: User, client_as: Signed
) -> None:
    client = client_as(grace)
    publish(message(), name="One")
    client.get("/w/acme/journeys/")
    with CaptureQueriesContext(connection) as one:
        client.get("/w/acme/journeys/")
    publish(message(), name="Two")
    publish(message(), name="Three")
    with CaptureQueriesContext(connection) as three:
        page = client.get("/w/acme/journeys/")
    assert len(three) == len(one)
    assert [name in page.content.decode() for name in ("One", "Two", "Three")] == [True] * 3


def test_an_empty_list_offers_what_ships(scope: Workspace, grace: User, client_as: Signed) -> None:
    client = client_as(grace)
    assert "Silver medalists, 12 weeks" in client.get("/w/acme/journeys/").content.decode()
    answer = client.post("/w/acme/journeys/new/", {"starter": "Silver medalists, 12 weeks"})
    assert answer.status_code == 302
    assert Journey.objects.get().state == "draft"


def test_the_page_shows_steps_counts_and_faults(journey: Journey, grace: User, client_as: Signed) -> None:
    enrollments.enroll(journey=journey, candidate_ids=[ReachableFactory.create().pk], now=NOW)
    Template.objects.update(has_footer=False)
    text = client_as(grace).get(f"/w/acme/journeys/{journey.pk}/").content.decode()
    assert "If “hello” was clicked" in text
    assert "gives no way to unsubscribe" in text
    assert 'kind=waiting" hx-get' in text


@pytest.mark.parametrize("htmx", [False, True])
def test_a_step_is_edited_in_the_panel(journey: Journey, grace: User, client_as: Signed, htmx: bool) -> None:
    client, headers = client_as(grace), {"HX-Request": "true"} if htmx else {}
    url = f"/w/acme/journeys/{journey.pk}/steps/m1/"
    assert client.get(url, headers=headers).status_code == 200
    given = {"amount": "5", "unit": "weeks", "at": "09:30", "template": "hello"}
    assert client.post(url, given, headers=headers).status_code == (200 if htmx else 302)
    journey.refresh_from_db()
    assert journey.draft["steps"][0]["after"] == {"weeks": 5, "at": "09:30"}
    assert client.post(url, given | {"template": "nowhere"}, headers=headers).status_code == 422


@pytest.mark.parametrize(
    "kind",
    [
        "message",
        "check_in",
        "job_alert",
        "task",
        "wait",
        "branch",
        "split",
        "update",
        "notify",
        "enroll",
        "end",
    ],
)
def test_every_type_of_step_can_be_added_opened_and_saved(
    journey: Journey, publish: Publish, grace: User, client_as: Signed, kind: str
) -> None:
    starter.install(grace)
    client = client_as(grace)
    base = f"/w/acme/journeys/{journey.pk}/steps/"
    assert client.post(base, {"kind": kind, "where": "steps.1.then", "index": "0"}).status_code == 302
    journey.refresh_from_db()
    step = journey.draft["steps"][1]["then"][0]
    assert step["type"] == kind
    page = client.get(f"{base}{step['id']}/")
    form = page.context["form"]
    given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    posted = {name: value for name, value in given.items() if value is not None and value is not False}
    assert client.post(f"{base}{step['id']}/", posted).status_code == 302
    journey.refresh_from_db()
    assert {**step, "hold": False} | journey.draft["steps"][1]["then"][0] == {**step, "hold": False}


def test_steps_move_and_go(journey: Journey, grace: User, client_as: Signed) -> None:
    client, base = client_as(grace), f"/w/acme/journeys/{journey.pk}/steps/"
    client.post(f"{base}b/position/", {"to": "up"})
    client.post(f"{base}e/removal/")
    journey.refresh_from_db()
    assert [step["id"] for step in journey.draft["steps"]] == ["b", "m1"]


def test_settings_publish_and_change_of_state(journey: Journey, grace: User, client_as: Signed) -> None:
    client, base = client_as(grace), f"/w/acme/journeys/{journey.pk}/"
    given = {
        "name": "Renamed", "trigger": "manual", "days": ["mon", "fri"], "start": "10:00", "end": "16:00",
        "priority": "70", "holdout": "0", "exit_on": ["replied"], "holidays": "on", "sender": "owner",
    }  # fmt: skip
    assert client.post(f"{base}settings/", given).status_code == 302
    assert client.get(f"{base}publication/").status_code == 200
    assert client.post(f"{base}publication/", {"inside": "stay"}).status_code == 302
    journey.refresh_from_db()
    assert (journey.name, journey.version.number) == ("Renamed", 2)
    assert journey.version.definition["settings"]["window"]["ranges"] == [["10:00", "16:00"]]
    for verb, state in (("pause", "paused"), ("resumption", "live"), ("draining", "draining")):
        client.post(f"{base}{verb}/")
        journey.refresh_from_db()
        assert journey.state == state


@pytest.mark.parametrize(
    ("given", "trigger"),
    [
        ({"trigger": "form.submitted", "form": "join"}, {"on": "form.submitted", "form": "join"}),
        ({"trigger": "form.submitted"}, {"on": "form.submitted"}),
        ({"trigger": "event.attended", "event": "pyday"}, {"on": "event.attended", "event": "pyday"}),
        ({"trigger": "stage.changed", "to": "screening"}, {"on": "stage.changed", "to": "screening"}),
        ({"trigger": "date", "field": "last_replied_at"}, {"on": "date", "field": "last_replied_at"}),
        (
            {"trigger": "date", "field": "created_at", "amount": "2", "side": "before", "clock": "09:30"},
            {"on": "date", "field": "created_at", "offset": {"days": -2, "at": "09:30"}},
        ),
    ],
)
def test_settings_ask_what_the_trigger_needs(
    journey: Journey, grace: User, client_as: Signed, given: dict[str, str], trigger: dict[str, Any]
) -> None:
    form, event = live_form(grace), live_event(grace)
    CaptureForm.objects.filter(pk=form.pk).update(slug="join")
    TalentEvent.objects.filter(pk=event.pk).update(slug="pyday")
    client, url = client_as(grace), f"/w/acme/journeys/{journey.pk}/settings/"
    rest = {"days": ["mon"], "start": "10:00", "end": "16:00", "priority": "70", "holdout": "0"}
    whole = {"name": "Renamed", "sender": str(grace.pk)} | rest | given
    assert client.post(url, whole).status_code == 302
    journey.refresh_from_db()
    assert (journey.draft["trigger"], journey.draft["settings"]["sender"]) == (trigger, grace.pk)
    again = client.get(url, {"trigger": "date", "name": "So far"}).content.decode()
    assert 'name="field"' in again
    assert 'value="So far"' in again
    assert 'name="segment"' not in again
    assert client.post(url, whole | {"trigger": "date", "field": ""}).status_code == 422


def test_publishing_says_what_changes_and_for_whom(journey: Journey, grace: User, client_as: Signed) -> None:
    people = ReachableFactory.create_batch(3)
    enrollments.enroll(journey=journey, candidate_ids=[one.pk for one in people], now=NOW)
    Enrollment.objects.filter(candidate=people[0]).update(step_id="b")
    client, base = client_as(grace), f"/w/acme/journeys/{journey.pk}/"
    assert "no new version is made" in client.get(f"{base}publication/").content.decode()
    client.post(f"{base}steps/b/", {"amount": "3", "unit": "days", "wait_amount": "0", "wait_unit": "days",
                                    "kind": "message", "message": "m1", "was": "replied"})  # fmt: skip
    page = client.get(f"{base}publication/").content.decode()
    assert "changed from at once to after 3 days" in page
    assert "2 of them stand before the first change." in page


def test_the_people_of_a_journey_are_shown_with_their_step_page_by_page(
    journey: Journey, grace: User, client_as: Signed
) -> None:
    people = ReachableFactory.create_batch(51)
    enrollments.enroll(journey=journey, candidate_ids=[one.pk for one in people], now=NOW)
    client, url = client_as(grace), f"/w/acme/journeys/{journey.pk}/enrollments/"
    first = client.get(url).content.decode()
    assert (first.count('id="enrollment-'), first.count("hello")) == (50, 50)
    assert "page=2" in first
    assert client.get(f"{url}?page=2").content.decode().count('id="enrollment-') == 1


def test_enrolling_shows_reasons_first(journey: Journey, ada: User, client_as: Signed) -> None:
    client, url = client_as(ada), f"/w/acme/journeys/{journey.pk}/enrollments/new/"
    fine, other = ReachableFactory.create(), ReachableFactory.create(consent="none")
    ids = {"candidates": f"{fine.pk},{other.pk}"}
    page = client.post(url, ids).content.decode()
    assert "There is no lawful basis" in page
    assert not Enrollment.objects.exists()
    client.post(url, ids | {"enroll": "1"})
    assert Enrollment.objects.get().candidate_id == fine.pk


def test_publishing_shows_who_of_the_segment_would_enter(
    journey: Journey, grace: User, client_as: Signed
) -> None:
    url = f"/w/acme/journeys/{journey.pk}/publication/"
    client, segment = (
        client_as(grace),
        Segment.objects.create(name="Medalists", rules={"match": "all", "rules": []}),
    )
    assert "People inside" not in client.get(url).content.decode()
    for person in (ReachableFactory.create(), ReachableFactory.create(consent="none")):
        SegmentMember.objects.create(segment=segment, candidate=person, entered_at=NOW)
    draft = journey.draft | {"trigger": {"on": "segment.entered", "segment": segment.pk}}
    Journey.objects.filter(pk=journey.pk).update(draft=draft)
    assert "Enroll the people who are in the segment now" in client.get(url).content.decode()
    told = client.get(f"{url}?members=1").content.decode()
    assert "There is no lawful basis to write to this person." in told
    assert not Enrollment.objects.exists()
    client.post(url, {"enroll_members": "on"})
    assert Enrollment.objects.count() == 1
    assert "People inside" in client.get(url).content.decode()


def test_the_candidate_panel_and_undo(journey: Journey, ada: User, client_as: Signed) -> None:
    client, person = client_as(ada), ReachableFactory.create()
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW)
    pk = Enrollment.objects.get().pk
    panel = f"/w/acme/candidates/{person.pk}/journeys/"
    assert "18 Jun 2026" in client.get(panel, HTTP_HX_REQUEST="true").content.decode()
    gone = client.post(f"/w/acme/enrollments/{pk}/exit/", HTTP_HX_REQUEST="true").content.decode()
    assert f"/w/acme/enrollments/{pk}/return/" in gone
    client.post(f"/w/acme/enrollments/{pk}/return/", HTTP_HX_REQUEST="true")
    assert Enrollment.objects.get().state == "active"


def test_a_file_goes_out_and_comes_in(journey: Journey, grace: User, client_as: Signed) -> None:
    client = client_as(grace)
    exported = client.get(f"/w/acme/journeys/{journey.pk}/file/").content
    assert json.loads(exported) == journey.draft
    upload = {"file": SimpleUploadedFile("j.json", exported)}
    client.post("/w/acme/journeys/files/", upload | {"anew": "1"})
    assert Journey.objects.count() == 2
    bad = client.post("/w/acme/journeys/files/", {"file": SimpleUploadedFile("j.json", b"[1")})
    assert bad.status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "journeys/new/"),
        ("post", "journeys/{}/steps/"),
        ("get", "journeys/{}/steps/m1/"),
        ("post", "journeys/{}/pause/"),
        ("post", "journeys/{}/publication/"),
        ("get", "content/new/"),
    ],
)
def test_a_recruiter_may_look_but_not_change(
    journey: Journey, ada: User, client_as: Signed, method: str, path: str
) -> None:
    client = client_as(ada)
    assert client.get(f"/w/acme/journeys/{journey.pk}/").status_code == 200
    assert getattr(client, method)(f"/w/acme/{path.format(journey.pk)}").status_code == 403


def test_templates_are_written_previewed_and_kept_while_used(
    journey: Journey, grace: User, client_as: Signed
) -> None:
    client = client_as(grace)
    ReachableFactory.create(first_name="Mia", last_name="Lang")
    given: dict[str, Any] = {
        "name": "Note", "kind": "value", "topic": "talent_community", "subject": "Hi",
        "body": "Dear {{ candidate.first_name }}",
    }  # fmt: skip
    assert client.post("/w/acme/content/new/", given | {"body": "{{ candidate.shoe }}"}).status_code == 422
    assert client.post("/w/acme/content/new/", given).status_code == 302
    note = Template.objects.get(name="Note")
    assert "Dear Mia" in client.get(f"/w/acme/content/{note.pk}/preview/?q=lang").content.decode()
    assert "Note" in client.get("/w/acme/content/").content.decode()
    used = Template.objects.get(key="hello")
    assert client.post(f"/w/acme/content/{used.pk}/archive/").status_code == 409


def test_a_check_in_lands_on_the_person(publish: Publish, grace: User, client: Client) -> None:
    from crm.models import Candidate, Message, Task
    from journeys.actions import runs
    from journeys.actions.mailings import form_url

    starter.install(grace)
    Template.objects.filter(key="silver-3").update(role_family="")
    step = {"id": "c", "type": "check_in", "template": "silver-3", "form": "plans"}
    journey = publish(step)
    person = ReachableFactory.create()
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW)
    runs.run_due(now=NOW)
    sent = Message.objects.get()
    url = form_url("plans", sent.key)
    assert url in sent.body_text
    path = url.removeprefix("http://127.0.0.1:8000")
    assert client.get(path).status_code == 200
    given = {"custom.career_goals": "Lead a team", "availability": "open", "wants_call": "on"}
    assert client.post(path, given).status_code == 200
    assert client.post(path, given).status_code == 200
    kept = Candidate.objects.get(pk=person.pk)
    assert (kept.custom["career_goals"], kept.availability) == ("Lead a team", "open")
    assert Task.objects.filter(candidate=person).count() == 1
    assert client.get(path[:-4] + "xyz/").status_code == 404


def test_a_draft_with_faults_can_be_kept_but_not_published(
    journey: Journey, grace: User, client_as: Signed
) -> None:
    broken = document(message("m1", "nowhere"))
    journeys.save_draft(document=broken, by=grace, journey=journey, is_complete=False)
    answer = client_as(grace).post(f"/w/acme/journeys/{journey.pk}/publication/", {"inside": "stay"})
    assert answer.status_code == 400
