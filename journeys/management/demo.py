"""Three journeys that have been running for weeks: the real engine, run day by day on a clock in the past."""

import random
import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from crm.actions import events
from crm.actions.events import NewEvent
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.management.demo.letters import REPLIES
from crm.models import Application, Candidate, CaptureForm, Event, Message
from journeys.actions import enrollments, form_welcomes, journeys, starter, ticks
from journeys.models import Enrollment, Journey
from journeys.policies.form_welcomes import WELCOME
from talentpools.models import Segment, SegmentMember

DAYS = 60
QUARTERLY_PEOPLE = 120
RUNNING = ("Silver medalists, 12 weeks", "After an event", "Quarterly check-in")

AFTER_REJECTION = "Strong, but the timing"

Starts = dict[int, list[tuple[int, int]]]


def run(demo: Demo) -> str:
    """Publish the starter journeys as of two months ago and let the days pass."""
    chance = random.Random(5)
    since = (demo.now - timedelta(days=DAYS)).replace(hour=7, minute=0, second=0, microsecond=0)
    with workspace_scope(demo.workspace.pk):
        running = _publish(demo, since)
        starts = _starts(running, demo.now, chance)
    for day in range(DAYS + 1):
        morning = since + timedelta(days=day)
        with workspace_scope(demo.workspace.pk):
            _enroll(running, starts.get(day, []), morning)
        # Late enough that every zone's office hours of the day have begun; the engine picks the minute.
        for hour in (3, 9):
            live_through(demo, morning + timedelta(hours=hour), chance)
    with workspace_scope(demo.workspace.pk):
        for form in CaptureForm.objects.filter(kind=CaptureForm.Kind.COMMUNITY):
            form_welcomes.start(form=form, template=WELCOME.key, by=demo.staff["grace"])
        _reject(demo)
        inside = Enrollment.objects.filter(state=Enrollment.State.ACTIVE).count()
    return f"{inside} people inside {len(running)} journeys"


def _reject(demo: Demo) -> None:
    """Whom the ATS said no to lately for reasons that pass; a recruiter may still say no to the journey."""
    draft = Journey.objects.get(name=AFTER_REJECTION)
    waiting = journeys.publish(journey=draft, by=demo.staff["grace"], now=demo.now).version.journey
    rejected = Application.objects.filter(
        outcome=Application.Outcome.REJECTED,
        rejection_reason__in=("timing", "headcount"),
        ended_at__gt=demo.now - timedelta(days=120),
    )
    people = list(rejected.order_by("-ended_at", "pk").values_list("candidate_id", flat=True)[:8])
    enrollments.enroll(journey=waiting, candidate_ids=people, now=demo.now - timedelta(hours=20))


def _publish(demo: Demo, since: datetime) -> list[Journey]:
    starter.install(by=demo.staff["grace"])
    # The others of the gallery stay drafts, for whoever looks around to open.
    running = list(Journey.objects.filter(name__in=RUNNING).order_by("pk"))
    for journey in running:
        if journey.draft["trigger"]["on"] == "application.rejected":
            segment = Segment.objects.get(name="Silver medalists", pool__name="Engineering")
            journey.draft = journey.draft | {"trigger": {"on": "segment.entered", "segment": segment.pk}}
            journey.save(update_fields=["draft"])
        journeys.publish(journey=journey, by=demo.staff["grace"], now=since)
    return list(Journey.objects.filter(name__in=RUNNING).order_by("pk"))


def _starts(running: list[Journey], now: datetime, chance: random.Random) -> Starts:
    """On which day who enters which journey."""
    starts: Starts = defaultdict(list)
    for index, journey in enumerate(running):
        for candidate_id, day in _entrants(journey, now, chance):
            starts[day].append((index, candidate_id))
    return starts


