"""Calendars kept elsewhere: read over real HTTP, and no call is booked over what stands in them."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.actions import busy_calendars, meetings
from crm.actions.busy_calendars import UnusableCalendar
from crm.kernel.tenancy import workspace_scope
from crm.models import BusyCalendar, MeetingHours, User, Workspace
from crm.queries import meetings as found
from tests.factories import CandidateFactory

WEEKLY = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
TERMS: dict[str, Any] = {
    "title": "A short call", "place": "", "minutes": 30, "buffer_minutes": 0, "notice_hours": 12,
    "horizon_days": 7, "time_zone": "UTC", "weekly": WEEKLY,
}  # fmt: skip


class Elsewhere:
    """A calendar server: path → (status, headers, body)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}

    def holds(self, *starts: dt.datetime, path: str = "/ada.ics") -> str:
        """An hour at each of these starts."""
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "X-WR-CALNAME:Ada at work"]
        for number, start in enumerate(starts):
            lines += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20260101T000000Z",
                      f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", "END:VEVENT"]  # fmt: skip
        self.answers[path] = (200, {}, "\r\n".join([*lines, "END:VCALENDAR", ""]).encode())
        return self.url + path


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[Elsewhere]:
    settings.ALLOW_PRIVATE_HOSTS = True

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = fake.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = Elsewhere(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield fake
    server.shutdown()
    server.server_close()


@pytest.fixture
def hours(workspace: Workspace, ada: User) -> MeetingHours:
    with workspace_scope(workspace.pk):
        return meetings.open_hours(host=ada, given=TERMS)


def slots(workspace: Workspace, hours: MeetingHours) -> list[dt.datetime]:
    with workspace_scope(workspace.pk):
        return found.free_slots(hours, now=timezone.now())


def test_nobody_books_over_what_stands_in_a_calendar_elsewhere(
    workspace: Workspace, ada: User, hours: MeetingHours, elsewhere: Elsewhere
) -> None:
    before = slots(workspace, hours)
    taken = before[4]
    url = elsewhere.holds(taken)
    with workspace_scope(workspace.pk):
        calendar = busy_calendars.add(host=ada, address=f" {url} ")
        assert busy_calendars.add(host=ada, address=url) == calendar
    assert busy_calendars.read_due(workspace_id=workspace.pk) == 1
    assert busy_calendars.read_due(workspace_id=workspace.pk) == 0
    after = slots(workspace, hours)
    hour = dt.timedelta(hours=1)
    assert set(before) - set(after) == {slot for slot in before if taken <= slot < taken + hour}
    with workspace_scope(workspace.pk):
        kept = BusyCalendar.objects.get()
        assert (kept.name, kept.failure, kept.failures) == ("Ada at work", "", 0)
        with pytest.raises(meetings.SlotTaken):
            meetings.book(hours=hours, candidate=CandidateFactory.create(), starts_at=taken, time_zone="UTC")
        # What cannot be read any more still counts; what was forgotten does not.
        elsewhere.answers = {}
        busy_calendars.read_again(calendar=kept)
    busy_calendars.read_due(workspace_id=workspace.pk)
    assert slots(workspace, hours) == after
    with workspace_scope(workspace.pk):
        kept.refresh_from_db()
        assert "does not work any more" in kept.failure
        busy_calendars.remove(calendar=kept, by=ada)
    assert slots(workspace, hours) == before


FAULTS: list[tuple[int, dict[str, str], bytes, str]] = [
    (200, {}, b"<html>Sign in</html>", "not a calendar"),
    (403, {}, b"", "does not work any more"),
    (503, {}, b"", "answered 503"),
    (302, {"Location": "/a.ics"}, b"", "without end"),
    (302, {"Location": "ftp://x/"}, b"", "an address that is none"),
    (200, {}, b"x" * (busy_calendars.LARGEST + 1), "larger than 8 MB"),
]


def test_what_cannot_be_read_is_said_in_words_and_tried_again_ever_later(
    workspace: Workspace, ada: User, elsewhere: Elsewhere
) -> None:
    with workspace_scope(workspace.pk):
        busy_calendars.add(host=ada, address=f"{elsewhere.url}/a.ics")
    for number, (status, headers, body, words) in enumerate(FAULTS, start=1):
        elsewhere.answers["/a.ics"] = (status, headers, body)
        assert busy_calendars.read_due(workspace_id=workspace.pk) == 0
        with workspace_scope(workspace.pk):
            kept = BusyCalendar.objects.get()
            assert words in kept.failure
            assert (kept.failures, kept.read_at) == (number, None)
            assert kept.due_at is not None
            pause = dt.timedelta(minutes=[5, 10, 30, 60, 60, 60][number - 1])
            assert abs(kept.due_at - timezone.now() - pause) < dt.timedelta(minutes=1)
            busy_calendars.read_again(calendar=kept)


def test_addresses_inside_the_network_are_not_read(
    workspace: Workspace, ada: User, elsewhere: Elsewhere, settings: Any
) -> None:
    url = elsewhere.holds()
    with workspace_scope(workspace.pk):
        busy_calendars.add(host=ada, address=url)
        settings.ALLOW_PRIVATE_HOSTS = False
        for wrong in (url, "ftp://x/a.ics", "https://", "calendar", "https://a b/"):
            with pytest.raises(UnusableCalendar):
                busy_calendars.add(host=ada, address=wrong)
    busy_calendars.read_due(workspace_id=workspace.pk)
    with workspace_scope(workspace.pk):
        assert "127.0.0.1 is not on the public internet." in BusyCalendar.objects.get().failure


def test_a_recruiter_adds_reads_and_forgets_their_own(
    workspace: Workspace, ada: User, grace: User, elsewhere: Elsewhere, client_as: Callable[[User], Client]
) -> None:
    page, url = f"/w/{workspace.slug}/settings/calls/", elsewhere.holds()
    mine, hers = client_as(ada), client_as(grace)
    wrong = mine.post(f"{page}calendars/", {"address": "nowhere"})
    assert (wrong.status_code, "starts with https://" in wrong.content.decode()) == (422, True)
    assert mine.post(f"{page}calendars/", {"address": url}).status_code == 302
    busy_calendars.read_due(workspace_id=workspace.pk)
    shown = mine.get(page).content.decode()
    assert "Ada at work" in shown
    assert url not in shown
    assert "Ada at work" not in hers.get(page).content.decode()
    with workspace_scope(workspace.pk):
        one = f"{page}calendars/{BusyCalendar.objects.get().pk}/"
    for path in (one, f"{one}removal/"):
        assert hers.post(path).status_code == 404
    elsewhere.answers = {}
    assert mine.post(one).status_code == 302
    busy_calendars.read_due(workspace_id=workspace.pk)
    assert "cannot be read" in mine.get(f"/w/{workspace.slug}/meetings/").content.decode()
    assert mine.post(f"{one}removal/").status_code == 302
    with workspace_scope(workspace.pk):
        assert not BusyCalendar.objects.exists()
