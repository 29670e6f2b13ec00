import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.actions.rendering import Renderer
from crm.models import Message, User, Workspace
from journeys.actions import journeys, starter
from journeys.models import Journey, Piece, Template
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, TemplateFactory

Signed = Callable[[User], Client]


def test_the_library_is_searched_and_filtered(scope: Workspace, grace: User, client_as: Signed) -> None:
    starter.install(grace)
    client = client_as(grace)
    page = client.get("/w/acme/content/")
    assert len(page.context["rows"]) == Template.objects.count()
    assert "German" in page.content.decode()
    found = client.get("/w/acme/content/?language=de&results=1").content.decode()
    assert "Wie geht es Ihnen?" in found
    assert "Something that may fit you" not in found
    assert "Nothing like that here" in client.get("/w/acme/content/?q=zebra").content.decode()
    shelf = client.get("/w/acme/content/pieces/?q=meaning&results=1").content.decode()
    assert "What makes work meaningful" in shelf
    assert "At your pace" not in shelf


def test_the_library_takes_the_same_queries_for_one_and_three(
    scope: Workspace, grace: User, client_as: Signed
) -> None:
    client = client_as(grace)
    TemplateFactory.create()
    client.get("/w/acme/content/?results=1")
    with CaptureQueriesContext(connection) as one:
        client.get("/w/acme/content/?results=1")
    TemplateFactory.create_batch(2)
    with CaptureQueriesContext(connection) as three:
        client.get("/w/acme/content/?results=1")
    assert len(one) == len(three)


def test_a_variant_is_written_previewed_archived_and_put_back(
    scope: Workspace, grace: User, client_as: Signed
) -> None:
    starter.install(grace)
    person = ReachableFactory.create(first_name="Mia", last_name="Falk", locale="fr")
    client, first = client_as(grace), Template.objects.get(key="silver-1")
    form = client.get(f"/w/acme/content/new/?variant_of={first.pk}").context["form"]
    given = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    again = client.post(f"/w/acme/content/new/?variant_of={first.pk}", given)
    assert again.status_code == 422
    given |= {
        "language": "fr",
        "subject": "Merci",
        "body": "<p>Bonjour {{ candidate.first_name }}<script></p>",
    }
    assert client.post(f"/w/acme/content/new/?variant_of={first.pk}", given).status_code == 302
    french = Template.objects.get(language="fr")
    assert (french.key, french.body) == ("silver-1", "<p>Bonjour {{ candidate.first_name }}</p>")
    shown = client.get(f"/w/acme/content/{first.pk}/preview/?q=falk").content.decode()
    assert "Bonjour Mia" in shown
    assert "written for <b>French</b>" in shown
    exactly = client.get(f"/w/acme/content/{first.pk}/preview/?person={person.pk}&exactly=1").content.decode()
    assert "written for <b>everybody</b>" in exactly
    page = client.get(f"/w/acme/content/{first.pk}/").content.decode()
    assert "Used in" in page
    assert "Silver medalists, 12 weeks" in page
    assert client.post(f"/w/acme/content/{french.pk}/archive/").status_code == 302
    assert client.get(f"/w/acme/content/{french.pk}/").status_code == 404
    assert client.post(f"/w/acme/content/{french.pk}/return/").status_code == 302
    assert client.post(f"/w/acme/content/{french.pk}/copies/").status_code == 302
    assert client.get(f"/w/acme/content/{french.pk}/").status_code == 200


