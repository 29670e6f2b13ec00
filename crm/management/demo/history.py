"""Two years of mail and meetings for the demo workspace. Past facts cannot come out of today's actions,
so this module writes rows itself; nothing but the demo uses it."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection
from django.utils import timezone

from crm.actions import events
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.management.demo.letters import OUTREACH, REPLIES
from crm.models import Application, Candidate, CandidateTag, Membership, Message, Role, User

FAST = timedelta(days=36)
CLIMB = ("", "initial_interest", "screening", "interview_ready", "offer_ready")


@dataclass(frozen=True, slots=True)
class Person:
    candidate: Candidate
    owner: User
    first_applied_at: datetime | None
    was_hired_fast: bool
    was_hired: bool
    is_finalist: bool


def write(demo: Demo) -> str:
    """Write the past of everybody in the workspace."""
    with workspace_scope(demo.workspace.pk):
        author = _Author(random.Random(7), demo.now)
        people = list(_people(demo.workspace.pk, author.random))
        for person in people:
            author.live(person)
        Message.objects.bulk_create(author.messages, batch_size=1_000)
        events.record_many(author.facts())
        Candidate.objects.bulk_update(
            [person.candidate for person in people], ["owner", "stage"], batch_size=1_000
        )
        _summarize()
        return f"{len(author.messages):,} mails of two years"


def _people(workspace_id: int, chance: random.Random) -> Iterator[Person]:
    recruiters = [
        membership.user
        for membership in Membership.objects.select_related("user").filter(
            workspace_id=workspace_id, role=Role.RECRUITER
        )
    ]
    applied: dict[int, list[Application]] = {}
    for application in Application.objects.select_related("requisition").order_by("applied_at"):
        applied.setdefault(application.candidate_id, []).append(application)
    for candidate in Candidate.objects.exclude(email="").order_by("pk"):
        mine = applied.get(candidate.pk, [])
        yield Person(
            candidate=candidate,
            owner=chance.choice(recruiters),
            first_applied_at=mine[0].applied_at if mine else None,
            was_hired_fast=any(_was_fast(a) for a in mine),
            was_hired=any(a.outcome == Application.Outcome.HIRED for a in mine),
            is_finalist=any(a.furthest_rank >= 3 for a in mine),
        )


def _was_fast(application: Application) -> bool:
    opened_at, hired_at = application.requisition.opened_at, application.hired_at
    return bool(opened_at and hired_at and hired_at - opened_at < FAST)


class _Author:
    """Writes each person's past and keeps what happened until everything can be stored at once."""

    def __init__(self, chance: random.Random, now: datetime) -> None:
        self.random, self.now = chance, now
        self.messages: list[Message] = []
        self.happened: list[tuple[str, Message, datetime, dict[str, Any]]] = []
        self.met = set(
            CandidateTag.objects.filter(tag__folded="met at event").values_list("candidate_id", flat=True)
        )
        self.encounters: list[events.NewEvent] = []

    def live(self, person: Person) -> None:
        """Owner, encounters, mails and CRM stage of one person."""
        person.candidate.owner = person.owner
        warmth = self.random.choices([0.0, 0.06, 0.3], [0.3, 0.45, 0.25])[0]
        if person.is_finalist:
            warmth = max(warmth, 0.12)
        if person.candidate.pk in self.met:
            self._attend(person)
        if warmth:
            self._climb(person, *self._correspond(person, warmth))

    def facts(self) -> Iterator[events.NewEvent]:
        """The events of all mails, once these have their ids."""
        yield from self.encounters
        for kind, message, at, data in self.happened:
            yield events.NewEvent(
                f"message.{kind}",
                candidate_id=message.candidate_id,
                occurred_at=at,
                ref=f"demo:{message.key}:{kind}",
                data={"message": message.pk, **data},
            )

    def _attend(self, person: Person) -> None:
        at = self.now - timedelta(days=self.random.uniform(20, 500))
        for kind, when in (("event.registered", at - timedelta(days=9)), ("event.attended", at)):
            ref = f"demo:{person.candidate.pk}:{kind}"
            fact = events.NewEvent(kind, candidate_id=person.candidate.pk, occurred_at=when, ref=ref)
            self.encounters.append(fact)

    def _correspond(self, person: Person, warmth: float) -> tuple[datetime, bool]:
        """Mails and reactions; answers when the first mail left and whether anybody replied."""
        first = at = self._office_hours(self._first_mail(person))
        replied = False
        for number in range(self.random.randint(1, 6)):
            at = self._office_hours(at)
            if at > self.now - timedelta(days=9):
                break
            mail = self._mail(person, at, number)
            replied = self._react(person, mail, at, warmth) or replied
            at += timedelta(days=self.random.uniform(30, 55))
        return first, replied

    def _climb(self, person: Person, since: datetime, replied: bool) -> None:
        """From stage to stage, some further than others, each move an event of its time."""
        top = self.random.choices([1, 2, 3, 4], [5, 4, 2, 1])[0] if replied else 1
        at = min(since, self.now - timedelta(hours=2))
        for before, after in pairwise(CLIMB[: top + 1]):
            move = {"from": before, "to": after}
            fact = events.NewEvent("stage.changed", person.candidate.pk, person.owner.pk, at, data=move)
            self.encounters.append(fact)
            person.candidate.stage = after
            at += timedelta(days=self.random.uniform(6, 40))
            if at > self.now:
                return

    def _first_mail(self, person: Person) -> datetime:
        """Some were in touch before they applied (these become CRM hires), most only afterwards."""
        before = 0.6 if person.was_hired_fast else 0.25 if person.was_hired else 0.18
        if person.first_applied_at and self.random.random() < before:
            return person.first_applied_at - timedelta(days=self.random.uniform(45, 240))
        start = person.first_applied_at or self.now - timedelta(days=700)
        span = max((self.now - start).days - 20, 15)
        return start + timedelta(days=self.random.uniform(12, span))

    def _office_hours(self, at: datetime) -> datetime:
        at = at.replace(hour=self.random.randint(8, 15), minute=self.random.randint(0, 59))
        return at + timedelta(days=max(0, 7 - at.isoweekday()) + 1 if at.isoweekday() > 5 else 0)

    def _mail(self, person: Person, at: datetime, number: int) -> Message:
        subject, body = OUTREACH[number % len(OUTREACH)]
        key = uuid.UUID(int=self.random.getrandbits(128), version=4)
        words = {
            "first_name": person.candidate.first_name,
            "city": person.candidate.city or "town",
            "sender": person.owner.name.split()[0],
        }
        message = Message(
            key=key,
            candidate=person.candidate,
            direction=Message.Direction.OUT,
            kind=Message.Kind.JOURNEY if self.random.random() < 0.7 else Message.Kind.ONE_TO_ONE,
            topic="talent_community",
            sender=person.owner,
            to_address=person.candidate.email,
            subject=subject,
            body_text=body.format(**words),
            rfc_message_id=f"<{key}@demo.example>",
            state=Message.State.DELIVERED,
            created_at=at,
            sent_at=at,
            delivered_at=at + timedelta(seconds=40),
        )
        self.messages.append(message)
        self.happened += [("sent", message, at, {}), ("delivered", message, at + timedelta(seconds=40), {})]
        return message

    def _react(self, person: Person, mail: Message, at: datetime, warmth: float) -> bool:
        if self.random.random() < 0.35:
            prefetch = {"human": "machine", "reason": "prefetch_proxy"}
            self.happened.append(("opened", mail, at + timedelta(seconds=41), prefetch))
        read_at = at + timedelta(hours=self.random.uniform(0.5, 40))
        if self.random.random() < 0.25 + warmth:
            self.happened.append(("opened", mail, read_at, {"human": "human"}))
        if self.random.random() < 0.05 + warmth / 2:
            clicked_at = read_at + timedelta(minutes=2)
            self.happened.append(("clicked", mail, clicked_at, {"human": "human"}))
        if self.random.random() >= warmth:
            return False
        self._reply(person, mail, read_at + timedelta(hours=self.random.uniform(0.2, 20)))
        return True

    def _reply(self, person: Person, mail: Message, at: datetime) -> None:
        is_old = at < self.now - timedelta(days=16)
        answer = Message(
            key=uuid.UUID(int=self.random.getrandbits(128), version=4),
            candidate=person.candidate,
            direction=Message.Direction.IN,
            kind=Message.Kind.ONE_TO_ONE,
            from_address=person.candidate.email,
            subject=f"Re: {mail.subject}",
            body_text=self.random.choice(REPLIES),
            state=Message.State.RECEIVED,
            created_at=at,
            sent_at=at,
            match="token",
            outcome=Message.Outcome.INTERESTED if is_old else "",
            settled_at=at + timedelta(hours=5) if is_old else None,
            settled_by=person.owner if is_old else None,
        )
        answer.rfc_message_id = f"<{answer.key}@mail.example>"
        self.messages.append(answer)
        self.happened.append(("replied", answer, at, {}))


def _summarize() -> None:
    """The summary columns of candidates, from the facts."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE crm_candidate c SET
              last_contacted_at = s.contacted, last_replied_at = s.replied,
              last_engaged_at = s.engaged, updated_at = %s
            FROM (
              SELECT candidate_id,
                max(occurred_at) FILTER (WHERE kind = 'message.sent') AS contacted,
                max(occurred_at) FILTER (WHERE kind = 'message.replied') AS replied,
                max(occurred_at) FILTER (WHERE kind IN ('message.replied', 'event.attended', 'form.submitted')
                  OR (kind IN ('message.opened', 'message.clicked') AND data->>'human' = 'human')) AS engaged
              FROM crm_event WHERE candidate_id IS NOT NULL GROUP BY candidate_id) s
            WHERE c.id = s.candidate_id
            """,
            [timezone.now()],
        )
