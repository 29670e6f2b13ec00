from collections.abc import Callable

import pytest
from django.test import Client

from crm.actions import api_keys, do_not_contact
from crm.models import DoNotContact, Role, User
from crm.policies.do_not_contact import Terms
from tests.factories import CandidateFactory
from tests.factories.journeys import ReachableFactory

pytestmark = pytest.mark.usefixtures("scope")
ClientAs = Callable[[User], Client]
URL = "/w/acme/do-not-contact/"
TERMS = {"effect": "block", "scope": "everything"}


def test_an_admin_adds_companies_and_takes_them_off(grace: User, client_as: ClientAs) -> None:
    client = client_as(grace)
    client.post(f"{URL}companies/", TERMS | {"name": "Acme", "domain": "acme.example", "reason": "client"})
    client.post(f"{URL}lists/", {"companies": "Globex\nInitech, initech.example", "effect": "warn"})
    page = client.get(URL).content.decode()
    assert [name in page for name in ("Acme", "Globex", "initech.example")] == [True] * 3
    mark = DoNotContact.objects.get(company_name="Acme")
    client.post(f"{URL}{mark.pk}/removal/")
    assert not DoNotContact.objects.filter(pk=mark.pk).exists()


def test_what_is_wrong_is_said_beside_the_field(grace: User, client_as: ClientAs) -> None:
    client = client_as(grace)
    nobody = client.post(f"{URL}companies/", TERMS)
    assert (nobody.status_code, "Name a company" in nobody.content.decode()) == (422, True)
    line = client.post(f"{URL}lists/", {"companies": "A\nB, no domain", "effect": "warn"})
    assert (line.status_code, "Line 2" in line.content.decode()) == (422, True)
    topic = client.post(f"{URL}companies/", TERMS | {"name": "A", "scope": "topic"})
    assert "Say which topic." in topic.content.decode()


def test_a_profile_says_who_marked_somebody_and_why(ada: User, client_as: ClientAs) -> None:
    person, client = ReachableFactory.create(), client_as(ada)
    url = f"/w/acme/candidates/{person.pk}/"
    client.post(f"{url}do-not-contact/", TERMS | {"effect": "warn", "reason": "left on bad terms"})
    page = client.get(url).content.decode()
    assert "left on bad terms" in page
    mail = client.get(f"{url}messages/new/").content.decode()
    assert "think twice before you write" in mail
    assert 'name="subject"' in mail
    assert client.get(f"{URL}?of=people").content.decode().count("left on bad terms") == 1
    client.post(f"{URL}{DoNotContact.objects.get().pk}/removal/", {"from": "profile"})
    assert not DoNotContact.objects.exists()


def test_a_recruiter_marks_people_and_not_companies(ada: User, mallory: User, client_as: ClientAs) -> None:
    mark = do_not_contact.restrict_company(name="Acme")
    assert client_as(ada).post(f"{URL}companies/", TERMS | {"name": "B"}).status_code == 403
    assert client_as(ada).post(f"{URL}{mark.pk}/removal/").status_code == 403
    assert client_as(mallory).post(f"{URL}{mark.pk}/removal/").status_code == 404
    assert DoNotContact.objects.count() == 1


def test_the_api_marks_people_and_companies(client: Client) -> None:
    key = api_keys.create(name="t", role=Role.ADMIN, by=None).text
    headers = {"Authorization": f"Bearer {key}"}
    person = CandidateFactory.create()

    def post(body: dict[str, object]) -> tuple[int, dict[str, object]]:
        answer = client.post("/api/v1/do-not-contact", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    status, mark = post({"candidate": person.pk, "scope": "topic", "topic": "jobs"})
    assert (status, mark["scope"], mark["topic"]) == (201, "topic", "jobs")
    status, company = post({"company": "Acme", "domain": "acme.example", "effect": "warn"})
    assert (status, company["company"], company["domain"]) == (201, "Acme", "acme.example")
    assert post({"candidate": person.pk, "company": "Acme"})[0] == 400
    assert post({"candidate": person.pk, "topic": "jobs"})[0] == 400
    listed = client.get(f"/api/v1/do-not-contact?candidate={person.pk}", headers=headers).json()["results"]
    assert [row["id"] for row in listed] == [mark["id"]]
    assert client.delete(f"/api/v1/do-not-contact/{company['id']}", headers=headers).status_code == 204
    assert DoNotContact.objects.count() == 1


def test_terms_of_a_mark_that_stops_all_automated_mail() -> None:
    assert [Terms().stops_all_automated, Terms("topic", "jobs").stops_all_automated] == [True, False]