def test_pieces_are_written_changed_and_refused(scope: Workspace, grace: User, client_as: Signed) -> None:
    client = client_as(grace)
    given = {
        "kind": "story",
        "name": "A story",
        "body": "Short.",
        "url": "https://x.example/",
        "language": "en",
    }
    assert client.post("/w/acme/content/pieces/new/", given).status_code == 302
    piece = Piece.objects.get()
    url = f"/w/acme/content/pieces/{piece.pk}/"
    assert "A story" in client.get(url).content.decode()
    assert client.post(url, given | {"url": "nonsense"}).status_code == 422
    assert client.post(url, given | {"name": "A tale"}).status_code == 302
    assert (
        client.get(f"/w/acme/content/pieces/new/?variant_of={piece.pk}").context["form"].initial["key"]
        == "a-story"
    )
    assert client.post(f"{url}copies/").status_code == 302
    assert client.post(f"{url}archive/").status_code == 302
    assert client.post(f"{url}return/").status_code == 302
    assert list(Piece.objects.order_by("pk").values_list("name", flat=True)) == ["A tale", "A tale (2)"]


def test_an_archived_last_template_of_a_journey_is_refused(
    scope: Workspace, grace: User, client_as: Signed
) -> None:
    starter.install(grace)
    template = Template.objects.get(key="timing-1")
    answer = client_as(grace).post(f"/w/acme/content/{template.pk}/archive/")
    assert answer.status_code == 409
    assert Journey.objects.count() == 6


@pytest.mark.parametrize("path", ["content/new/", "content/pieces/new/"])
def test_a_recruiter_reads_and_does_not_write(
    scope: Workspace, ada: User, client_as: Signed, path: str
) -> None:
    client = client_as(ada)
    assert client.get("/w/acme/content/").status_code == 200
    assert client.get(f"/w/acme/{path}").status_code == 403


def test_a_newsletter_is_seen_in_its_layout_and_sent_to_oneself(
    scope: Workspace, grace: User, client_as: Signed
) -> None:
    starter.install(grace)
    template = Template.objects.get(key="newsletter")
    Template.objects.filter(pk=template.pk).update(layout="newsletter")
    person = ReachableFactory.create(first_name="Mia", role_family="engineering")
    client = client_as(grace)
    url = f"/w/acme/content/{template.pk}/"
    shown = client.get(f"{url}preview/?width=phone&dark=1").content.decode()
    assert "mail-frame-phone" in shown
    mail = client.get(f"{url}mail/?person={person.pk}&dark=1")
    assert "Hi Mia" in mail.content.decode()
    assert "The SPACE of developer productivity" in mail.content.decode()
    assert "prefers-color-scheme" not in mail.content.decode()
    assert "sandbox" in mail["Content-Security-Policy"]
    assert mail["X-Frame-Options"] == "SAMEORIGIN"
    assert client.post(f"{url}test/", {"person": person.pk}).status_code == 302
    test = Message.objects.get()
    assert (test.to_address, test.candidate, test.layout) == (grace.email, None, "newsletter")
    sent = Renderer(scope).mail(test, date=NOW)
    assert "max-width:600px" in str(sent.alternatives[0][0])
    Template.objects.filter(pk=template.pk).update(body="{{ candidate.city }}")
    assert client.post(f"{url}test/", {"person": person.pk}).status_code == 422


def test_versions_are_told_in_words_and_a_file_is_compared(
    scope: Workspace, grace: User, client_as: Signed
) -> None:
    starter.install(grace)
    journey, client = Journey.objects.get(name="After an event"), client_as(grace)
    url = f"/w/acme/journeys/{journey.pk}/"
    assert "Not published yet" in client.get(f"{url}versions/").content.decode()
    journeys.publish(journey=journey, by=grace)
    changed = journey.draft | {"name": "After a meetup"}
    journeys.save_draft(document=changed, by=grace, journey=journey)
    page = client.get(f"{url}versions/").content.decode()
    assert "The first one." in page
    assert "Renamed from “After an event” to “After a meetup”." in page
    file = SimpleUploadedFile("j.json", json.dumps(changed | {"name": "Third"}).encode())
    assert "to “Third”" in client.post(f"{url}versions/", {"file": file}).content.decode()
    broken = SimpleUploadedFile("j.json", b"{")
    assert client.post(f"{url}versions/", {"file": broken}).status_code == 422
