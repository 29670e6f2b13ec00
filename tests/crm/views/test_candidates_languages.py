"""Candidates read their own language: pages, check-ins, calls, and what stands under each mail."""

import uuid
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from crm.actions import deliveries, messages, service_mails
from crm.actions.messages import NewMessage
from crm.actions.service_mails import ServiceMail
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, User, Workspace
from crm.policies.tokens import Purpose, seal
from journeys.actions.mailings import form_url
from journeys.models import CheckInForm
from journeys.policies.starter_forms import PLANS
from tests.factories import CandidateFactory, MessageFactory

STOP_ALL = {"en": "Stop all mail", "de": "Alle E-Mails beenden", "fr": "Arrêter tous les messages"}


@pytest.fixture
def lena(workspace: Workspace) -> Candidate:
    with workspace_scope(workspace.pk):
        return CandidateFactory.create(
            first_name="Lena", email="lena@people.example", locale="de-AT", country="AT",
            role_family="sales", email_state="ok", consent="granted",
        )  # fmt: skip


def page(workspace: Workspace, person: Candidate) -> str:
    return f"/p/{seal(Purpose.PAGE, workspace.pk, person.pk, 7)}/"


def test_the_person_s_own_language_comes_before_the_browser_s(
    workspace: Workspace, lena: Candidate, client: Client
) -> None:
    shown = client.get(page(workspace, lena), HTTP_ACCEPT_LANGUAGE="fr")
    text = shown.content.decode()
    assert (shown["Content-Language"], shown["Vary"].count("Accept-Language")) == ("de", 1)
    for word in ('<html lang="de">', "Lena, Sie bestimmen das Tempo", "Österreich", "Vertrieb", "freiwillig"):
        assert word in text
    assert "Save" not in text
    with workspace_scope(workspace.pk):
        Candidate.objects.update(locale="")
    assert "Lena, c’est vous qui donnez le rythme" in _read(client, page(workspace, lena), "fr-CH, en;q=0.5")
    assert "Lena, you set the pace" in _read(client, page(workspace, lena), "es")
    wrong = client.post(f"{page(workspace, lena)}choices/", {"pace": "never"}, HTTP_ACCEPT_LANGUAGE="fr")
    assert (wrong.status_code, "Sélectionnez un choix valide" in wrong.content.decode()) == (422, True)
    assert (
        "Ce lien ne mène nulle part" in client.get("/p/nothing/", HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    )
    assert translation.get_language() == "en-us"


def test_a_person_chooses_their_language_on_their_own_page(
    workspace: Workspace, lena: Candidate, client: Client
) -> None:
    given = {"locale": "fr", "role_family": "sales"}
    saved = client.post(f"{page(workspace, lena)}details/", given, HTTP_ACCEPT_LANGUAGE="de")
    assert saved.status_code == 302
    text = _read(client, page(workspace, lena), "de")
    assert "c’est vous qui donnez le rythme" in text
    assert '<option value="fr" selected>' in text


def test_a_check_in_asks_in_the_person_s_language(
    workspace: Workspace, lena: Candidate, client: Client
) -> None:
    with workspace_scope(workspace.pk):
        asked = CheckInForm.objects.create(**PLANS)
        message = MessageFactory.create(candidate=lena)
        path = form_url(asked.key, message.key).partition("/check-in/")[2]
    text = _read(client, f"/check-in/{path}", "en")
    for word in ("Ihre Pläne", "Was möchten Sie als Nächstes tun?", "Jetzt, ich suche", "Absenden"):
        assert word in text
    thanks = client.post(f"/check-in/{path}", {"availability": "open"}).content.decode()
    assert "Vielen Dank" in thanks


def test_what_stands_under_a_mail_is_in_the_language_of_its_reader(
    workspace: Workspace, lena: Candidate
) -> None:
    with workspace_scope(workspace.pk):
        other = CandidateFactory.create(email="bo@people.example", email_state="ok", consent="granted")
        messages.queue_many(
            [
                NewMessage(
                    candidate_id=person.pk, to_address=person.email, subject="Hello", body_text="Hello"
                )
                for person in (lena, other)
            ]
        )
        french = ServiceMail("x@people.example", "Bonjour", "Bonjour", uuid.uuid4(), language="fr")
        service_mails.queue([french])
    deliveries.deliver_all(workspace_id=workspace.pk)
    told = {one.to[0]: one.body for one in mail.outbox}
    assert STOP_ALL["de"] in told["lena@people.example"]
    assert STOP_ALL["en"] in told["bo@people.example"]
    assert "Vous recevez ceci parce que cette adresse" in told["x@people.example"]


def test_a_mail_in_the_workspace_s_frame_leaves(workspace: Workspace, lena: Candidate) -> None:
    with workspace_scope(workspace.pk):
        framed = NewMessage(lena.pk, lena.email, "News", body_text="Hello Lena", layout="newsletter")
        messages.queue_many([framed])
    assert deliveries.deliver_all(workspace_id=workspace.pk).accepted == 1
    sent = mail.outbox[0]
    assert isinstance(sent, mail.EmailMultiAlternatives)
    html = str(sent.alternatives[0][0])
    assert workspace.name in html
    assert html.count("Hello Lena") == 1


def test_members_read_english_whatever_their_browser_says(
    workspace: Workspace, ada: User, client_as: Callable[[User], Client]
) -> None:
    text = _read(client_as(ada), f"/w/{workspace.slug}/", "de")
    assert '<html lang="en-us">' in text


def _read(client: Client, path: str, accepted: str) -> str:
    return client.get(path, HTTP_ACCEPT_LANGUAGE=accepted).content.decode()
