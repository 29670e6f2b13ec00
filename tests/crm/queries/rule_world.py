"""A workspace full of edge cases, once as rows and once as the evaluator's records."""

import datetime as dt
import random
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from crm.models import (
    Application,
    Candidate,
    CandidateSkill,
    CandidateTag,
    CustomField,
    DoNotContact,
    Event,
    Message,
    Requisition,
    Skill,
    StageEntry,
    Tag,
)
from journeys.models import Enrollment, Journey, JourneyVersion, StepRun
from talentpools.models import Member, Pool, Segment, SegmentMember
from tests.crm.queries.evaluator import STAGES, Person, World
from tests.crm.queries.rule_values import (
    COUNTRIES,
    CUSTOM,
    DATES,
    DAY,
    FAMILIES,
    FOLDED,
    KINDS,
    MOMENTS,
    MOMENTS_OR_NONE,
    NAMES,
    NOW,
    PEOPLE,
    REASONS,
    STATES,
    WAS,
    WORDS,
)
from tests.factories import UserFactory


@dataclass
class Named:
    """What rules name by its id."""

    owners: list[int]
    requisitions: list[Requisition]
    segments: list[int]
    pools: list[int]
    journeys: list[int]
    versions: list[int]


@dataclass
class Built:
    """The records by candidate id, the marks on companies, and what can be named."""

    people: dict[int, Person]
    stops: list[dict[str, Any]]
    named: Named

    def world(self, now: dt.datetime, zone: str) -> World:
        return World(now, ZoneInfo(zone), self.stops)


@dataclass
class _Rows:
    """Rows to be written, a statement a table."""

    made: dict[type, list[Any]] = field(default_factory=dict)
    # Far from what sequences give out: some rows are written one by one.
    ids: Any = field(default_factory=lambda: count(1_000_000))

    def add(self, model: type, **values: Any) -> Any:
        row = model(pk=next(self.ids), **values)
        self.made.setdefault(model, []).append(row)
        return row

    def write(self) -> None:
        for model, rows in self.made.items():
            model.objects.bulk_create(rows)  # type: ignore[attr-defined]


def build() -> Built:
    """Everything, in a statement a table, inside the workspace in scope."""
    chance = random.Random(11)
    for key, kind in CUSTOM.items():
        choices = ["s", "m"] if kind == "choice" else []
        CustomField.objects.create(key=key, label=key.title(), kind=kind, choices=choices)
    named, rows = _named(), _Rows()
    stops = _stops()
    skills = [
        Skill.objects.create(name=name, folded=folded) for name, folded in zip(NAMES, FOLDED, strict=True)
    ]
    tags = [Tag.objects.create(name=name, folded=folded) for name, folded in zip(NAMES, FOLDED, strict=True)]
    people: dict[int, Person] = {}
    for number in range(PEOPLE):
        person = _person(number, chance, named)
        row = _candidate(rows, person)
        people[row.pk] = person
        _links(rows, row, person, chance, skills, tags)
        _facts(rows, row, person, chance, named)
        _groups(rows, row, person, chance, named)
        if chance.random() < 0.2:
            rows.add(Message, candidate=row, direction="out", kind="one_to_one", state="sent", sent_at=NOW)
            person.messages.append({"journey": None, "step": None, "was": set()})
    rows.write()
    for row in rows.made[Candidate]:
        row.created_at, row.updated_at = (people[row.pk].fields[key] for key in ("created_at", "updated_at"))
    Candidate.objects.bulk_update(rows.made[Candidate], ["created_at", "updated_at"])
    return Built(people, stops, named)


def _named() -> Named:
    journeys = [Journey.objects.create(name=f"J{n}", draft={}) for n in range(2)]
    return Named(
        owners=[UserFactory.create().pk for _ in range(2)],
        requisitions=[
            Requisition.objects.create(
                title=f"R{n}", role_family=FAMILIES[n], department=["Tech", "Field"][n % 2]
            )
            for n in range(3)
        ],
        segments=[Segment.objects.create(name=f"S{n}", rules={}).pk for n in range(2)],
        pools=[Pool.objects.create(name=f"P{n}").pk for n in range(2)],
        journeys=[journey.pk for journey in journeys],
        versions=[
            JourneyVersion.objects.create(journey=journey, number=1, definition={}, published_at=NOW).pk
            for journey in journeys
        ],
    )


