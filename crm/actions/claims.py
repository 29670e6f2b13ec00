"""The rows of the send protocol: leased, started, recorded, swept. At most once, and honest about doubt.

    queued ──lease──▶ queued (leased) ──start──▶ sending ──record──▶ sent | failed | queued again | unknown

A worker that dies before `start` has committed leaves the message queued; one that dies after it leaves
`sending`, which the sweeper turns into `unknown`: nobody sends it again until somebody knows. Every write
after the network call asks for the attempt it belongs to, so a worker that slept too long writes nothing.

Locks are taken in one order, candidates before messages. Whoever stops a person's mail (unsubscribe,
suppression, erasure) updates the candidate first; `start` locks the candidates and then reads them anew.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from crm.actions import event_sets, events
from crm.actions.events import NewEvent
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, Message
from crm.policies import do_not_contact, sending
from crm.policies.sending import Answer, Verdict
from crm.queries import reachability, suppressions
from crm.queries.arrays import among

LEASE = timedelta(minutes=3)
# Too many bounces or complaints stop what leaves by itself (crm.actions.sender_health), nothing else.
_NOT_STOPPED = """(kind NOT IN ('journey', 'newsletter') OR NOT EXISTS (
    SELECT 1 FROM crm_workspace w WHERE w.id = %s AND w.sending_stopped_at IS NOT NULL))"""
_MOMENT = timedelta(seconds=5)
# How long a message may wait here before the hours it is for are asked about once more.
_FRESH = timedelta(minutes=10)
_AUTOMATED = (Message.Kind.JOURNEY, Message.Kind.NEWSLETTER)
# Where the day begins first: a journey knows the person's own midnight, and this must not undo it.
_EAST = timedelta(hours=14)
# What of a person decides whether mail goes to them; a person has eighty columns.
_DECIDING = (
    "email", "current_company_folded", "email_state", "consent", "consent_expires_at", "unsubscribed_at",
    "in_process", "anonymized_at", "merged_into", "topics_declined", "not_before",
)  # fmt: skip
# What is put off before it starts was no attempt: the number of attempts ends the retries.
_NOT_TRIED = F("attempt") - 1
STARTED_LEASE = timedelta(seconds=90)  # more than three times EMAIL_TIMEOUT


def lease(*, limit: int, is_all: bool = False, after_id: int = 0) -> list[Message]:
    """Reserve queued messages whose time has come for this worker; two workers never get the same one.

    With `is_all`, those waiting for a later attempt too, by id after `after_id`.
    """
    # Materialized: a limit inside `IN (…)` may be asked anew for each row: the whole queue is leased.
    condition = "id > %s" if is_all else "due_at <= now() AND %s = 0"
    order = "id" if is_all else "due_at, id"
    workspace_id = current_workspace_id()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH ours AS MATERIALIZED (
                SELECT id FROM crm_message
                WHERE workspace_id = %s AND state = 'queued' AND {condition} AND {_NOT_STOPPED}
                  AND (lease_until IS NULL OR lease_until < now())
                ORDER BY {order} LIMIT %s FOR UPDATE SKIP LOCKED)
            UPDATE crm_message m SET lease_until = now() + %s * interval '1 second', attempt = attempt + 1
            FROM ours WHERE m.workspace_id = %s AND m.id = ours.id
            RETURNING m.id
            """,  # noqa: S608 - the two fragments above
            [workspace_id, after_id, workspace_id, limit, LEASE.total_seconds(), workspace_id],
        )
        ids = [row[0] for row in cursor.fetchall()]
    rows = Message.objects.filter(among("pk", ids)).select_related("in_reply_to")
    return list(rows.order_by("id" if is_all else "due_at", "id"))


@transaction.atomic
def start(messages: Sequence[Message], *, at: datetime | None = None) -> list[Message]:
    """Commit to sending these leased messages; the ones that may not go now are canceled or put off.

    Gives back those to send. What another worker took over in the meantime is left out. `at` is the clock
    that decides what holds now, for a run with a clock of its own.
    """
    _lock_people(messages, "SHARE")
    decisions = _decisions(messages, at or timezone.now())
    _put_aside([message for message in messages if not decisions[message.pk].goes], decisions)
    going = _without_news([message for message in messages if decisions[message.pk].goes])
    started = set(_mark_sending(going))
    return [message for message in going if message.pk in started]


