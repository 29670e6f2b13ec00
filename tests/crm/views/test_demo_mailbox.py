from collections.abc import Callable, Iterator
from mailbox import Maildir
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from crm.models import User, Workspace
from tests.fakes.mail_server import MailServer, mail_server

Enter = Callable[[User], Client]
RAW = b"""From: Ada <acme@rekindle.example>
To: bo@people.example
Reply-To: r+code@in.rekindle.example
Subject: Staying in touch
Message-ID: <k.1@rekindle.example>
Date: Mon, 15 Jun 2026 09:00:00 +0000
List-Unsubscribe: <https://crm.example/u/abc/>, <mailto:u+abc@in.rekindle.example>
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Hello Bo
--b
Content-Type: text/html; charset=utf-8

<p style="color:red">Hello <b>Bo</b></p><script>x()</script>
<img src="https://crm.example/o/x.gif"><img src="https://evil.example/x.gif">
--b--
"""


@pytest.fixture
def key(settings: Any, tmp_path: Path, workspace: Workspace) -> str:
    settings.DEMO, settings.DATA_DIR, settings.BASE_URL = True, tmp_path, "https://crm.example"
    (tmp_path / "mail").mkdir()
    Maildir(tmp_path / "mail" / "rival").add(RAW)
    return Maildir(tmp_path / "mail" / "acme").add(RAW)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def test_the_mailbox_lists_this_workspace_s_mail(key: str, ada: User, client_as: Enter) -> None:
    client = client_as(ada)
    assert client.get("/w/acme/mailbox/").content.decode().count("Staying in touch") == 1
    assert "Staying in touch" in client.get("/w/acme/mailbox/?q=BO@people").content.decode()
    assert "Staying in touch" not in client.get("/w/acme/mailbox/?q=somebody").content.decode()


def test_a_mail_is_shown_without_anything_active(key: str, ada: User, client_as: Enter) -> None:
    page = client_as(ada).get(f"/w/acme/mailbox/{key}/").content.decode()
    assert "<p>Hello <b>Bo</b></p>" in page
    assert "https://crm.example/o/x.gif" in page
    assert "evil.example" not in page
    assert 'action="https://crm.example/u/abc/"' in page


@pytest.mark.parametrize("automatic", ["", "on"])
def test_an_answer_leaves_by_smtp(
    key: str,
    server: MailServer,
    ada: User,
    client_as: Enter,
    django_capture_on_commit_callbacks: Any,
    automatic: str,
) -> None:
    given = {"text": "Yes please", "automatic": automatic}
    with django_capture_on_commit_callbacks(execute=True):
        assert client_as(ada).post(f"/w/acme/mailbox/{key}/answer/", given).status_code == 302
    (mail,) = server.mails
    assert (mail["From"], mail["To"], mail["Subject"], mail["In-Reply-To"]) == (
        "bo@people.example", "r+code@in.rekindle.example", "Re: Staying in touch", "<k.1@rekindle.example>",
    )  # fmt: skip
    assert mail["Auto-Submitted"] == ("auto-replied" if automatic else None)
    assert mail.get_content().startswith("Yes please\r\n")
    assert "> Hello Bo" in mail.get_content()


def test_there_is_no_mailbox_outside_the_demo(key: str, settings: Any, ada: User, client_as: Enter) -> None:
    settings.DEMO = False
    assert client_as(ada).get("/w/acme/mailbox/").status_code == 404


@pytest.mark.parametrize("wrong", ["nothing", "..", "x" * 200, "a b"])
def test_unknown_mails_are_404(key: str, ada: User, client_as: Enter, wrong: str) -> None:
    assert client_as(ada).get(f"/w/acme/mailbox/{wrong}/").status_code == 404


def test_who_may_and_who_may_not(key: str, ana: User, mallory: User, client_as: Enter) -> None:
    for user, status in ((ana, 403), (mallory, 404)):
        assert client_as(user).get("/w/acme/mailbox/").status_code == status
        assert client_as(user).get(f"/w/acme/mailbox/{key}/").status_code == status
        assert client_as(user).post(f"/w/acme/mailbox/{key}/answer/", {"text": "x"}).status_code == status