def _stops() -> list[dict[str, Any]]:
    """Marks on companies: in force, over, a warning only, for automated mail only, by the domain."""
    marks: list[dict[str, Any]] = [
        {"company_folded": "elan"},
        {"company_folded": "a_b", "expires_at": NOW - 400 * DAY},
        {"company_folded": "engineer", "effect": "warn"},
        {"company_folded": "izmir", "scope": "automated"},
        {"domain": "stopped.example", "expires_at": NOW},
    ]
    DoNotContact.objects.bulk_create([DoNotContact(**mark) for mark in marks])
    return [
        {
            "company": mark.get("company_folded", ""),
            "domain": mark.get("domain", ""),
            "until": mark.get("expires_at"),
            "stops": "effect" not in mark and "scope" not in mark,
        }
        for mark in marks
    ]


_ADDRESSES = [("person", "x"), ("p", "stopped"), ("josé", "élan"), ("jose", "x")]


def _person(number: int, chance: random.Random, named: Named) -> Person:
    pick = chance.choice
    key_now = NOW.timestamp() / 86_400 / 60
    text = (
        "first_name",
        "last_name",
        "headline",
        "current_title",
        "current_company",
        "city",
        "region",
        "source",
    )
    fields: dict[str, Any] = {name: pick(WORDS) for name in text}
    fields |= {
        "email": pick(["", *(f"{name}{number}@{at}.example" for name, at in _ADDRESSES)]),
        "country": pick(COUNTRIES),
        "time_zone": pick(["", "Europe/Berlin", "Asia/Tokyo"]),
        "origin": pick(["", "csv", "api", "form"]),
        "owner": pick([None, *named.owners]),
        "role_family": pick(FAMILIES),
        "seniority": pick(["", "senior", "Élite"]),
        "stage": pick(["", "screening", "offer_ready"]),
        "availability": pick(["", "open", "active"]),
        "years_experience": pick([None, 0.0, 2.5, 5.0]),
        "notice_days": pick([None, 0, 30]),
        "relocation": pick([None, True, False]),
        "languages": pick([[], ["en"], ["en", "de"]]),
        "email_state": pick(["ok", "ok", "bounced"]),
        "consent": pick(["none", "granted", "granted", "withdrawn", "pending"]),
        "consent_expires_at": pick(MOMENTS_OR_NONE),
        "unsubscribed_at": pick([None, None, NOW]),
        "engagement_key": pick([None, key_now - 3, key_now + 2, key_now + 4.5, key_now + 6]),
        "marks": pick([[], [], [{"until": NOW, "stops": True}], [{"until": None, "stops": False}],
                       [{"until": None, "stops": True}]]),
    }  # fmt: skip
    fields |= {name: pick(MOMENTS) for name in ("created_at", "updated_at")}
    fields |= {
        name: pick(MOMENTS_OR_NONE) for name in ("last_contacted_at", "last_engaged_at", "last_replied_at")
    }
    custom = {
        "note": pick([None, *WORDS]),
        "level": pick([None, 0, 2.5, 5]),
        "since": pick([None, *(dt.date.fromisoformat(day) for day in DATES)]),
        "remote": pick([None, True, False]),
        "size": pick([None, "", "s", "m"]),
        "topics": pick([None, [], ["Böse"], ["bose", "b"], ["b"]]),
    }
    return Person(fields, {key: value for key, value in custom.items() if value is not None})


def _candidate(rows: _Rows, person: Person) -> Candidate:
    custom = {
        key: value.isoformat() if isinstance(value, dt.date) else value
        for key, value in person.custom.items()
    }
    columns = {key: value for key, value in person.fields.items() if key not in ("marks", "owner")}
    row: Candidate = rows.add(Candidate, **columns, owner_id=person.fields["owner"], custom=custom)
    for mark in person.fields["marks"]:
        effect = "block" if mark["stops"] else "warn"
        rows.add(DoNotContact, candidate=row, expires_at=mark["until"], effect=effect)
    return row


def _links(
    rows: _Rows, row: Candidate, person: Person, chance: random.Random, skills: list[Skill], tags: list[Tag]
) -> None:
    for key, known, link in (("skill", skills, CandidateSkill), ("tag", tags, CandidateTag)):
        chosen = [one for one in known if chance.random() < 0.4]
        person.fields[f"{key}s"] = [one.name for one in chosen]
        for one in chosen:
            rows.add(link, candidate=row, **{key: one})


