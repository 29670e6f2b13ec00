from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from crm.actions import attachments, candidates
from crm.models import Attachment, User
from tests.factories.files import pdf

HOST = {"host": "files.example"}
pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Attachment:
    settings.MEDIA_ROOT, settings.FILES_URL = tmp_path, "https://files.example"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "files.example"]
    person = candidates.create(given={"email": "ada@example.com"}, origin="manual")
    return attachments.add(candidate=person, file_name="cv.pdf", content=pdf("x"))


def test_a_file_comes_from_the_other_host_to_whoever_was_just_sent_there(
    client_as: Any, ada: User, file: Attachment, clock: time_machine.Traveller
) -> None:
    sent = client_as(ada).get(f"/w/acme/files/{file.pk}/")
    host, _, path = sent["Location"].removeprefix("https://").partition("/")
    assert (sent.status_code, host) == (302, "files.example")
    client = Client(headers=HOST)
    answer: Any = client.get(f"/{path}")
    assert b"".join(answer.streaming_content) == pdf("x")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["X-Content-Type-Options"], answer["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (dict(client.cookies), client.post(f"/{path}").status_code) == ({}, 404)
    clock.shift(61)
    assert client.get(f"/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/", "/w/acme/candidates/", "/accounts/login/", "/static/app.css", "/healthz", "/files/x", "/files/"],
)
def test_the_host_of_files_knows_nothing_else_whoever_asks(
    client_as: Any, ada: User, file: Attachment, path: str
) -> None:
    answer = client_as(ada).get(path, headers=HOST)
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain")
    assert not answer.cookies


def test_the_signed_address_opens_nothing_at_home_nor_what_was_taken_off(
    client_as: Any, ada: User, file: Attachment
) -> None:
    address = client_as(ada).get(f"/w/acme/files/{file.pk}/")["Location"]
    path = address.removeprefix("https://files.example")
    assert client_as(ada).get(path).status_code == 404
    for change in ({"scan": "infected"}, {"scan": "waiting"}, {"scan": "", "removed_at": file.added_at}):
        Attachment.objects.filter(pk=file.pk).update(**change)
        assert Client(headers=HOST).get(path).status_code == 404


def test_the_host_of_files_cannot_be_the_one_pages_come_from(client: Client, settings: Any) -> None:
    settings.FILES_URL = settings.BASE_URL
    with pytest.raises(ImproperlyConfigured):
        client.get("/")


def test_a_file_that_waits_or_has_a_virus_is_refused_in_words(
    client_as: Any, ada: User, file: Attachment
) -> None:
    client = client_as(ada)
    for scan, words in (("waiting", "Waits for the virus scanner"), ("infected", "Locked away: a virus")):
        Attachment.objects.filter(pk=file.pk).update(scan=scan, scan_words="Eicar")
        refused = client.get(f"/w/acme/files/{file.pk}/")
        assert (refused.status_code, words in refused.text) == (403, True)
        card = client.get(f"/w/acme/candidates/{file.candidate_id}/files/").text
        assert (words in card, f'href="/w/acme/files/{file.pk}/"' in card) == (True, False)
