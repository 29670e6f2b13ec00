"""Workers killed while they send, people who stop us while they run: the small form of `benchmarks faults`.

Workers are real processes, the provider keeps the true history, and what is judged is judged by plain SQL.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from benchmarks import fault_history, fault_worker
from bin.local.servers import free_port
from bin.local.toolchain import ROOT
from crm.actions import claims, delivery_events, messages, replies, unsubscribes
from crm.actions.delivery_events import Report
from crm.actions.messages import NewMessage
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Message, Workspace
from crm.policies.automatic_mail import Nature
from crm.policies.received_mail import ReceivedMail
from journeys.actions import enrollments, journeys
from journeys.actions.mailboxes import set_pace
from journeys.models import Enrollment
from tests.factories import WorkspaceFactory
from tests.factories.journeys import TemplateFactory, document, message

pytestmark = pytest.mark.django_db(transaction=True)
LONGEST = 60.0
MAILS, PEOPLE = 300, 60
_CLAIMED = ("sending", "sent", "delivered", "bounced", "unknown", "failed")


@dataclass
class Crew:
    """The workspace, the provider's history, and the workers."""

    workspace: Workspace
    history: Path
    pids: list[int] = field(default_factory=list)

    def hire(self, count: int, *, is_running_journeys: bool = False) -> None:
        """So many workers, each a process of its own with its own connections."""
        for _ in range(count):
            connections.close_all()
            pid = os.fork()
            if pid == 0:
                try:
                    fault_worker.go_on(
                        self.workspace.pk, seconds=LONGEST, is_running_journeys=is_running_journeys
                    )
                finally:
                    os._exit(0)
            self.pids.append(pid)

    def kill_one(self) -> None:
        os.kill(self.pids[0], signal.SIGKILL)
        os.waitpid(self.pids.pop(0), 0)

    def taken(self) -> int:
        return sum(fault_history.taken_by(self.history).values())

    def sweep(self) -> bool:
        with workspace_scope(self.workspace.pk):
            claims.sweep()
        return True

    def verdict(self) -> fault_history.Verdict:
        return fault_history.judge(self.workspace.pk, 0, self.history)


@pytest.fixture
def crew(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    port, history = free_port(), tmp_path / "history"
    command = [sys.executable, "-m", "benchmarks.provider", str(port), str(history)]
    provider = subprocess.Popen(command, cwd=ROOT)
    settings.EMAIL_BACKEND = "crm.providers.smtp.ComposedBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=2))
    monkeypatch.setattr(claims, "STARTED_LEASE", timedelta(seconds=1))
    found = Crew(WorkspaceFactory.create(), history)
    until(history.exists)
    yield found
    for pid in found.pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    provider.kill()
    provider.wait()


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + LONGEST
    while not holds():
        assert time.monotonic() < ends, "It did not come to an end."
        time.sleep(0.05)


def people(count: int) -> list[Candidate]:
    rows = [
        Candidate(first_name="Alex", email=f"p{n}@people.example", email_state="ok", consent="granted")
        for n in range(count)
    ]
    return Candidate.objects.bulk_create(rows)


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(crew: Crew) -> None:
    with workspace_scope(crew.workspace.pk):
        drafts = [NewMessage(one.pk, one.email, "News", body_text="Hello") for one in people(MAILS)]
        messages.queue_rows(drafts)
    crew.hire(2)
    until(lambda: crew.taken() >= MAILS // 3)
    crew.kill_one()

    until(lambda: crew.sweep() and not crew.verdict().waiting)

    verdict = crew.verdict()
    assert (verdict.mails, verdict.duplicates, verdict.silent) == (MAILS, 0, 0)
    assert verdict.unknown <= 20
    taken = fault_history.taken_by(crew.history)
    told = [Report(f"{key}.{crew.workspace.pk}", "delivered") for key in taken]
    unknown = {key for key, state in fault_history.states(crew.workspace.pk, 0).items() if state == "unknown"}
    delivery_events.apply_many([report for report in told if report.key.split(".")[0] in unknown])
    assert crew.verdict().unknown == MAILS - crew.verdict().taken


def test_who_stopped_us_before_the_claim_is_written_to_by_nobody(crew: Crew) -> None:
    with workspace_scope(crew.workspace.pk):
        TemplateFactory.create(key="hello")
        set_pace(sender=None, daily_limit=100_000, spacing_seconds=0)
        journey = journeys.save_draft(document=document(message()), by=None)
        journeys.publish(journey=journey, by=None)
        journey.refresh_from_db()
        ids = [one.pk for one in people(PEOPLE)]
        enrollments.enroll(journey=journey, candidate_ids=ids, now=timezone.now())
    crew.hire(2, is_running_journeys=True)

    late = [pk for n, pk in enumerate(ids) if _stops(crew.workspace.pk, pk, by_reply=bool(n % 2))]
    until(lambda: crew.sweep() and _is_quiet(crew.workspace.pk))

    taken = fault_history.taken_by(crew.history)
    with workspace_scope(crew.workspace.pk):
        mails = Message.objects.filter(direction="out").values_list("candidate_id", "key")
        assert [pk for pk, key in mails if pk in late and taken[key.hex]] == []
        assert sum(taken.values()) == len(taken)


def _stops(workspace_id: int, candidate_id: int, *, by_reply: bool) -> bool:
    """They stop us; True when no message of theirs had been claimed once that was committed."""
    with workspace_scope(workspace_id):
        person = Candidate.objects.get(pk=candidate_id)
        if by_reply:
            mail = ReceivedMail(
                subject="Re: Hello", from_address=person.email, text="No, thank you.",
                message_id=f"<{uuid.uuid4()}@people.example>",
            )  # fmt: skip
            replies.keep(received=mail, answers=None, how="from", nature=Nature("human"), at=timezone.now())
        else:
            unsubscribes.stop_everything(candidate=person, channel="footer")
    with workspace_scope(workspace_id):
        out = Message.objects.filter(candidate_id=candidate_id, direction="out")
        return not out.filter(state__in=_CLAIMED).exists()


def _is_quiet(workspace_id: int) -> bool:
    with workspace_scope(workspace_id):
        due = Enrollment.objects.filter(state="active", due_at__lte=timezone.now())
        return not due.exists() and not Message.objects.filter(state__in=("queued", "sending")).exists()
