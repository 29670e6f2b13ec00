from collections.abc import Callable

import pytest
from django.test import Client

from crm.models import Candidate, User, Workspace
from journeys.actions.mailings import form_url
from journeys.models import CheckInForm
from tests.factories import CandidateFactory, MessageFactory

Signed = Callable[[User], Client]
PAGE = "/w/acme/content/check-ins/"


def row(number: int, label: str, field: str, place: int = 0) -> dict[str, str]:
    return {
        f"label_{number}": label, f"field_{number}": field, f"place_{number}": str(place or number + 1),
    }  # fmt: skip


def test_a_check_in_is_written_in_the_order_of_its_places(
    scope: Workspace, grace: User, client_as: Signed
) -> None:
    client = client_as(grace)
    given = {"title": "Plans", **row(0, "Years?", "years_experience", 3), **row(1, "Where?", "city", 1)}
    made = client.post(f"{PAGE}new/", given)
    form = CheckInForm.objects.get(title="Plans")
    assert (made.status_code, made["Location"]) == (302, f"{PAGE}{form.pk}/")
    assert [question["field"] for question in form.questions] == ["city", "years_experience"]
    shown = client.get(f"{PAGE}{form.pk}/").content.decode()
    assert "As somebody would see it" in shown
    assert "Years?" in shown
    client.post(f"{PAGE}{form.pk}/", {"title": "Plans", **row(0, "Where now?", "city"), **row(1, "", "")})
    form.refresh_from_db()
    assert [question["label"] for question in form.questions] == ["Where now?"]
    assert "Where now?" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{form.pk}/removal/").status_code == 302
    assert not CheckInForm.objects.filter(pk=form.pk).exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"title": "Plans"}, "From 1 to 8 questions."),
        ({"title": "Plans", **row(0, "Where?", "")}, "Choose where the answer goes."),
        ({"title": "P", **row(0, "A", "city"), **row(1, "B", "city")}, "Another question fills this field"),
        ({"title": "", **row(0, "Where?", "city")}, "This field is required."),
    ],
)
def test_a_faulty_check_in_is_shown_again(
    scope: Workspace, grace: User, client_as: Signed, given: dict[str, str], words: str
) -> None:
    before = CheckInForm.objects.count()
    answer = client_as(grace).post(f"{PAGE}new/", given)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert CheckInForm.objects.count() == before


def test_who_may_not_write_content_only_looks(
    scope: Workspace, ada: User, ana: User, client_as: Signed
) -> None:
    form = CheckInForm.objects.create(key="k", title="Plans", questions=[])
    assert client_as(ada).get(PAGE).status_code == 200
    assert client_as(ana).post(f"{PAGE}{form.pk}/removal/").status_code == 403


def test_numbers_land_on_the_person_and_what_cannot_be_is_said_beside_the_question(
    scope: Workspace, client: Client
) -> None:
    question = {"field": "years_experience", "label": "How many years?", "kind": "number", "choices": []}
    form = CheckInForm.objects.create(key="years", title="Years", questions=[question])
    person = CandidateFactory.create()
    url = form_url(form.key, MessageFactory.create(candidate=person).key)
    path = "/check-in/" + url.partition("/check-in/")[2]
    wrong = client.post(path, {"years_experience": "200"})
    assert (wrong.status_code, "From 0 to 80." in wrong.content.decode()) == (422, True)
    assert client.post(path, {"years_experience": "7"}).status_code == 200
    assert Candidate.objects.get(pk=person.pk).years_experience == 7
