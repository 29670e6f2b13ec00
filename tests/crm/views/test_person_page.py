import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.actions import deliveries, job_preferences, meetings, messages
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Event, JobPreference, Meeting, Message, Suppression, User, Workspace
from crm.policies.tokens import Purpose, seal
from crm.queries.meetings import free_slots
from tests.factories import CandidateFactory, MessageFactory

ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def bo(workspace: Workspace) -> Candidate:
    with workspace_scope(workspace.pk):
        return CandidateFactory.create(
            first_name="Bo", email="bo@people.example", email_state="ok", consent="granted"
        )


@pytest.fixture
def stop(workspace: Workspace, bo: Candidate) -> str:
    return f"/u/{seal(Purpose.STOP, workspace.pk, bo.pk, 7)}/"


@pytest.fixture
def page(workspace: Workspace, bo: Candidate) -> str:
    return f"/p/{seal(Purpose.PAGE, workspace.pk, bo.pk, 7)}/"


def state(workspace: Workspace) -> tuple[bool, int, int]:
    with workspace_scope(workspace.pk):
        return (
            Candidate.objects.get().unsubscribed_at is not None,
            Suppression.objects.count(),
            Event.objects.filter(kind="candidate.unsubscribed").count(),
        )


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain", ""]
)
@pytest.mark.parametrize(
    "body",
    [
        ONE_CLICK,
        "",
        "x=1",
        f"{ONE_CLICK}&more=1",
        "\x00",
        '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    ],
)
@pytest.mark.parametrize("cookie", ["", "session=garbage; csrf=garbage"])
def test_one_click_stops_whatever_the_body(
    workspace: Workspace, bo: Candidate, stop: str, content_type: str, body: str, cookie: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    headers = {"Cookie": cookie} if cookie else {}
    response = client.generic("POST", stop, body, content_type=content_type, headers=headers)
    assert response.status_code == 200
    assert not response.cookies
    assert "Location" not in response
    assert state(workspace) == (True, 1, 1)


def test_one_click_in_somebody_else_s_browser(
    workspace: Workspace, stop: str, client_as: Any, ada: User
) -> None:
    response = client_as(ada).post(stop, {"List-Unsubscribe": "One-Click"})
    assert (response.status_code, list(response.cookies)) == (200, [])
    assert state(workspace) == (True, 1, 1)


def test_one_click_over_and_over_is_one_effect(workspace: Workspace, stop: str, client: Client) -> None:
    assert {client.post(stop).status_code for _ in range(50)} == {200}
    assert state(workspace) == (True, 1, 1)


def test_one_click_empties_the_queue(workspace: Workspace, bo: Candidate, stop: str, client: Client) -> None:
    with workspace_scope(workspace.pk):
        MessageFactory.create(candidate=bo, state="queued", sent_at=None)
    client.post(stop)
    with workspace_scope(workspace.pk):
        assert list(Message.objects.values_list("state", "failure")) == [("canceled", "unsubscribed")]


def test_looking_changes_nothing(workspace: Workspace, stop: str, page: str, client: Client) -> None:
    for url in (stop, page, f"{page}erasure/"):
        for method in ("get", "head"):
            response = getattr(client, method)(url)
            assert (response.status_code, list(response.cookies)) == (200, [])
    assert state(workspace) == (False, 0, 0)
    assert client.get(f"{page}stop/").status_code == 405
    assert state(workspace) == (False, 0, 0)


def test_forged_and_foreign_codes_are_404(
    workspace: Workspace, rival: Workspace, bo: Candidate, client: Client
) -> None:
    codes = [
        "a", "x" * 41, seal(Purpose.PAGE, workspace.pk, bo.pk, 7), seal(Purpose.STOP, rival.pk, bo.pk, 7),
        seal(Purpose.STOP, workspace.pk, bo.pk + 1, 7), seal(Purpose.STOP, 10**15, bo.pk, 7),
        seal(Purpose.STOP, 1),
    ]  # fmt: skip
    answers = {(r.status_code, r.content) for code in codes for r in [client.post(f"/u/{code}/")]}
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert state(workspace) == (False, 0, 0)


def test_choices_are_kept(workspace: Workspace, bo: Candidate, page: str, client: Client) -> None:
    september = timezone.localdate().replace(day=1)
    month = f"{september.year + (september.month == 12)}-{september.month % 12 + 1:02d}"
    response = client.post(f"{page}choices/", {"topics": ["jobs"], "pace": "91", "month": month})
    assert response.status_code == 302
    with workspace_scope(workspace.pk):
        candidate = Candidate.objects.get()
        assert (candidate.preferred_gap_days, str(candidate.not_before)) == (91, f"{month}-01")
        assert candidate.topics_declined == ["career", "check_in", "events", "talent_community"]
        assert Event.objects.filter(kind="candidate.preferences_chosen").count() == 1
    assert f'value="{month}" selected' in client.get(page).content.decode()


def test_wrong_choices_are_422_and_change_nothing(workspace: Workspace, page: str, client: Client) -> None:
    for wrong in (
        {"topics": ["nonsense"], "pace": "any", "month": "any"},
        {"pace": "-1"},
        {"month": "2020-13"},
    ):
        assert client.post(f"{page}choices/", wrong).status_code == 422
    with workspace_scope(workspace.pk):
        assert not Event.objects.filter(kind="candidate.preferences_chosen").exists()


def test_corrections_are_kept(workspace: Workspace, page: str, client: Client) -> None:
    given = {
        "current_title": "Tech lead",
        "role_family": "engineering",
        "city": "Lyon",
        "availability": "open",
    }
    assert client.post(f"{page}details/", given).status_code == 302
    with workspace_scope(workspace.pk):
        candidate = Candidate.objects.get()
        assert {name: getattr(candidate, name) for name in given} == given
    assert client.post(f"{page}details/", {"availability": "nonsense"}).status_code == 422


def test_stopping_on_the_page_and_starting_again(workspace: Workspace, page: str, client: Client) -> None:
    client.post(f"{page}stop/")
    assert state(workspace) == (True, 1, 1)
    client.post(f"{page}restart/")
    assert state(workspace)[:2] == (False, 0)
    with workspace_scope(workspace.pk):
        assert Candidate.objects.get().email_state == "ok"


def test_starting_again_lifts_no_bounce(workspace: Workspace, page: str, client: Client) -> None:
    client.post(f"{page}stop/")
    with workspace_scope(workspace.pk):
        Suppression.objects.update(reason="bounced")
    client.post(f"{page}restart/")
    assert state(workspace)[:2] == (False, 1)


def test_the_copy_holds_everything(workspace: Workspace, bo: Candidate, page: str, client: Client) -> None:
    with workspace_scope(workspace.pk):
        MessageFactory.create(candidate=bo, body_text="A mail to Bo")
    response = client.get(f"{page}copy/")
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    held = json.loads(response.content)
    assert held["candidate"]["email"] == "bo@people.example"
    assert held["tables"]["crm.message"][0]["body_text"] == "A mail to Bo"


def test_erasure_asks_first(workspace: Workspace, page: str, client: Client) -> None:
    assert client.post(f"{page}erasure/").status_code == 422
    assert client.post(f"{page}erasure/", {"confirmed": "on"}).status_code == 200
    with workspace_scope(workspace.pk):
        candidate = Candidate.objects.get()
        assert (candidate.email, candidate.first_name, candidate.anonymized_at is not None) == ("", "", True)
    assert b"We hold nothing about you" in client.get(page).content


def test_pages_are_out_of_caches_and_tell_no_referrer(page: str, client: Client) -> None:
    response = client.get(page)
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert b"<script" not in response.content


def undo_of(client: Client, answer: Any) -> Any:
    """Press Undo on the page a save leads to."""
    shown = client.get(answer["Location"]).content.decode()
    form = shown.partition('class="alert')[2].partition("</form>")[0]
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return client.post(re.findall(r'action="([^"]+)"', form)[0], data)


def test_what_they_look_for_is_kept_and_every_change_can_be_undone(
    workspace: Workspace, bo: Candidate, page: str, client: Client
) -> None:
    given = {
        "role_families": ["engineering", "product"], "seniorities": ["senior"], "skills": "Go,  Rust ,go, Go",
        "places": "Berlin, Lisbon", "remote": "yes", "salary_floor": "90000", "currency": "eur",
    }  # fmt: skip
    saved = client.post(f"{page}jobs/", given)
    assert saved.status_code == 302
    with workspace_scope(workspace.pk):
        held = JobPreference.objects.get()
        assert (held.skills, held.places) == (["Go", "Rust", "go"], ["Berlin", "Lisbon"])
        assert (held.role_families, held.salary_floor, held.currency) == (
            ["engineering", "product"],
            90_000,
            "EUR",
        )
    wrong = client.post(f"{page}jobs/", given | {"salary_floor": "a lot", "places": "Porto"})
    assert wrong.status_code == 422
    assert "Porto" in wrong.content.decode()
    changed = client.post(f"{page}jobs/", given | {"places": "Porto", "role_families": []})
    undo_of(client, changed)
    with workspace_scope(workspace.pk):
        held = JobPreference.objects.get()
        assert (held.places, held.role_families) == (["Berlin", "Lisbon"], ["engineering", "product"])
        assert Event.objects.filter(kind="candidate.job_preferences_stated").count() == 3
    details = {"current_title": "Architect", "city": "Lisbon", "country": "PT", "current_company": "Initech"}
    moved = client.post(f"{page}details/", details)
    with workspace_scope(workspace.pk):
        assert Candidate.objects.get().country == "PT"
    undo_of(client, moved)
    with workspace_scope(workspace.pk):
        assert (Candidate.objects.get().country, Candidate.objects.get().city) == ("", "")
    assert "Undo" not in client.get(f"{page}?done=jobs&was=forged").content.decode()
    assert "salary_floor" in client.get(f"{page}copy/").content.decode()


def test_who_is_erased_leaves_only_a_keyed_hash_that_keeps_every_door_shut(
    workspace: Workspace, ada: User, bo: Candidate, page: str, client: Client
) -> None:
    hours = {"mon": [["09:00", "17:00"]], "wed": [["09:00", "17:00"]], "fri": [["09:00", "17:00"]]}
    with workspace_scope(workspace.pk):
        page_of_ada = meetings.open_hours(
            host=ada, given={"title": "Call", "time_zone": "UTC", "weekly": hours}
        )
        first = free_slots(page_of_ada, now=timezone.now())[0]
        meetings.book(hours=page_of_ada, candidate=bo, starts_at=first, time_zone="UTC", words="Marker")
        job_preferences.state(
            candidate=bo,
            given={"role_families": [], "seniorities": [], "skills": ["Marker"], "places": [], "remote": "",
                   "salary_floor": None, "currency": ""},
        )  # fmt: skip
    client.post(f"{page}erasure/", {"confirmed": "1"})
    with workspace_scope(workspace.pk):
        assert not Message.objects.exists()
        assert not Meeting.objects.exists()
        assert not JobPreference.objects.exists()
        stored = Suppression.objects.get()
        assert (stored.reason, "bo@" in stored.address_hash) == ("erased", False)
        again = CandidateFactory.create(email="bo@people.example", consent="granted")
        message = messages.queue_many([messages.NewMessage(again.pk, again.email, "Hi", body_text="Hi")])[0]
    deliveries.deliver_all(workspace_id=workspace.pk)
    with workspace_scope(workspace.pk):
        assert Message.objects.get(pk=message.pk).failure == "suppressed"
