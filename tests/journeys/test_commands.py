"""`tick` and `send_due` from end to end, over real SMTP."""

import json
from email import message_from_bytes
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crm.actions import inbound
from crm.kernel.tenancy import workspace_scope
from crm.models import Message, Workspace
from journeys.actions import enrollments, journeys
from journeys.models import Enrollment
from tests.conftest import NOW
from tests.factories import WorkspaceFactory
from tests.factories.journeys import ReachableFactory, TemplateFactory, document, message
from tests.journeys.conftest import Sink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme(transactional_db: None) -> Workspace:
    workspace: Workspace = WorkspaceFactory.create(slug="acme")
    with workspace_scope(workspace.pk):
        TemplateFactory.create(key="hello")
        steps = (message("m1", after={"days": 3}), message("m2", after={"weeks": 4}))
        journey = journeys.save_draft(document=document(*steps), by=None)
        journeys.publish(journey=journey, by=None)
        journey.refresh_from_db()
        people = ReachableFactory.create_batch(2)
        enrollments.enroll(journey=journey, candidate_ids=[person.pk for person in people], now=NOW)
    return workspace


def run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command(*arguments, "--workspace", "acme", "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_tick_steps_the_clock_to_each_due_time(acme: Workspace, sink: Sink) -> None:
    first = run("tick", "--at", "2026-06-18T08:59:00Z")
    assert (first["sent"], first["next_due"]) == (0, "2026-06-18T09:00:00+00:00")
    report = run("tick", "--at", "2026-06-18T08:59:00Z", "--until", "2026-07-20T00:00:00Z")
    assert (report["sent"], report["completed"], report["next_due"]) == (4, 0, None)
    assert len(sink.mails) == 4
    with workspace_scope(acme.pk):
        sent = list(Message.objects.order_by("sent_at").values_list("sent_at", flat=True))
        states = set(Enrollment.objects.values_list("state", flat=True))
    # The mailbox keeps its minute between two messages.
    times = [moment.isoformat()[:16] for moment in sent if moment]
    assert times == ["2026-06-18T09:00", "2026-06-18T09:01", "2026-07-16T09:00", "2026-07-16T09:01"]
    assert states == {"completed"}


def test_tick_twice_sends_nothing_twice(acme: Workspace, sink: Sink) -> None:
    arguments = ("tick", "--at", "2026-06-18T09:00:00Z", "--until", "2026-06-18T09:05:00Z")
    run(*arguments)
    assert run(*arguments)["sent"] == 0
    assert run("send_due")["sent"] == 0
    assert len(sink.mails) == 2


def test_a_reply_that_nobody_has_read_yet_stops_what_is_due(acme: Workspace, sink: Sink) -> None:
    run("tick", "--at", "2026-06-18T09:00:00Z", "--until", "2026-06-18T09:05:00Z")
    first = message_from_bytes(sink.mails[0])
    answer = (
        f"From: {first['To']}\r\nTo: {first['Reply-To']}\r\nSubject: Yes\r\n\r\nI would love to talk.\r\n"
    )
    assert inbound.receive(raw=answer.encode(), recipient=first["Reply-To"])
    report = run("tick", "--at", "2026-07-20T00:00:00Z")
    assert (report["sent"], report["held"], len(sink.mails)) == (0, 1, 2)
    with workspace_scope(acme.pk):
        answered = Enrollment.objects.get(candidate__email=first["To"])
    assert (answered.state, answered.exit_reason) == ("exited", "replied")


def test_tick_refuses_what_it_does_not_understand(acme: Workspace) -> None:
    for arguments in (("--at", "soon"), ("--at", "2026-06-18T09:00:00Z", "--until", "2026-06-17T09:00:00Z")):
        with pytest.raises(CommandError):
            call_command("tick", "--workspace", "acme", *arguments)
    with pytest.raises(CommandError):
        call_command("tick", "--workspace", "nowhere")


def test_rehearse_says_what_tick_then_does(acme: Workspace, sink: Sink) -> None:
    told = run("rehearse", "Keep in touch", "--days", "40", "--from", "2026-06-15T09:00:00Z")
    planned = {moment["at"] for path in told["paths"] for moment in path["path"] if moment["what"] == "sent"}
    assert not sink.mails
    run("tick", "--at", "2026-06-15T09:00:00Z", "--until", "2026-07-25T09:00:00Z")
    with workspace_scope(acme.pk):
        sent = {moment.isoformat() for moment in Message.objects.values_list("sent_at", flat=True) if moment}
    assert planned == sent
    assert len(sink.mails) == 4


def test_rehearse_speaks_plainly_and_refuses_what_is_not_there(acme: Workspace) -> None:
    out = StringIO()
    call_command("rehearse", "Keep in touch", "--workspace", "acme", "--days", "7", stdout=out)
    assert out.getvalue().startswith("2 people, ")
    for journey, more in (("Nowhere", ()), ("Keep in touch", ("--days", "0"))):
        with pytest.raises(CommandError):
            call_command("rehearse", journey, "--workspace", "acme", *more)
