"""The content library and its newsletters, as programs use them."""

from typing import Any

import pytest
from django.test import Client

from crm.actions import api_keys
from crm.models import Role, User, Workspace
from journeys.models import Campaign, Enrollment, Piece, Template
from talentpools.models import Segment, SegmentMember
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, TemplateFactory, document

NOTHING = dict.fromkeys(("sent", "delivered", "opened", "clicked", "replied", "unsubscribed"), 0)


@pytest.fixture
def api(scope: Workspace, grace: User, client: Client) -> Client:
    key = api_keys.create(name="Program", role=Role.ADMIN, by=grace)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key.text}"
    return client


def ask(api: Client, path: str, body: Any = None, *, method: str = "post") -> Any:
    return getattr(api, method)(f"/api/v1/{path}", body or {}, content_type="application/json")


def readers() -> Segment:
    segment = Segment.objects.create(name="Readers", rules={"match": "all", "rules": []})
    for person in (ReachableFactory.create(), ReachableFactory.create(unsubscribed_at=NOW)):
        SegmentMember.objects.create(segment=segment, candidate=person, entered_at=NOW)
    return segment


def test_a_piece_from_new_to_archived(api: Client) -> None:
    given = {
        "name": "Salaries 2027",
        "kind": "benchmark",
        "url": "https://example.org/pay",
        "topic": "career",
    }
    made = ask(api, "pieces", given)
    assert made.status_code == 201
    piece = made.json()
    assert {name: piece[name] for name in given} == given
    assert (piece["key"], piece["language"], piece["results"]) == ("salaries-2027", "en", NOTHING)
    changed = ask(api, f"pieces/{piece['id']}", {"body": "Six cities."}, method="patch").json()
    assert (changed["body"], changed["name"]) == ("Six cities.", "Salaries 2027")
    assert [one["id"] for one in api.get("/api/v1/pieces?kind=benchmark").json()["results"]] == [piece["id"]]
    assert api.get("/api/v1/pieces?kind=story").json()["results"] == []
    assert api.get("/api/v1/pieces?results=1").json()["results"][0]["results"] == NOTHING
    user = TemplateFactory.create(body='{% asset "salaries-2027" %}')
    refused = ask(api, f"pieces/{piece['id']}", method="delete")
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    Template.objects.filter(pk=user.pk).delete()
    assert ask(api, f"pieces/{piece['id']}", method="delete").status_code == 204
    assert api.get(f"/api/v1/pieces/{piece['id']}").status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "A"}, "body"),
        ({"name": "A", "body": "{{ candidate.shoe_size }}"}, "body"),
        ({"name": "A", "kind": "story", "url": "javascript:1"}, "url"),
        ({"name": "A", "kind": "song", "body": "x"}, "kind"),
        ({"name": "A", "body": "x", "color": "red"}, "color"),
    ],
)
def test_a_faulty_piece_is_refused_by_field(api: Client, given: dict[str, Any], field: str) -> None:
    answer = ask(api, "pieces", given)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not Piece.objects.exists()


def test_a_template_is_written_for_a_segment_in_a_layout(api: Client) -> None:
    segment = readers()
    given = {
        "name": "News",
        "subject": "News",
        "body": "Hello",
        "segment": segment.pk,
        "layout": "newsletter",
    }
    made = ask(api, "templates", given).json()
    assert (made["segment"], made["layout"]) == (segment.pk, "newsletter")
    shown = api.get(f"/api/v1/templates/{made['id']}").json()
    assert (shown["segment"], shown["results"]) == (segment.pk, NOTHING)
    freed = ask(api, f"templates/{made['id']}", {"segment": None, "layout": ""}, method="patch").json()
    assert (freed["segment"], freed["layout"], freed["subject"]) == (None, "", "News")
    unknown = ask(api, "templates", {**given, "key": "other", "segment": segment.pk + 1})
    assert (unknown.status_code, list(unknown.json()["fields"])) == (400, ["segment"])


