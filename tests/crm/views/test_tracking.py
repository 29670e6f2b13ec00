import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import Event, Message, Workspace
from crm.policies.tokens import Purpose, seal
from tests.factories import CandidateFactory, MessageFactory

CHROME = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"}
HTML = '<p><a href="https://acme.example/one?a=1&amp;b=2">1</a> <a href="https://acme.example/two">2</a></p>'


@pytest.fixture
def sent(workspace: Workspace, clock: time_machine.Traveller) -> Message:
    with workspace_scope(workspace.pk):
        moment = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
        return MessageFactory.create(candidate=CandidateFactory.create(), body_html=HTML, delivered_at=moment)


def link(message: Message, number: int) -> str:
    return f"/c/{seal(Purpose.CLICK, message.workspace_id or 0, message.pk, number)}"


def facts(workspace: Workspace) -> list[tuple[Any, ...]]:
    with workspace_scope(workspace.pk):
        rows = Event.objects.order_by("pk").values_list("kind", "data__human", "data__rule", "data__link")
        return list(rows)


def test_the_picture_counts_an_open(client: Client, workspace: Workspace, sent: Message) -> None:
    url = f"/o/{seal(Purpose.OPEN, workspace.pk, sent.pk)}.gif"
    response = client.get(url, headers=CHROME)
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "image/gif",
        "no-store, private",
    )
    assert not response.cookies
    client.head(url, headers=CHROME)
    assert facts(workspace) == [("message.opened", True, "", None), ("message.opened", False, "head", None)]


def test_a_link_leads_where_the_mail_said(client: Client, workspace: Workspace, sent: Message) -> None:
    response = client.get(link(sent, 0), headers=CHROME)
    assert (response.status_code, response["Location"]) == (302, "https://acme.example/one?a=1&b=2")
    assert not response.cookies
    assert facts(workspace) == [("message.clicked", True, "", 0)]


def test_two_links_at_once_are_a_scanner_s(
    client: Client, workspace: Workspace, sent: Message, clock: time_machine.Traveller
) -> None:
    client.get(link(sent, 0), headers=CHROME)
    clock.shift(2)
    client.get(link(sent, 1), headers=CHROME)
    assert facts(workspace) == [
        ("message.clicked", True, "", 0),
        ("message.clicked", False, "several_links", 1),
        ("message.click_disproved", None, "several_links", None),
    ]
    clock.shift(4)
    client.get(link(sent, 1), headers=CHROME)
    assert facts(workspace)[-1] == ("message.clicked", True, "", 1)


@pytest.mark.parametrize("number", [2, 99])
def test_a_link_the_mail_does_not_have_is_404(
    client: Client, workspace: Workspace, sent: Message, number: int
) -> None:
    assert client.get(link(sent, number), headers=CHROME).status_code == 404


def test_changed_codes_lead_nowhere(client: Client, workspace: Workspace, sent: Message) -> None:
    url = link(sent, 0)
    for position in range(3, len(url) - 1):
        changed = url[:position] + ("a" if url[position] != "a" else "b") + url[position + 1 :]
        assert client.get(changed).status_code == 404
    assert client.get(f"{url}?next=https://evil.example", headers=CHROME)["Location"].startswith(
        "https://acme."
    )
    assert client.get(f"/o/{seal(Purpose.CLICK, workspace.pk, sent.pk)}.gif").status_code == 404
    assert client.post(url).status_code == 405
