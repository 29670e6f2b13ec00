from collections.abc import Callable

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.models import Brand, CaptureForm, User
from tests.crm.capture import live_form, send

URL = "/w/acme/forms/"
PUBLIC = "/f/acme/talent-community/"
pytestmark = pytest.mark.usefixtures("scope")
Members = Callable[[User], Client]


def form_of(url: str) -> CaptureForm:
    return CaptureForm.objects.get(pk=int(url.split("/forms/")[1].split("/")[0]))


def test_a_form_is_drafted_asked_about_and_published(client_as: Members, client: Client, ada: User) -> None:
    member = client_as(ada)
    page = member.post(f"{URL}new/", {"title": "Talent community", "kind": "community"})["Location"]
    form = form_of(page)
    base = f"{URL}{form.pk}/"
    added = member.post(f"{base}questions/new/", {"field": "own"})["Location"]
    assert member.post(added, {"label": "Pick one", "kind": "choice", "choices": ""}).status_code == 422
    member.post(added, {"label": "Pick one", "kind": "choice", "choices": "Tea\nCoffee", "required": "on"})
    question = added.rstrip("/").rsplit("/", 1)[-1]
    member.post(f"{base}questions/{question}/move/", {"to": "up"})
    form.refresh_from_db()
    assert [one["id"] for one in form.questions][-2:] == [question, "pace"]
    assert form.questions[-2]["choices"] == ["Tea", "Coffee"]
    assert client.get(PUBLIC).status_code == 404
    assert "Pick one" in member.get(f"{base}preview/").text
    member.post(f"{base}publication/")
    assert "Coffee" in client.get(PUBLIC).text
    assert PUBLIC in member.get(base).text
    member.post(f"{base}questions/{question}/removal/")
    assert "Coffee" not in client.get(PUBLIC).text


def test_without_an_address_nobody_is_found_again(client_as: Members, ada: User) -> None:
    form = live_form(ada)
    assert client_as(ada).post(f"{URL}{form.pk}/questions/email/removal/").status_code == 422
    again = client_as(ada).post(f"{URL}{form.pk}/questions/new/", {"field": "email"})
    assert again.status_code == 422


def test_other_words_of_consent_are_another_version(client_as: Members, ada: User) -> None:
    form = live_form(ada)
    data = {"title": "Join us", "consent": "New words.", "allowed_sites": "https://careers.acme.example/"}
    assert client_as(ada).post(f"{URL}{form.pk}/edit/", data).status_code == 302
    form.refresh_from_db()
    assert (form.title, form.consent_text.version) == ("Join us", "talent-community/2")
    assert form.allowed_sites == ["https://careers.acme.example"]
    bad = client_as(ada).post(f"{URL}{form.pk}/edit/", data | {"allowed_sites": "*; script-src"})
    assert bad.status_code == 422
    assert "is not a site" in bad.text


def test_answers_are_listed_found_and_exported(
    client_as: Members, client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    form = live_form(ada)
    send(client, f"{PUBLIC}?utm_source=fair", clock, city="=1+1")
    member = client_as(ada)
    listed = member.get(f"{URL}{form.pk}/answers/?q=Inês++DUARTE")
    assert ("Ines Duarte" in listed.text, listed.context["page"].total) == (True, 1)
    assert "Ines Duarte" not in member.get(f"{URL}{form.pk}/answers/?q=zoe").text
    exported = member.get(f"{URL}{form.pk}/answers/export/").text
    assert "ines@people.example" in exported
    assert "'=1+1" in exported
    page = member.get(f"{URL}{form.pk}/")
    assert [(one.source, one.visits, one.answers) for one in page.context["sources"]] == [("fair", 1, 1)]
    assert page.context["row"].conversion == 100


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_form_has_a_code_to_scan(client_as: Members, ada: User, kind: str, start: bytes) -> None:
    form = live_form(ada)
    picture = client_as(ada).get(f"{URL}{form.pk}/qr.{kind}")
    assert picture.content.startswith(start)
    assert client_as(ada).get(f"{URL}{form.pk}/qr.exe").status_code == 404


def test_copies_and_deletions(
    client_as: Members, client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    form = live_form(ada)
    twin = form_of(client_as(ada).post(f"{URL}{form.pk}/copies/")["Location"])
    assert (twin.slug, twin.state) == ("talent-community-copy", "draft")
    assert client_as(ada).post(f"{URL}{twin.pk}/removal/").status_code == 302
    send(client, PUBLIC, clock)
    assert client_as(ada).post(f"{URL}{form.pk}/removal/").status_code == 409


def test_a_color_nobody_can_read_is_refused_with_one_that_can(
    client_as: Members, client: Client, ada: User
) -> None:
    refused = client_as(ada).post("/w/acme/look/", {"accent": "#ffd400"})
    assert refused.status_code == 422
    assert "1.4 to 1" in refused.text
    picture = SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n0000", content_type="text/html")
    kept = client_as(ada).post("/w/acme/look/", {"accent": "#7a3b00", "logo": picture})
    assert kept.status_code == 302
    assert "--accent: #7a3b00" in client.get("/brand/acme.css").text
    assert client.get("/brand/acme/logo")["Content-Type"] == "image/png"
    script = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>")
    assert client_as(ada).post("/w/acme/look/", {"accent": "#7a3b00", "logo": script}).status_code == 422
    client_as(ada).post("/w/acme/look/", {"accent": "#7a3b00", "remove_logo": "on"})
    assert Brand.objects.get().logo is None


def test_outsiders_and_roles(client_as: Members, ada: User, harry: User, mallory: User) -> None:
    form = live_form(ada)
    assert client_as(harry).get(URL).status_code == 403
    assert client_as(mallory).get(f"{URL}{form.pk}/").status_code == 404


def test_the_list_takes_as_many_queries_for_three_as_for_one(client_as: Members, ada: User) -> None:
    live_form(ada)
    member = client_as(ada)
    member.get(URL)
    with CaptureQueriesContext(connection) as one:
        member.get(URL)
    live_form(ada)
    live_form(ada)
    with CaptureQueriesContext(connection) as three:
        member.get(URL)
    assert len(one) == len(three)
