import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from crm.actions import meetings, messages
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Event, Meeting, MeetingHours, Message, User, Workspace
from crm.queries import meetings as found
from journeys.queries import merge_values
from journeys.queries.previews import values_for
from tests.factories import CandidateFactory

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[User], Client]
WEEKLY = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
TERMS: dict[str, Any] = {
    "title": "A short call", "place": "I call you", "minutes": 30, "buffer_minutes": 10, "notice_hours": 12,
    "horizon_days": 7, "time_zone": "Europe/Berlin", "weekly": WEEKLY,
}  # fmt: skip


@pytest.fixture
def hours(workspace: Workspace, ada: User) -> MeetingHours:
    with workspace_scope(workspace.pk):
        return meetings.open_hours(host=ada, given=TERMS)


@pytest.fixture
def bo(workspace: Workspace) -> Candidate:
    with workspace_scope(workspace.pk):
        return CandidateFactory.create(
            first_name="Bo", email="bo@people.example", time_zone="Asia/Tokyo", consent="granted"
        )


def slots(workspace: Workspace, hours: MeetingHours) -> list[dt.datetime]:
    with workspace_scope(workspace.pk):
        return found.free_slots(hours, now=timezone.now())


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def kinds(workspace: Workspace) -> list[str]:
    with workspace_scope(workspace.pk):
        rows = Event.objects.filter(kind__startswith="meeting.").order_by("pk")
        return list(rows.values_list("kind", flat=True))


def test_a_person_books_moves_and_cancels_without_a_login(
    client: Client, workspace: Workspace, ada: User, hours: MeetingHours, bo: Candidate
) -> None:
    free = slots(workspace, hours)
    with workspace_scope(workspace.pk):
        draft = messages.NewMessage(bo.pk, bo.email, "Next step", body_text="Soon", kind="journey")
        waiting = messages.queue_many([draft])[0]
        url = path(found.personal_url(bo.pk, hours.pk))
    page = client.get(url)
    assert page.status_code == 200
    assert "Asia/Tokyo" in page.content.decode()
    assert not page.cookies
    chosen = client.get(
        f"{url}?zone=Asia/Tokyo&at={free[0].isoformat().replace('+', '%2B')}"
    ).content.decode()
    assert "Book this call" in chosen
    given = {"at": free[0].isoformat(), "zone": "Asia/Tokyo", "words": "The team"}
    answer = client.post(url, given)
    assert answer.status_code == 302
    managed = path(answer["Location"])
    assert client.post(url, given).status_code == 422  # the time is gone, even for who has it
    with workspace_scope(workspace.pk):
        meeting = Meeting.objects.get()
        assert (meeting.starts_at, meeting.host_id, meeting.words) == (free[0], ada.pk, "The team")
        assert Message.objects.get(pk=waiting.pk).failure == "meeting_booked"
        mails = list(Message.objects.filter(kind="service").order_by("to_address"))
        assert [mail.to_address for mail in mails] == ["ada@acme.example", "bo@people.example"]
        invitation = Calendar.from_ical(mails[1].calendar)
        entry = next(iter(invitation.walk("VEVENT")))
        assert (str(invitation["method"]), str(entry["sequence"])) == ("REQUEST", "0")
        assert entry.decoded("dtstart") == free[0]
        assert str(entry["organizer"]) == "MAILTO:ada@acme.example"
        assert "Asia/Tokyo" in mails[1].body_text
        # A calendar ignores an invitation by its own owner: the host is invited by the workspace.
        at_host = next(iter(Calendar.from_ical(mails[0].calendar).walk("VEVENT")))
        assert (at_host["uid"], at_host["sequence"]) == (entry["uid"], entry["sequence"])
        assert str(at_host["organizer"]) == f"MAILTO:acme@{settings.MAIL_DOMAIN}"
        assert "MAILTO:ada@acme.example" in mails[0].calendar.replace("\r\n ", "")
    assert client.post(managed, {"at": free[1].isoformat(), "zone": "Europe/Paris"}).status_code == 302
    assert "Your call with Ada" in client.get(managed).content.decode()
    assert client.get(managed.partition("?")[0] + "calendar.ics")["Content-Type"].startswith("text/calendar")
    assert client.post(managed, {"cancel": "1"}).status_code == 302
    assert "This call is off" in client.get(managed).content.decode()
    assert client.post(managed, {"at": free[1].isoformat(), "zone": "UTC"}).status_code == 422
    assert kinds(workspace) == ["meeting.booked", "meeting.moved", "meeting.canceled"]
    with workspace_scope(workspace.pk):
        last = Message.objects.filter(to_address=bo.email, kind="service").latest("pk")
        canceled = Calendar.from_ical(last.calendar)
        assert str(canceled["method"]) == "CANCEL"
        assert str(next(iter(canceled.walk("VEVENT")))["sequence"]) == "2"
        assert next(iter(canceled.walk("VEVENT")))["uid"] == entry["uid"]
        hosts = Message.objects.filter(to_address="ada@acme.example", kind="service").order_by("pk")
        told = [Calendar.from_ical(one.calendar) for one in hosts]
        assert [str(one["method"]) for one in told] == ["REQUEST", "REQUEST", "CANCEL"]
        entries = [next(iter(one.walk("VEVENT"))) for one in told]
        assert [str(one["sequence"]) for one in entries] == ["0", "1", "2"]
        assert {(str(one["uid"]), str(one["organizer"])) for one in entries} == {
            (str(entry["uid"]), str(at_host["organizer"]))
        }
    assert free[0] in slots(workspace, hours)