def test_a_campaign_is_planned_looked_at_and_sent(api: Client) -> None:
    TemplateFactory.create(key="news", topic="career")
    segment = readers()
    stopped = segment.members.get(candidate__unsubscribed_at=NOW).candidate_id
    made = ask(
        api, "campaigns", {"name": "Spring", "template": "news", "segment": segment.pk, "hours": "any"}
    )
    assert made.status_code == 201
    path, plan = f"campaigns/{made.json()['id']}", made.json()
    assert (plan["state"], plan["sender"], plan["holdout_percent"]) == ("draft", "owner", 0)
    changed = ask(api, path, {"name": "Summer", "holdout_percent": 0}, method="patch").json()
    assert (changed["name"], changed["template"], changed["hours"]) == ("Summer", "news", "any")
    judged = ask(api, f"{path}/preview").json()
    assert (judged["enrolled"], judged["codes"]) == (1, {"unsubscribed": 1})
    assert not Enrollment.objects.exists()
    assert ask(api, f"{path}/schedule", {"send_at": "2099-01-05T09:00:00Z"}).json()["state"] == "scheduled"
    assert ask(api, path, {"name": "Late"}, method="patch").status_code == 409
    assert ask(api, f"{path}/cancel").json()["state"] == "draft"
    sent = ask(api, f"{path}/schedule").json()
    assert (sent["state"], sent["entered"]) == ("sent", 1)
    refused = api.get(f"/api/v1/{path}/refusals").json()["results"]
    assert [(one["candidate"], one["code"]) for one in refused] == [(stopped, "unsubscribed")]
    assert [one["id"] for one in api.get("/api/v1/campaigns?state=sent").json()["results"]] == [sent["id"]]
    assert ask(api, path, method="delete").status_code == 409


def test_a_campaign_names_what_it_does_not_know(api: Client) -> None:
    segment = readers()
    TemplateFactory.create(key="news")
    good = {"name": "Spring", "template": "news", "segment": segment.pk}
    for wrong in ({"template": "nothing"}, {"segment": segment.pk + 1}, {"sender": "77777"}):
        answer = ask(api, "campaigns", good | wrong)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, list(wrong))
    assert not Campaign.objects.exists()
    assert ask(api, "campaigns?state=odd", method="get").status_code == 400


def test_a_check_in_is_written_changed_and_kept_while_used(api: Client) -> None:
    given = {
        "title": "How are you?",
        "questions": [
            {"label": "Where do you live now?", "field": "city"},
            {"label": "Are you looking?", "field": "availability"},
        ],
    }
    made = ask(api, "check-in-forms", given)
    assert made.status_code == 201
    form = made.json()
    assert (form["key"], form["answered"]) == ("how-are-you", 0)
    assert [(one["field"], one["kind"]) for one in form["questions"]] == [
        ("city", "text"),
        ("availability", "choice"),
    ]
    assert form["questions"][1]["choices"][0] == ["not_looking", "Not looking"]
    changed = ask(api, f"check-in-forms/{form['id']}", {"title": "Hello"}, method="patch").json()
    assert (changed["title"], changed["key"], len(changed["questions"])) == ("Hello", "how-are-you", 2)
    steps = [{"id": "c", "type": "check_in", "template": "hello", "form": "how-are-you"}]
    TemplateFactory.create(key="hello", kind="check_in")
    assert ask(api, "journeys", document(*steps)).status_code == 201
    assert ask(api, f"check-in-forms/{form['id']}", method="delete").json()["code"] == "in_use"
    wrong = {
        "title": "How are you?",
        "questions": [{"label": "?", "field": "email"}, {"label": "?", "field": "x"}],
    }
    refused = ask(api, "check-in-forms", wrong)
    assert (refused.status_code, sorted(refused.json()["fields"])) == (
        400,
        ["questions.0", "questions.1", "title"],
    )
    free = ask(api, "check-in-forms", {**given, "title": "Free"}).json()
    assert ask(api, f"check-in-forms/{free['id']}", method="delete").status_code == 204
