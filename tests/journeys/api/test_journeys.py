from typing import Any

import pytest
from django.test import Client

from crm.actions import api_keys
from crm.models import Role, User, Workspace
from journeys.actions import starter
from journeys.models import Enrollment, Journey
from tests.factories.journeys import ReachableFactory, TemplateFactory, document, message


@pytest.fixture
def api(scope: Workspace, grace: User, client: Client) -> Client:
    key = api_keys.create(name="Program", role=Role.ADMIN, by=grace)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key.text}"
    TemplateFactory.create(key="hello")
    return client


def post(api: Client, path: str, body: Any = None) -> Any:
    return api.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def test_a_journey_from_draft_to_exit(api: Client) -> None:
    made = post(api, "journeys", document(message(after={"days": 3})))
    assert made.status_code == 201
    pk = made.json()["id"]
    assert made.json()["state"] == "draft"
    assert post(api, f"journeys/{pk}/publish").json()["state"] == "live"
    person, other = ReachableFactory.create(), ReachableFactory.create(consent="none")
    body = {"candidates": [person.pk, other.pk]}
    preview = post(api, f"journeys/{pk}/preview", body).json()
    assert (preview["enrolled"], preview["codes"]) == (1, {"no_basis": 1})
    assert not Enrollment.objects.exists()
    enrolled = post(api, f"journeys/{pk}/enrollments", body).json()
    assert enrolled["enrolled"] == 1
    assert [(one["candidate"], one["code"]) for one in enrolled["refused"]] == [(other.pk, "no_basis")]
    enrollment = enrolled["enrollments"][0]["id"]
    shown = api.get(f"/api/v1/enrollments/{enrollment}").json()
    assert (shown["state"], shown["step"], shown["candidate"]) == ("active", "m1", person.pk)
    assert post(api, f"enrollments/{enrollment}/exit").json()["state"] == "exited"
    assert post(api, f"enrollments/{enrollment}/exit").json()["code"] == "not_inside"


def test_pause_resume_and_drain(api: Client) -> None:
    pk = post(api, "journeys", document(message())).json()["id"]
    post(api, f"journeys/{pk}/publish")
    assert post(api, f"journeys/{pk}/pause").json()["state"] == "paused"
    assert post(api, f"journeys/{pk}/resume").json()["state"] == "live"
    assert post(api, f"journeys/{pk}/drain").json()["state"] == "draining"


@pytest.mark.parametrize(
    ("steps", "path", "word"),
    [
        ([message("m1", "nowhere")], "steps.0.template", "“m1”"),
        ([message("m1"), message("m1")], "steps.1.id", "used twice"),
        ([{"id": "e", "type": "end"}, message("late")], "steps.1", "“late”"),
        ([{"id": "w", "type": "wait", "after": {"days": 0}}], "steps.0.after", "“w”"),
        (
            [{"id": "b", "type": "branch", "if": {"segment": 1}, "then": [], "else": []}],
            "steps.0",
            "both sides",
        ),
        ([message("m1", after={"days": 1, "weeks": 1})], "steps.0.after", "exactly one"),
        ([message("x", colour="red")], "steps.0.colour", "not a key"),
        (
            [
                {
                    "id": "b", "type": "branch", "if": {"field": "shoe", "op": "eq", "value": "x"},
                    "then": [message("m1")], "else": [],
                }
            ],
            "steps.0.if.field",
            "“b”",
        ),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused_and_nothing_saved(
    api: Client, steps: list[Any], path: str, word: str
) -> None:
    answer = post(api, "journeys", document(*steps))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_journey")
    assert word in answer.json()["fields"][path]
    assert not Journey.objects.exists()


def test_every_fault_of_a_file_is_named_at_once(api: Client) -> None:
    branch = {"id": "b", "type": "branch", "if": {"segment": 1}, "then": [], "else": []}
    steps = [message("a", "nowhere"), message("a"), branch, {"id": "e", "type": "end"}, message("late")]
    fields = post(api, "journeys", document(*steps)).json()["fields"]
    assert {"steps.0.template", "steps.1.id", "steps.2", "steps.4"} <= set(fields)


def test_enroll_cycles_are_refused(api: Client) -> None:
    first = post(api, "journeys", document(message())).json()["id"]
    step = {"id": "e", "type": "enroll", "journey": first}
    second = post(api, "journeys", document(message(), step)).json()["id"]
    back = {"id": "e", "type": "enroll", "journey": second}
    answer = api.put(f"/api/v1/journeys/{first}", document(message(), back), content_type="application/json")
    assert answer.status_code == 400
    assert "leads back" in answer.json()["fields"]["steps.1.journey"]


def test_a_template_without_a_way_to_unsubscribe_cannot_be_sent(api: Client) -> None:
    TemplateFactory.create(key="bare", has_footer=False)
    answer = post(api, "journeys", document(message("m1", "bare")))
    assert "unsubscribe" in answer.json()["fields"]["steps.0.template"]


def test_what_ships_can_be_published_as_it_is(api: Client, grace: User) -> None:
    for journey in starter.install(grace):
        answer = post(api, f"journeys/{journey.pk}/publish")
        assert (answer.status_code, answer.json()["state"]) == (200, "live"), answer.json()


def test_deleting_is_refused_while_people_are_inside(api: Client) -> None:
    pk = post(api, "journeys", document(message())).json()["id"]
    post(api, f"journeys/{pk}/publish")
    post(api, f"journeys/{pk}/enrollments", {"candidates": [ReachableFactory.create().pk]})
    assert api.delete(f"/api/v1/journeys/{pk}").json()["code"] == "people_inside"


def test_templates_are_checked(api: Client) -> None:
    fine = {"key": "note", "name": "Note", "subject": "Hi", "body": "Dear {{ candidate.first_name }}"}
    assert post(api, "templates", fine).status_code == 201
    for body in ("{{ candidate.shoe }}", "{% for x in y %}{% endfor %}", "{{ candidate.first_name"):
        answer = post(api, "templates", fine | {"key": "other", "body": body})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["body"])


def test_a_persons_budget_of_contact(api: Client) -> None:
    person = ReachableFactory.create()
    url = f"/api/v1/candidates/{person.pk}/pressure"
    given = {"gap_days": 20, "cap": 1, "cap_days": 60}
    assert api.put(url, given, content_type="application/json").json()["gap_days"] == 20
    shown = api.get(url).json()
    assert (shown["cap"], shown["cap_days"], shown["waits"], shown["cautions"]) == (1, 60, None, [])
    assert api.put(url, {"topic": "x"}, content_type="application/json").status_code == 400
    assert api.put(url, {}, content_type="application/json").json()["gap_days"] == 7
