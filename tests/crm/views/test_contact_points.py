from typing import Any

import pytest

from crm.actions import candidates
from crm.models import Candidate, ContactPoint, RemovedContactPoint, User

HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def person() -> Candidate:
    return candidates.create(given={"email": "ada@example.com", "country": "GB"}, origin="manual")


def test_a_number_is_added_preferred_taken_off_and_put_back(
    client_as: Any, ada: User, person: Candidate
) -> None:
    client, profile = client_as(ada), f"/w/acme/candidates/{person.pk}/"
    url = f"{profile}contact-points/"
    card = client.post(url, {"kind": "phone", "value": "020 7946 0958", "label": "Work"}, headers=HTMX)
    assert "+44 20 7946 0958" in card.text
    assert 'href="tel:+442079460958"' in card.text
    client.post(url, {"kind": "email", "value": "b@example.com"})
    second = ContactPoint.objects.get(normalized="b@example.com")
    assert client.post(f"{url}{second.pk}/primary/").status_code == 302
    person.refresh_from_db()
    assert person.email == "b@example.com"
    gone = client.post(f"{url}{second.pk}/removal/", headers=HTMX)
    removed = RemovedContactPoint.objects.get()
    assert f"/w/acme/removed-contact-points/{removed.pk}/undo/" in gone.text
    client.post(f"/w/acme/removed-contact-points/{removed.pk}/undo/")
    person.refresh_from_db()
    assert person.email == "b@example.com"
    assert client.post(f"/w/acme/removed-contact-points/{removed.pk}/undo/").status_code == 404


def test_bad_input_is_422_with_the_form(client_as: Any, ada: User, person: Candidate) -> None:
    client, url = client_as(ada), f"/w/acme/candidates/{person.pk}/contact-points/"
    for headers in ({}, HTMX):
        answer = client.post(url, {"kind": "phone", "value": "12"}, headers=headers)
        assert (answer.status_code, 'value="12"' in answer.text) == (422, True)
    assert client.get(url).status_code == 200


def test_outsiders_and_roles(
    client_as: Any, ada: User, harry: User, mallory: User, person: Candidate
) -> None:
    url = f"/w/acme/candidates/{person.pk}/contact-points/"
    assert client_as(harry).post(url, {"kind": "email", "value": "b@example.com"}).status_code == 403
    assert client_as(mallory).post(url, {"kind": "email", "value": "b@example.com"}).status_code == 404
    assert ContactPoint.objects.count() == 1