def _entrants(journey: Journey, now: datetime, chance: random.Random) -> list[tuple[int, int]]:
    trigger = journey.draft["trigger"]
    if trigger["on"] == "segment.entered":
        members = SegmentMember.objects.filter(segment_id=trigger["segment"], left_at=None)
        people = list(members.values_list("candidate_id", flat=True))
    elif trigger["on"] == "event.attended":
        recent = Event.objects.filter(kind="event.attended", occurred_at__gt=now - timedelta(days=150))
        people = sorted(set(recent.values_list("candidate_id", flat=True)))
    else:
        warm = Candidate.objects.filter(stage="initial_interest").order_by("pk")
        people = chance.sample(list(warm.values_list("pk", flat=True)), QUARTERLY_PEOPLE)
    return [(pk, chance.randint(0, DAYS - 5)) for pk in people if pk]


def _enroll(running: list[Journey], entering: list[tuple[int, int]], at: datetime) -> None:
    by_journey: dict[int, list[int]] = defaultdict(list)
    for index, candidate_id in entering:
        by_journey[index].append(candidate_id)
    for index, people in by_journey.items():
        enrollments.enroll(journey=running[index], candidate_ids=people, now=at)


def live_through(demo: Demo, at: datetime, chance: random.Random) -> None:
    """One look of the engine, and what the mail it queued led to."""
    ticks.tick(workspace_id=demo.workspace.pk, now=at)
    with workspace_scope(demo.workspace.pk):
        queued = list(Message.objects.filter(state=Message.State.QUEUED))
        if not queued:
            return
        told = [fact for message in queued for fact in _deliver(message, at, chance)]
        facts = [fact for fact in told if fact.occurred_at and fact.occurred_at <= demo.now]
        columns = ["state", "created_at", "sent_at", "delivered_at", "due_at", "from_address"]
        Message.objects.bulk_update(queued, columns)
        events.record_many(facts + _replies(queued, at, chance, demo.now))
    ticks.tick(workspace_id=demo.workspace.pk, now=at + timedelta(minutes=10))


def _deliver(message: Message, at: datetime, chance: random.Random) -> list[NewEvent]:
    message.state, message.due_at = Message.State.DELIVERED, None
    message.created_at, message.sent_at = at, at + timedelta(seconds=5)
    message.delivered_at = at + timedelta(seconds=30)
    facts = [_fact("sent", message, message.sent_at), _fact("delivered", message, message.delivered_at)]
    if chance.random() < 0.4:
        facts.append(_fact("opened", message, at + timedelta(hours=3), human="human"))
    if chance.random() < 0.12:
        facts.append(_fact("clicked", message, at + timedelta(hours=3, minutes=1), human="human"))
    return facts


def _replies(sent: list[Message], at: datetime, chance: random.Random, now: datetime) -> list[NewEvent]:
    answered = [message for message in sent if chance.random() < 0.07 and at < now - timedelta(hours=6)]
    answers = [_answer(message, at + timedelta(minutes=5), chance, now) for message in answered]
    Message.objects.bulk_create(answers)
    return [_fact("replied", answer, answer.created_at) for answer in answers]


def _answer(message: Message, at: datetime, chance: random.Random, now: datetime) -> Message:
    is_old = at < now - timedelta(days=8)
    key = uuid.UUID(int=chance.getrandbits(128), version=4)
    return Message(
        key=key,
        candidate_id=message.candidate_id,
        direction=Message.Direction.IN,
        kind=Message.Kind.JOURNEY,
        from_address=message.to_address,
        subject=f"Re: {message.subject}",
        body_text=chance.choice(REPLIES),
        rfc_message_id=f"<{key}@mail.example>",
        in_reply_to=message,
        state=Message.State.RECEIVED,
        match="token",
        created_at=at,
        sent_at=at,
        outcome=Message.Outcome.INTERESTED if is_old else "",
        settled_at=at + timedelta(hours=4) if is_old else None,
    )


def _fact(kind: str, message: Message, at: datetime, **more: Any) -> NewEvent:
    data = {"message": message.pk, "kind": message.kind, "topic": message.topic, **more}
    return NewEvent(f"message.{kind}", message.candidate_id, occurred_at=at, data=data)