def _facts(rows: _Rows, row: Candidate, person: Person, chance: random.Random, named: Named) -> None:
    for _ in range(chance.randint(0, 14)):
        kind, at = chance.choice(KINDS), chance.choice(MOMENTS)
        data: dict[str, Any] = chance.choice(
            [{}, {"actor": "human"}, {"actor": "machine"}, {"human": True}, {"human": False}]
        )
        rows.add(Event, candidate=row, kind=kind, occurred_at=at, data=data)
        person.events.append((kind, at, data))
    for _ in range(chance.randint(0, 2)):
        person.applications.append(_application(rows, row, chance, chance.choice(named.requisitions)))


def _application(
    rows: _Rows, row: Candidate, chance: random.Random, requisition: Requisition
) -> dict[str, Any]:
    stage = chance.choice(["", *STAGES])
    outcome = chance.choice(["active", "rejected", "withdrawn", "hired"])
    one: dict[str, Any] = {
        "applied_at": chance.choice(MOMENTS),
        "outcome": outcome,
        "rejection_reason": chance.choice(REASONS),
        "furthest_stage": stage,
        "ended_at": None if outcome == "active" else chance.choice(MOMENTS),
    }
    rank = STAGES.index(stage) if stage else -1
    made = rows.add(Application, candidate=row, requisition=requisition, furthest_rank=rank, **one)
    entries = []
    for place in range(chance.randint(0, 2)):
        entered, left = chance.choice(MOMENTS), chance.choice(MOMENTS_OR_NONE)
        name = chance.choice(STAGES)
        stay = {"vendor_stage": str(place), "entered_at": entered, "left_at": left}
        rows.add(StageEntry, application=made, stage=name, **stay)
        entries.append((name, entered, left))
    about = {"requisition": requisition.pk, "role_family": requisition.role_family}
    return one | about | {"department": requisition.department, "entries": entries}


def _groups(rows: _Rows, row: Candidate, person: Person, chance: random.Random, named: Named) -> None:
    """Stays that last, ended, or wait for a review; enrollments; mail of a journey and what became of it."""
    for pk in named.segments:
        left, is_reviewed = chance.choice([None, None, NOW]), chance.choice([True, True, False])
        rows.add(
            SegmentMember, segment_id=pk, candidate=row, entered_at=NOW, left_at=left, is_reviewed=is_reviewed
        )
        if left is None and is_reviewed:
            person.segments.add(pk)
    for pk in named.pools:
        if chance.random() < 0.5:
            left = chance.choice([None, NOW])
            rows.add(Member, pool_id=pk, candidate=row, entered_at=NOW, left_at=left)
            person.pools |= {pk} if left is None else set()
    for place, pk in enumerate(named.journeys):
        if chance.random() < 0.6:
            state = chance.choice(STATES)
            reason = chance.choice(["replied", "hired"]) if state == "exited" else ""
            stay = rows.add(
                Enrollment, journey_id=pk, version_id=named.versions[place], candidate=row, state=state,
                exit_reason=reason, enrolled_at=NOW,
            )  # fmt: skip
            person.journeys.append({"journey": pk, "state": state, "reason": reason})
            if chance.random() < 0.7:
                _mail(rows, row, person, stay, chance)


def _mail(rows: _Rows, row: Candidate, person: Person, stay: Enrollment, chance: random.Random) -> None:
    step, is_sent = chance.choice(["m1", "m2"]), chance.random() < 0.8
    was = {one for one in WAS[1:] if chance.random() < 0.4}
    mail = rows.add(
        Message, candidate=row, direction="out", kind="journey", state="sent" if is_sent else "queued",
        sent_at=NOW if is_sent else None, delivered_at=NOW if "delivered" in was else None,
    )  # fmt: skip
    rows.add(
        StepRun, enrollment=stay, journey_id=stay.journey_id, step_id=step, kind="message", state="done",
        message=mail, started_at=NOW,
    )  # fmt: skip
    is_reply = "replied" in was
    rows.add(
        Message, candidate=row, direction="in", kind="one_to_one", state="received", in_reply_to=mail,
        is_automatic=not is_reply,
    )  # fmt: skip
    for one in ("opened", "clicked"):
        data = {"message": mail.pk, "actor": "human" if one in was else "machine"}
        rows.add(Event, candidate=row, kind=f"message.{one}", occurred_at=NOW, data=data)
        person.events.append((f"message.{one}", NOW, data))
    if is_sent:
        person.messages.append({"journey": stay.journey_id, "step": step, "was": was})