def test_somebody_unknown_confirms_by_mail_and_looking_at_the_link_books_nothing(
    client: Client, workspace: Workspace, ada: User, hours: MeetingHours
) -> None:
    free = slots(workspace, hours)
    given = {
        "at": free[0].isoformat(),
        "zone": "UTC",
        "words": "",
        "name": "Cy Doe",
        "email": "cy@people.example",
    }
    wrong = client.post("/b/acme/ada/", given | {"email": "cy"})
    assert wrong.status_code == 422
    assert "Cy Doe" in wrong.content.decode()
    for _ in range(2):
        assert "We sent a link to cy@people.example" in client.post("/b/acme/ada/", given).content.decode()
    with workspace_scope(workspace.pk):
        mail = Message.objects.get(to_address="cy@people.example")
        assert not Candidate.objects.exists()
    link = next(word for word in mail.body_text.split() if "/confirm/" in word)
    assert "Book this call?" in client.get(path(link)).content.decode()
    assert kinds(workspace) == []
    assert client.post(path(link)).status_code == 302
    assert client.post(path(link)).status_code == 302
    assert kinds(workspace) == ["meeting.booked"]
    with workspace_scope(workspace.pk):
        cy = Candidate.objects.get()
        assert (cy.email, cy.last_name, cy.owner_id) == ("cy@people.example", "Doe", ada.pk)
    assert client.post(path(link)[:-4] + "x/").status_code == 404
    late = given | {"email": "di@people.example", "at": free[1].isoformat()}
    assert client.post("/b/acme/ada/", late).status_code == 422  # its pause is taken
    assert client.get("/b/acme/nobody/").status_code == 404


def test_two_at_once_get_one_call(workspace: Workspace, hours: MeetingHours) -> None:
    start = slots(workspace, hours)[0]
    with workspace_scope(workspace.pk):
        people = [CandidateFactory.create() for _ in range(4)]
    outcomes: list[str] = []
    gate = threading.Barrier(4)

    def book(person: Candidate) -> None:
        try:
            with workspace_scope(workspace.pk):
                gate.wait()
                meetings.book(hours=hours, candidate=person, starts_at=start, time_zone="UTC")
            outcomes.append("booked")
        except meetings.SlotTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=book, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["booked", "taken", "taken", "taken"]
    with workspace_scope(workspace.pk):
        assert Meeting.objects.count() == 1


def test_codes_of_others_lead_nowhere(
    client: Client, workspace: Workspace, rival: Workspace, hours: MeetingHours, bo: Candidate
) -> None:
    with workspace_scope(rival.pk):
        stranger = CandidateFactory.create()
        foreign = path(found.personal_url(stranger.pk, hours.pk))
    with workspace_scope(workspace.pk):
        own = path(found.personal_url(bo.pk, hours.pk))
    for url in (foreign, own[:-3] + "aa/", "/call/x/", "/booked/x/", "/booked/x/calendar.ics"):
        assert client.get(url).status_code == 404, url


def test_a_recruiter_sets_their_hours_sees_and_calls_off(
    client_as: As, workspace: Workspace, ada: User, mallory: User, harry: User, bo: Candidate
) -> None:
    client, url = client_as(ada), "/w/acme/settings/calls/"
    given = TERMS | {"mon": "9:00-12:00, 13:30–17:00", "tue": "late"}
    del given["weekly"]
    refused = client.post(url, given)
    assert refused.status_code == 422
    assert "“late” is not a span of time" in refused.content.decode()
    assert client.post(url, given | {"tue": "", "mon": ""}).status_code == 422
    assert client.post(url, given | {"tue": "12:00–11:00"}).status_code == 422
    assert client.post(url, given | {"tue": ""}).status_code == 302
    with workspace_scope(workspace.pk):
        hours = MeetingHours.objects.get()
        assert hours.weekly["mon"] == [["09:00", "12:00"], ["13:30", "17:00"]]
        assert hours.slug == "ada"
        meetings.open_hours(host=ada, given={"weekly": WEEKLY})
        hours = MeetingHours.objects.get()
        first = slots(workspace, hours)[0]
        meeting = meetings.book(hours=hours, candidate=bo, starts_at=first, time_zone="UTC")
        shown = values_for(bo.pk, ada)["booking"]
        assert shown == {"url": found.personal_url(bo.pk, hours.pk)}
        assert "booking.url" in merge_values.known_fields()
    assert "Bo" in client.get("/w/acme/meetings/").content.decode()
    assert 'value="09:00–17:00"' in client.get(url).content.decode()
    assert client_as(harry).get(url).status_code == 403
    assert client_as(mallory).get(url).status_code == 404
    assert client.post(f"/w/acme/meetings/{meeting.pk}/cancellation/").status_code == 302
    client.post(f"{url}page/")
    assert slots(workspace, _fresh(workspace)) == []
    assert kinds(workspace) == ["meeting.booked", "meeting.canceled"]


def _fresh(workspace: Workspace) -> MeetingHours:
    with workspace_scope(workspace.pk):
        return MeetingHours.objects.get()