@transaction.atomic
def record(answers: Sequence[tuple[Message, Answer]], *, at: datetime | None = None) -> None:
    """Write down what the server said, unless the attempt is no longer ours or an event knew it before."""
    now = at or timezone.now()
    _lock_people([message for message, _ in answers], "NO KEY UPDATE")
    sent = _settle_sent([pair for pair in answers if pair[1].verdict == Verdict.ACCEPTED], now)
    facts: list[NewEvent] = []
    for message, answer in answers:
        state = sending.state_after(answer, attempt=message.attempt)
        if state == Message.State.SENT or not _settle(message, answer, state, now):
            continue
        if state != Message.State.QUEUED:
            facts.append(_fact(message, f"message.{state}", now, {"code": answer.code}))
    contacts = [message for message, _ in sent if message.kind != Message.Kind.SERVICE]
    contacted = {message.candidate_id for message in contacts if message.candidate_id}
    Candidate.objects.filter(among("pk", contacted)).update(last_contacted_at=now)
    told = [
        event_sets.Fact(message.candidate_id, message.sender_id, _data(message, {"code": answer.code}))
        for message, answer in sent
    ]
    event_sets.record_each(told, "message.sent", at=now)
    events.record_many(facts)


@transaction.atomic
def release(messages: Sequence[Message], *, reason: str) -> None:
    """Give leased messages back unsent, to be tried again after a pause."""
    for message in messages:
        due_at = timezone.now() + sending.pause_after(message.attempt)
        ours = Message.objects.filter(pk=message.pk, attempt=message.attempt, state=Message.State.QUEUED)
        ours.update(lease_until=None, due_at=due_at, failure=reason[:300])


@transaction.atomic
def sweep() -> int:
    """Started messages whose worker never came back become `unknown`; returns how many."""
    over = Message.objects.filter(state=Message.State.SENDING, lease_until__lt=timezone.now())
    lost = list(over.select_for_update(skip_locked=True))
    Message.objects.filter(pk__in=[message.pk for message in lost]).update(
        state=Message.State.UNKNOWN, lease_until=None, failure="The worker ended while this was being sent."
    )
    events.record_many(_fact(message, "message.unknown", None, {}) for message in lost)
    return len(lost)


def _lock_people(messages: Sequence[Message], how: str) -> None:
    """People before messages, and people in the order of ids, as everywhere: nobody waits in a circle."""
    ids = sorted({message.candidate_id for message in messages if message.candidate_id})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM crm_candidate WHERE workspace_id = %s AND id = ANY(%s::bigint[])"
            f" ORDER BY id FOR {how}",
            [current_workspace_id(), ids],
        )


def _without_news(messages: Sequence[Message]) -> list[Message]:
    """Those that go now. A journey's message to somebody of whom a thing happened that nobody followed yet, a
    reply or a booking, waits a moment: it may be stopped. Asked after the locks on people.
    """
    ours = {message.candidate_id for message in messages if message.kind == Message.Kind.JOURNEY}
    if not ours:
        return list(messages)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.candidate_id FROM crm_event e
            JOIN crm_eventhandoff h ON h.workspace_id = e.workspace_id AND h.event_id = e.id
            WHERE e.workspace_id = %s AND e.candidate_id = ANY(%s::bigint[]) AND e.kind <> 'message.sent'
              AND h.subscriber = ANY(%s)
            """,
            [current_workspace_id(), list(ours), list(settings.MESSAGES_WAIT_FOR)],
        )
        news = {row[0] for row in cursor.fetchall()}
    later = [one for one in messages if one.kind == Message.Kind.JOURNEY and one.candidate_id in news]
    held = Message.objects.filter(pk__in=[one.pk for one in later], state=Message.State.QUEUED)
    if later:
        held.update(lease_until=None, due_at=timezone.now() + _MOMENT, attempt=_NOT_TRIED)
    return [message for message in messages if message not in later]


def _decisions(messages: Sequence[Message], now: datetime) -> dict[int, sending.Decision]:
    people = Candidate.objects.only(*_DECIDING).in_bulk({m.candidate_id for m in messages if m.candidate_id})
    marks = reachability.marks_on(list(people.values()), now=now)
    found = reachability.reasons_for(list(people.values()), now=now, marks=marks)
    refused = suppressions.suppressed({message.to_address for message in messages})
    decisions = {}
    for message in messages:
        codes: list[str] = list(found.get(message.candidate_id or 0, []))
        if message.to_address in refused:
            codes.insert(0, "suppressed")
        if do_not_contact.blocks(
            marks.get(message.candidate_id or 0, ()),
            automated=message.kind != Message.Kind.ONE_TO_ONE,
            topic=message.topic,
        ):
            codes.append("do_not_contact")
        if message.kind == Message.Kind.SERVICE:
            codes = sending.service_codes(refused.get(message.to_address, ("",))[0])
        person = people.get(message.candidate_id or 0)
        decisions[message.pk] = sending.decide(message, person, codes, today=(now + _EAST).date())
    for pk, (code, until) in _too_late(messages, now).items():
        if decisions[pk].goes:
            decisions[pk] = sending.Decision(False, code, until)
    return decisions


def _too_late(messages: Sequence[Message], now: datetime) -> dict[int, tuple[str, datetime]]:
    """What waited here so long that the hours it was meant for may be over; nothing, as a rule."""
    since = timezone.now() - _FRESH
    late = [one.pk for one in messages if one.kind in _AUTOMATED and one.created_at < since]
    found: dict[int, tuple[str, datetime]] = {}
    for path in settings.MESSAGE_GUARDS if late else ():
        found |= import_string(path)(late, now=now)
    return found


def _mark_sending(messages: Sequence[Message]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE crm_message m SET state = 'sending', lease_until = now() + %s * interval '1 second'
            FROM unnest(%s::bigint[], %s::int[]) AS ours(id, attempt)
            WHERE m.workspace_id = %s AND m.id = ours.id AND m.attempt = ours.attempt AND m.state = 'queued'
            RETURNING m.id
            """,
            [
                STARTED_LEASE.total_seconds(),
                [message.pk for message in messages],
                [message.attempt for message in messages],
                current_workspace_id(),
            ],
        )
        return [row[0] for row in cursor.fetchall()]


