"""People who stop their mail, or answer, while a thousand messages to them are due; and everything twice."""

import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.utils import timezone

from benchmarks import fault_history
from benchmarks.faults import LONGEST, Line, Sizes, Stage, stage, told
from benchmarks.touch import a_journey, reachable_people
from crm.actions import replies, unsubscribes
from crm.kernel.tenancy import current_workspace_id, workspace_scope
from crm.models import Candidate, Message
from crm.policies.automatic_mail import Nature
from crm.policies.received_mail import ReceivedMail
from journeys.actions import enrollments

_CLAIMED = ("sending", "sent", "delivered", "bounced", "unknown", "failed")


def raced(sizes: Sizes) -> Iterator[Line]:
    """Half unsubscribe, half reply, each at the moment two workers run and send what is due to everybody."""
    chance, stopped, broken = random.Random(9), 0, 0
    with stage(0, people=max(sizes.people, 1_000)) as found:
        found.hire(2, "--run")
        for _ in range(sizes.rounds):
            ids = _enroll(found, sizes.people)
            chance.shuffle(ids)
            late = [pk for pk in ids[: sizes.people // 2] if _stop(found.workspace_id, pk, chance)]
            _until_quiet(found)
            stopped += len(late)
            broken += _taken_from(found, late)
    words = f"{sizes.rounds} rounds × {sizes.people:,} due, {stopped:,} stopped before their claim"
    yield Line(f"{words}: {broken} claimed afterwards", broken == 0)


def _enroll(found: Stage, people: int) -> list[int]:
    """Everybody is due now, as if nothing had been before."""
    workspace_id, ids = reachable_people(max(people, 1_000))
    ids = ids[:people]
    with workspace_scope(workspace_id):
        with connection.cursor() as cursor:
            for table in ("crm_suppression", "crm_eventhandoff"):
                cursor.execute(f"DELETE FROM {table} WHERE workspace_id = %s", [current_workspace_id()])
        journey = a_journey("Race", {"id": "m", "type": "message", "template": "bench"})
        enrollments.enroll(journey=journey, candidate_ids=ids, now=timezone.now())
    return ids


def _stop(workspace_id: int, candidate_id: int, chance: random.Random) -> bool:
    """They stop us; True when no message of theirs had been claimed once that was committed."""
    with workspace_scope(workspace_id):
        person = Candidate.objects.get(pk=candidate_id)
        if chance.random() < 0.5:
            unsubscribes.stop_everything(candidate=person, channel="footer")
        else:
            mail = ReceivedMail(
                subject="Re: Hello", from_address=person.email, text="No, thank you.",
                message_id=f"<{uuid.uuid4()}@people.example>",
            )  # fmt: skip
            replies.keep(received=mail, answers=None, how="from", nature=Nature("human"), at=timezone.now())
    with workspace_scope(workspace_id):
        out = Message.objects.filter(candidate_id=candidate_id, direction=Message.Direction.OUT)
        return not out.filter(state__in=_CLAIMED).exists()


def _until_quiet(found: Stage) -> None:
    """Nothing is due any more, or on its way."""
    ends = time.monotonic() + LONGEST
    while time.monotonic() < ends:
        found.sweep()
        with workspace_scope(found.workspace_id), connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM journeys_enrollment WHERE workspace_id = %(w)s"
                "        AND state = 'active' AND due_at <= now())"
                "     + (SELECT count(*) FROM crm_message WHERE workspace_id = %(w)s"
                "        AND state IN ('queued', 'sending'))",
                {"w": found.workspace_id},
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.3)


def _taken_from(found: Stage, ids: list[int]) -> int:
    """How many of these people the provider took a mail for all the same."""
    taken = fault_history.taken_by(found.history)
    with workspace_scope(found.workspace_id):
        keys = Message.objects.filter(candidate_id__in=ids, direction="out").values_list("key", flat=True)
        return sum(1 for key in keys if taken[key.hex])


def doubled(sizes: Sizes) -> Iterator[Line]:
    """Two beats and three dispatchers by mistake, and a broker that forgets everything every few seconds."""
    count = max(sizes.mails // 10, 100)
    with stage(0, people=count) as found:
        started = [_celery(found, *arguments) for arguments in _TWICE]
        try:
            time.sleep(15)
            _enroll(found, count)
            flushes = _flush_until(found, count)
            verdict = found.drain()
        finally:
            for process in started:
                process.kill()
                process.wait()
    yield told(f"2 beats, 3 dispatchers, {flushes} × Redis flushed", verdict)


_TWICE = (
    ("beat", "--pidfile=", "--schedule=one"),
    ("beat", "--pidfile=", "--schedule=two"),
    *[("worker", "--pool=solo", "--queues=interactive,send,sync,report", f"-n=w{n}@%h") for n in range(3)],
)


def _celery(found: Stage, *arguments: str) -> subprocess.Popen[bytes]:
    folder = str(found.history.parent)
    given = [word.replace("--schedule=", f"--schedule={folder}/") for word in arguments]
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "crm.celery:celery_app", *given]
    environment = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{found.port}"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _flush_until(found: Stage, count: int) -> int:
    import redis  # noqa: PLC0415 - slow import

    broker, flushes, ends = redis.Redis.from_url(settings.CELERY_BROKER_URL), 0, time.monotonic() + 180
    while found.taken() < count and time.monotonic() < ends:
        broker.flushall()
        flushes += 1
        time.sleep(5)
    return flushes
