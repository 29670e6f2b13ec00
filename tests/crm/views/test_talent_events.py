from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar

from crm.actions import candidates, registrations, talent_events
from crm.models import Candidate, Event, Message, Registration, TalentEvent, User
from tests.crm.capture import live_event, send

PATH = "/e/acme/open-evening/"
pytestmark = pytest.mark.usefixtures("scope", "fresh_counters")


def kinds() -> list[str]:
    return sorted(Event.objects.filter(kind__startswith="event.").values_list("kind", flat=True))


def test_a_visitor_registers_and_gets_an_invitation(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    event = live_event(ada)
    answer = send(client, f"{PATH}?utm_source=poster", clock)
    assert "mail with everything" in answer.text
    row = Registration.objects.get()
    assert (row.talent_event, row.candidate.email, row.state) == (event, "ines@people.example", "registered")
    mail = Message.objects.get()
    assert (mail.kind, mail.subject) == ("service", "You have a place: Open evening")
    entry = Calendar.from_ical(mail.calendar).walk("VEVENT")[0]
    assert (entry.decoded("dtstart"), str(entry["location"])) == (event.starts_at, "Torstraße 12")
    assert "Europe/Berlin" in mail.body_text
    assert kinds() == ["event.registered"]
    assert client.get(f"{PATH}calendar.ics")["Content-Type"].startswith("text/calendar")


def test_who_comes_too_late_waits_and_moves_up(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    live_event(ada, capacity=1)
    send(client, PATH, clock)
    assert "waiting list" in client.get(PATH).text
    send(client, PATH, clock, email="late@people.example", first_name="Late")
    late = Registration.objects.get(candidate__email="late@people.example")
    assert late.state == "waiting"
    registrations.cancel(registration=Registration.objects.exclude(pk=late.pk).get(), by=ada)
    late.refresh_from_db()
    assert late.state == "registered"
    assert "A place for you after all: Open evening" in Message.objects.values_list("subject", flat=True)


def test_without_a_waiting_list_a_full_event_takes_nobody(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    live_event(ada, capacity=1, has_waitlist=False)
    send(client, PATH, clock)
    page = client.get(PATH)
    assert "All places are taken" in page.text
    assert "<form" not in page.text


def test_the_door_can_be_tapped_twice_and_taken_back(
    client: Client, client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    event = live_event(ada)
    send(client, PATH, clock)
    row = Registration.objects.get()
    door = client_as(ada)
    url = f"/w/acme/registrations/{row.pk}/presence/"
    for _ in range(2):
        answer = door.post(url, {"present": "1"}, headers={"HX-Request": "true"})
        assert "Take back" in answer.text
        assert "1 / 1" in answer.text
    door.post(url, {"present": "0"})
    row.refresh_from_db()
    assert (row.state, row.present_at) == ("registered", None)
    assert "Ines" in door.get(f"/w/acme/events/{event.pk}/check-in/?q=ines").text
    assert "Nobody by that name" in door.get(f"/w/acme/events/{event.pk}/check-in/?q=zoe").text


def test_after_the_event_it_is_known_who_came(
    client: Client, client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    event = live_event(ada)
    send(client, PATH, clock)
    send(client, PATH, clock, email="missed@people.example")
    closing = f"/w/acme/events/{event.pk}/closing/"
    assert client_as(ada).post(closing).status_code == 422
    row = Registration.objects.get(candidate__email="ines@people.example")
    clock.move_to(event.ends_at)
    registrations.set_present(registration=row, is_present=True, by=ada)
    for _ in range(2):
        assert client_as(ada).post(closing).status_code == 302
    assert kinds() == ["event.attended", "event.missed", "event.registered", "event.registered"]
    attended = Event.objects.get(kind="event.attended")
    assert (attended.candidate, attended.data["event"]) == (row.candidate, "open-evening")


def test_walk_ins_are_found_again_or_added(client_as: Any, ada: User, clock: time_machine.Traveller) -> None:
    event = live_event(ada)
    known = candidates.create(given={"email": "bo@people.example"}, origin="manual", by=ada)
    url = f"/w/acme/events/{event.pk}/walk-ins/"
    door = client_as(ada)
    for address in ("bo@people.example", "new@people.example", "new@people.example"):
        assert door.post(url, {"first_name": "Bo", "email": address, "agrees": "on"}).status_code == 302
    assert door.post(url, {"first_name": "Bo", "email": "nope"}).status_code == 422
    assert Registration.objects.filter(state="present", is_walk_in=True).count() == 2
    new = Candidate.objects.exclude(pk=known.pk).get()
    assert (new.origin, new.source) == ("event", "Event: Open evening")


def test_a_list_says_what_became_of_each_line(
    client: Client, client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    event = live_event(ada)
    send(client, PATH, clock)
    candidates.create(given={"email": "bo@people.example"}, origin="manual", by=ada)
    text = b"Name,E-Mail\nInes,INES@people.example\nBo,bo@people.example\nX,x@nobody.example\nY,nope\n"
    url = f"/w/acme/events/{event.pk}/attendance/"
    page = client_as(ada).post(url, {"file": SimpleUploadedFile("came.csv", text)})
    assert [(one.line, one.outcome) for one in page.context["outcomes"]] == [
        (2, "present"), (3, "walk_in"), (4, "unknown"), (5, "invalid"),
    ]  # fmt: skip
    again = client_as(ada).post(url, {"addresses": "ines@people.example"})
    assert [one.outcome for one in again.context["outcomes"]] == ["unchanged"]
    assert client_as(ada).post(url).status_code == 422


def test_people_are_reminded_once_and_attendance_closes_by_itself(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    event = live_event(ada)
    send(client, PATH, clock)
    assert talent_events.mind(now=event.starts_at - talent_events.REMIND_BEFORE * 2) == (0, 0)
    for expected in ((1, 0), (0, 0)):
        assert talent_events.mind(now=event.starts_at - talent_events.REMIND_BEFORE) == expected
    assert Message.objects.filter(subject="Tomorrow: Open evening").count() == 1
    registrations.set_present(registration=Registration.objects.get(), is_present=True, by=ada)
    clock.move_to(event.ends_at + talent_events.CLOSE_AFTER)
    assert talent_events.mind(now=event.ends_at + talent_events.CLOSE_AFTER) == (0, 1)
    assert "event.attended" in kinds()


def test_an_event_is_written_changed_and_called_off(
    client: Client, client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    member = client_as(ada)
    data = {"name": "Open evening", "kind": "meetup", "starts_at": "2026-07-01T18:00",
            "ends_at": "2026-07-01T20:00", "time_zone": "Europe/Berlin", "place": "Here"}  # fmt: skip
    assert member.post("/w/acme/events/new/", data | {"ends_at": "2026-07-01T17:00"}).status_code == 422
    assert member.post("/w/acme/events/new/", data | {"place": ""}).status_code == 422
    page = member.post("/w/acme/events/new/", data)["Location"]
    event = TalentEvent.objects.get()
    assert event.starts_at.isoformat() == "2026-07-01T16:00:00+00:00"
    assert client.get(PATH).status_code == 404
    member.post(f"{page}publication/")
    send(client, PATH, clock)
    member.post(f"{page}edit/", data | {"starts_at": "2026-07-01T19:00"})
    assert "Open evening" in member.get("/w/acme/events/").text
    member.post(f"{page}publication/", {"cancel": "1"})
    assert "called off" in client.get(PATH).text
    assert Message.objects.filter(subject="Called off: Open evening").count() == 1
    assert "STATUS:CANCELLED" in Message.objects.get(subject__startswith="Called").calendar


def test_outsiders_and_roles(client_as: Any, ada: User, harry: User, mallory: User) -> None:
    event = live_event(ada)
    assert client_as(harry).get(f"/w/acme/events/{event.pk}/check-in/").status_code == 403
    assert client_as(mallory).get(f"/w/acme/events/{event.pk}/").status_code == 404
