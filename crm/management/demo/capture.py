"""The demo's doors: a talent community, a page for it, an evening that was and one that comes, referrals.

Past facts cannot come out of today's actions, so this module writes rows itself; only the demo uses it.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.actions import brands, capture_forms, events, landing_pages, talent_events
from crm.actions.events import NewEvent
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import (
    Candidate,
    CaptureForm,
    CaptureVisits,
    Consent,
    Referral,
    Registration,
    Submission,
    TalentEvent,
)
from crm.policies.page_blocks import Block

COMMUNITY = "Talent community"
SOURCES = ("linkedin", "careers site", "meetup", "newsletter")
_INTRO = (
    "We hire slowly and remember people. Leave your name and what you like to do, and we write when there is "
    "something worth your time. About four times a year, never more than you choose."
)
_TEXT = (
    "Northwind Labs builds the software behind small wind farms. We are ninety people in Berlin, Porto and "
    "at kitchen tables in between.\n\nWe work in teams of four or five, ship on Tuesdays, and talk to the "
    "people who climb the towers."
)
_FAQ = (
    "Do I have to be looking?\nNo. Most people who join us were not.\n\n"
    "How long does it take?\nThree conversations, two weeks, a clear answer.\n\n"
    "Can I work from elsewhere?\nYes, within three hours of Berlin time."
)


@dataclass(frozen=True, slots=True)
class _Scene:
    demo: Demo
    chance: random.Random
    people: Sequence[Candidate]

    def ago(self, *, days: float) -> datetime:
        return self.demo.now - timedelta(days=days)


def open_doors(demo: Demo) -> str:
    """A live form with answers, a landing page, a past and a coming event, referrals."""
    with workspace_scope(demo.workspace.pk):
        people = list(Candidate.objects.exclude(email="").order_by("-pk")[:70])
        scene = _Scene(demo, random.Random(11), people)
        given = {"accent": "#0b5c7a", "privacy_url": "https://northwind.example/privacy"}
        brands.change(given=given, logo=None, by=demo.staff["grace"])
        form = _community(scene)
        _page(scene, form)
        _past_event(scene)
        _coming_event(scene)
        _referrals(scene)
        sent = Submission.objects.count()
        return f"{sent} answers to forms, {TalentEvent.objects.count()} events"


def _community(scene: _Scene) -> CaptureForm:
    ada = scene.demo.staff["ada"]
    company = scene.demo.workspace.legal_name
    form = capture_forms.create(title=COMMUNITY, kind="community", company=company, by=ada)
    form = capture_forms.change(
        form=form, by=ada,
        given={"intro": _INTRO, "thanks": "You are in. A first mail is on its way to you.",
               "tags": ["community"], "consent_months": 24},
    )  # fmt: skip
    capture_forms.publish(form=form, by=ada)
    _answers(scene, form, scene.people[:26])
    _visits(scene, f"form:{form.slug}", 7)
    return form


def _answers(scene: _Scene, form: CaptureForm, people: Sequence[Candidate]) -> None:
    rows, facts = [], []
    for person in people:
        at = scene.ago(days=scene.chance.uniform(1, 60))
        source = scene.chance.choice(SOURCES)
        told = [
            {"id": "first_name", "label": "First name", "value": person.first_name},
            {"id": "city", "label": "City", "value": person.city or "Berlin"},
            {"id": "topics", "label": "Write to me about", "value": ["Jobs that fit me"]},
        ]
        page = "landing:work-with-us" if scene.chance.random() < 0.4 else f"form:{form.slug}"
        rows.append(
            Submission(
                form=form, candidate=person, answers=told, consent_text=form.consent_text, source=source,
                campaign="autumn" if source != "careers site" else "", page=page, submitted_at=at,
                was_known=scene.chance.random() < 0.4,
            )
        )  # fmt: skip
    for row in Submission.objects.bulk_create(rows):
        data = {"form": form.slug, "form_id": form.pk, "submission": row.pk, "source": row.source}
        facts.append(
            NewEvent("form.submitted", row.candidate_id, None, row.submitted_at, f"form:{row.pk}", data)
        )
    Consent.objects.bulk_create(
        Consent(
            candidate=row.candidate, basis="consent", source=f"Form: {form.title}",
            text_version=form.consent_text.version, granted_at=row.submitted_at,
        )
        for row in rows
    )  # fmt: skip
    events.record_many(facts)


def _visits(scene: _Scene, page: str, most: int) -> None:
    CaptureVisits.objects.bulk_create(
        CaptureVisits(
            page=page, source=source, day=scene.ago(days=day).date(), visits=scene.chance.randint(1, most)
        )
        for day in range(60)
        for source in SOURCES
        if scene.chance.random() < 0.5
    )


def _page(scene: _Scene, form: CaptureForm) -> None:
    ada = scene.demo.staff["ada"]
    page = landing_pages.create(title="Work with us", form_id=form.pk, by=ada)
    ids = [block["id"] for block in page.blocks]
    hero = "Software for people who work in the wind, made by people who like a quiet office."
    landing_pages.put(page=page, block=Block(ids[0], "hero", "Come and build with the wind", hero))
    landing_pages.put(page=page, block=Block(ids[1], "text", "How we work", _TEXT))
    landing_pages.put(page=page, block=Block("faq", "faq", "What people ask", _FAQ))
    landing_pages.set_live(page=page, is_live=True, by=ada)
    _visits(scene, f"landing:{page.slug}", 5)


def _past_event(scene: _Scene) -> None:
    event = _event(scene, "Evening of small turbines", scene.ago(days=23), capacity=40)
    at = event.starts_at
    people = scene.people[26:50]
    came = Registration.State.PRESENT
    rows = Registration.objects.bulk_create(
        Registration(
            talent_event=event, candidate=person, registered_at=at - timedelta(days=9),
            state=came if number % 4 else Registration.State.REGISTERED,
            present_at=at + timedelta(minutes=number) if number % 4 else None,
            checked_in_by=scene.demo.staff["ada"] if number % 4 else None, is_walk_in=number % 7 == 1,
        )
        for number, person in enumerate(people)
    )  # fmt: skip
    events.record_many(_registered(event, row) for row in rows if not row.is_walk_in)
    talent_events.close_attendance(event=event, by=scene.demo.staff["ada"])


def _coming_event(scene: _Scene) -> None:
    event = _event(scene, "Open office, with soup", scene.demo.now + timedelta(days=9), capacity=20)
    people = scene.people[44:60]
    rows = Registration.objects.bulk_create(
        Registration(
            talent_event=event, candidate=person, registered_at=scene.ago(days=scene.chance.uniform(0.2, 6))
        )
        for person in people
    )
    events.record_many(_registered(event, row) for row in rows)
    _visits(scene, f"event:{event.slug}", 3)


def _event(scene: _Scene, name: str, day: datetime, *, capacity: int) -> TalentEvent:
    ada, workspace = scene.demo.staff["ada"], scene.demo.workspace
    start = day.replace(hour=17, minute=0, second=0, microsecond=0)
    given = {
        "name": name, "kind": TalentEvent.Kind.OPEN_HOUSE, "place": "Torstraße 12, Berlin",
        "starts_at": start, "ends_at": start + timedelta(hours=3), "time_zone": workspace.time_zone,
        "capacity": capacity, "description": "Two short talks, one long table, no slides after eight.",
    }  # fmt: skip
    event = talent_events.create(given=given, company=workspace.legal_name, by=ada)
    return talent_events.publish(event=event, by=ada)


def _registered(event: TalentEvent, row: Registration) -> NewEvent:
    data = {"event": event.slug, "event_id": event.pk, "state": "registered"}
    ref = f"registered:{row.pk}"
    return NewEvent("event.registered", row.candidate_id, None, row.registered_at, ref, data)


def _referrals(scene: _Scene) -> None:
    rows = [("asked", None, 2.0), ("agreed", scene.people[60], 12.0), ("declined", None, 20.0)]
    for state, person, days in rows:
        is_open = state == "asked"
        Referral.objects.create(
            key=uuid.UUID(int=scene.chance.getrandbits(128), version=4), state=state, candidate=person,
            referrer_name="Jonas Weber", referrer_email="jonas@northwind.example",
            relation="Worked together for two years" if state != "declined" else "",
            name="Mara Lindholm" if is_open else "", email="mara.lindholm@example.org" if is_open else "",
            created_at=scene.ago(days=days), answered_at=None if is_open else scene.ago(days=days - 1),
        )  # fmt: skip