def _put_aside(messages: Sequence[Message], decisions: Mapping[int, sending.Decision]) -> None:
    facts = []
    for message in messages:
        decision = decisions[message.pk]
        ours = Message.objects.filter(pk=message.pk, attempt=message.attempt, state=Message.State.QUEUED)
        if decision.wait_until:
            due_at = _instant(decision.wait_until)
            ours.update(lease_until=None, due_at=due_at, failure=decision.code, attempt=_NOT_TRIED)
        elif ours.update(lease_until=None, state=Message.State.CANCELED, failure=decision.code):
            facts.append(_fact(message, "message.canceled", None, {"code": decision.code}))
    events.record_many(facts)


def _instant(until: date | datetime) -> datetime:
    if isinstance(until, datetime):
        return until
    return datetime.combine(until, datetime.min.time(), tzinfo=timezone.now().tzinfo)


def _settle_sent(accepted: Sequence[tuple[Message, Answer]], now: datetime) -> list[tuple[Message, Answer]]:
    """Note in one statement that these are sent; gives back those that were still ours."""
    if not accepted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE crm_message m SET state = 'sent', lease_until = NULL, failure = '', sent_at = %s,
                provider_id = ours.provider_id
            FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS ours(id, attempt, provider_id)
            WHERE m.workspace_id = %s AND m.id = ours.id AND m.attempt = ours.attempt
              AND m.state IN ('sending', 'unknown')
            RETURNING m.id
            """,
            [
                now,
                [message.pk for message, _ in accepted],
                [message.attempt for message, _ in accepted],
                [answer.provider_id for _, answer in accepted],
                current_workspace_id(),
            ],
        )
        ours = {row[0] for row in cursor.fetchall()}
    return [pair for pair in accepted if pair[0].pk in ours]


def _settle(message: Message, answer: Answer, state: str, now: datetime) -> bool:
    # `unknown` too: a worker the sweeper gave up on, and nobody has sent again, knows what happened.
    ours = Message.objects.filter(
        pk=message.pk, attempt=message.attempt, state__in=(Message.State.SENDING, Message.State.UNKNOWN)
    )
    changes: dict[str, Any] = {"state": state, "lease_until": None, "failure": _failure(answer)}
    if state == Message.State.QUEUED:
        changes["due_at"] = now + sending.pause_after(message.attempt)
    return bool(ours.update(**changes))


def _failure(answer: Answer) -> str:
    return f"{answer.code} {answer.text}".strip()[:300] if answer.code else answer.text


def _fact(message: Message, kind: str, at: datetime | None, more: Mapping[str, Any]) -> NewEvent:
    return NewEvent(kind, message.candidate_id, message.sender_id, at, data=_data(message, more))


def _data(message: Message, more: Mapping[str, Any]) -> dict[str, Any]:
    return {"message": message.pk, "kind": message.kind, "topic": message.topic, **more}
