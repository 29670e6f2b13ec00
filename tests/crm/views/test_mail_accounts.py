from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import MailAccount, ReplyMailbox, User, Workspace
from tests.crm.policies.test_sender_domains import zone
from tests.fakes.mail_server import mail_server
from tests.fakes.name_server import name_server

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[User], Client]
URL = "/w/acme/settings/sending/"


def stored(workspace: Workspace) -> MailAccount:
    with workspace_scope(workspace.pk):
        return MailAccount.objects.get()


def test_an_admin_connects_an_account_tries_it_and_puts_it_into_use(
    client_as: As, grace: User, workspace: Workspace, settings: Any, on_commit: Any
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    client, records = client_as(grace), zone(dmarc=None)
    with mail_server() as server, name_server(records) as address:
        settings.NAME_SERVERS = [address]
        given = {
            "from_address": "talent@acme.example", "host": "127.0.0.1", "port": server.port,
            "security": "none", "dkim_selectors": "pm",
        }  # fmt: skip
        with on_commit():
            assert client.post(f"{URL}smtp/", given).status_code == 302
        page = client.get(URL).content.decode()
        assert "There is no DMARC record." in page
        assert "v=DMARC1; p=none; rua=mailto:dmarc@acme.example" in page
        assert client.post(f"{URL}use/").status_code == 422
        with on_commit():
            client.post(f"{URL}test/")
        assert server.mails[0]["To"] == "grace@acme.example"
        refused = client.post(f"{URL}use/")
        assert "do not vouch" in refused.content.decode()
        records["_dmarc.acme.example"] = ["v=DMARC1; p=none; rua=mailto:d@acme.example"]
        with on_commit():
            client.post(f"{URL}check/")
        assert client.post(f"{URL}use/").status_code == 302
        assert "Mail leaves as talent@acme.example" in client.get(URL).content.decode()
        records["acme.example"] = ["SERVFAIL"]
        with on_commit():
            client.post(f"{URL}check/")
        assert stored(workspace).domain["ok"] is True  # silence says nothing against the record
        assert "did not answer" in client.get(URL).content.decode()
    assert client.get(f"{URL}progress/").status_code == 286
    client.post(f"{URL}use/")
    assert stored(workspace).in_use_at is None
    client.post(f"{URL}removal/")
    assert client.post(f"{URL}use/").status_code == 404


def test_bad_input_names_the_field_and_loses_nothing(
    client_as: As, grace: User, workspace: Workspace
) -> None:
    given = {"from_address": "acme@gmail.com", "server_token": "s3cr3t"}
    answer = client_as(grace).post(f"{URL}postmark/", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Free mail services" in page
    assert "acme@gmail.com" in page
    assert "s3cr3t" not in page
    assert client_as(grace).get(f"{URL}nobody/").status_code == 404


def test_only_who_runs_the_workspace_may(client_as: As, ada: User, mallory: User) -> None:
    for path in ("sending/", "sending/smtp/", "replies/", "replies/new/"):
        assert client_as(ada).get(f"/w/acme/settings/{path}").status_code == 403
        assert client_as(mallory).get(f"/w/acme/settings/{path}").status_code == 404


def test_an_admin_adds_a_mailbox_switches_and_forgets_it(
    client_as: As, grace: User, ada: User, workspace: Workspace
) -> None:
    client, url = client_as(grace), "/w/acme/settings/replies/"
    given = {
        "whose": ada.pk, "address": "ada@acme.example", "host": "imap.acme.example", "port": 993,
        "security": "tls", "username": "ada", "password": "s3cr3t", "folder": "INBOX", "takes_plus": "on",
    }  # fmt: skip
    refused = client.post(f"{url}new/", given | {"password": ""})
    assert refused.status_code == 422
    assert "imap.acme.example" in refused.content.decode()
    assert client.post(f"{url}new/", given).status_code == 302
    with workspace_scope(workspace.pk):
        made = ReplyMailbox.objects.get(owner=ada)
    page = client.get(f"{url}{made.pk}/").content.decode()
    assert "imap.acme.example" in page
    assert "s3cr3t" not in page
    client.post(f"{url}{made.pk}/", given | {"password": "", "folder": "Talent"})
    with workspace_scope(workspace.pk):
        assert ReplyMailbox.objects.get(folder="Talent").password == "s3cr3t"
    client.post(f"{url}{made.pk}/switch/")
    assert "Off" in client.get(url).content.decode()
    client.post(f"{url}{made.pk}/removal/")
    with workspace_scope(workspace.pk):
        assert not ReplyMailbox.objects.exists()
