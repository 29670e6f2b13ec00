from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.policies import busy_times
from crm.policies.busy_times import NotACalendar, Owner

SINCE = datetime(2026, 11, 23, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=21)
ADA = Owner(ZoneInfo("Europe/Berlin"), "ada@acme.example", "mail.rekindle.example")


def calendar(*parts: str, name: str = "") -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Elsewhere//EN", *([name] if name else [])]
    return "\r\n".join([*head, *parts, "END:VCALENDAR", ""]).encode()


def entry(*lines: str, uid: str = "one") -> str:
    said = [f"UID:{uid}", "DTSTAMP:20261101T000000Z", *lines]
    return "\r\n".join(["BEGIN:VEVENT", *said, "END:VEVENT"])


def spans(*parts: str) -> list[str]:
    found = busy_times.read(calendar(*parts), ADA, since=SINCE, until=UNTIL)
    return [f"{start:%d %H:%M}-{end:%d %H:%M}" for start, end in found.spans]


TEN = ("DTSTART;TZID=Europe/Berlin:20261201T100000", "DTEND;TZID=Europe/Berlin:20261201T110000")
WEEKLY = (
    "DTSTART;TZID=Europe/Berlin:20200107T100000", "DTEND;TZID=Europe/Berlin:20200107T110000",
    "RRULE:FREQ=WEEKLY;BYDAY=TU",
)  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (TEN, ["01 09:00-01 10:00"]),
        (("DTSTART:20261201T100000Z", "DURATION:PT45M"), ["01 10:00-01 10:45"]),
        # Without a zone: on the owner's own clock, and a whole day from midnight to midnight.
        (("DTSTART:20261201T100000", "DTEND:20261201T110000"), ["01 09:00-01 10:00"]),
        (("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203"), ["30 23:00-02 23:00"]),
        (("DTSTART;VALUE=DATE:20261201",), ["30 23:00-01 23:00"]),
        # Every date of a repeating entry, but not the one taken out of it.
        (WEEKLY, ["24 09:00-24 10:00", "01 09:00-01 10:00", "08 09:00-08 10:00"]),
        ((*WEEKLY, "EXDATE;TZID=Europe/Berlin:20261201T100000"), ["24 09:00-24 10:00", "08 09:00-08 10:00"]),
        # What keeps nobody busy.
        ((*TEN, "TRANSP:TRANSPARENT"), []),
        ((*TEN, "STATUS:CANCELLED"), []),
        ((*TEN, "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), []),
        ((*TEN, "ATTENDEE;PARTSTAT=DECLINED:mailto:Ada@acme.example"), []),
        ((*TEN, "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@acme.example"), ["01 09:00-01 10:00"]),
        # What began before and ends after is cut to what was asked.
        (("DTSTART:20261120T000000Z", "DTEND:20270101T000000Z"), ["23 00:00-14 00:00"]),
        (("DTSTART:20261001T100000Z", "DTEND:20261001T110000Z"), []),
        # Somebody else's mistake: an end before its start, a rule that never stops.
        (("DTSTART:20261201T100000Z", "DTEND:20261201T090000Z"), ["01 09:00-01 10:00"]),
        (("DTSTART:20261201T100000Z", "RRULE:FREQ=SECONDLY"), []),
    ],
)
def test_an_entry_keeps_its_owner_busy(lines: tuple[str, ...], found: list[str]) -> None:
    assert spans(entry(*lines)) == found


def test_one_date_of_a_series_was_moved() -> None:
    moved = entry(
        "RECURRENCE-ID;TZID=Europe/Berlin:20261201T100000",
        "DTSTART;TZID=Europe/Berlin:20261202T150000", "DTEND;TZID=Europe/Berlin:20261202T160000",
    )  # fmt: skip
    assert spans(entry(*WEEKLY), moved) == ["24 09:00-24 10:00", "02 14:00-02 15:00", "08 09:00-08 10:00"]


def test_hours_that_touch_are_one_span_and_calls_booked_here_are_left_out() -> None:
    later = ("DTSTART:20261201T100000Z", "DTEND:20261201T120000Z")
    ours = entry("DTSTART:20261203T100000Z", "DTEND:20261203T120000Z", uid="meeting-1@mail.rekindle.example")
    assert spans(entry(*TEN), entry(*later, uid="two"), ours) == ["01 09:00-01 12:00"]


def test_a_free_busy_answer_is_read() -> None:
    told = "\r\n".join(
        [
            "BEGIN:VFREEBUSY",
            "UID:f",
            "DTSTAMP:20261101T000000Z",
            "FREEBUSY:20261201T100000Z/20261201T110000Z,20261201T130000Z/PT1H",
            "FREEBUSY;FBTYPE=FREE:20261202T100000Z/20261202T110000Z",
            "END:VFREEBUSY",
        ]
    )
    assert spans(told) == ["01 10:00-01 11:00", "01 13:00-01 14:00"]


@pytest.mark.parametrize(
    "raw", [b"", b"<html>Sign in</html>", b"\xff\x00", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"BEGIN:VCALENDAR"]
)
def test_what_is_not_a_calendar_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(NotACalendar):
        busy_times.read(raw, ADA, since=SINCE, until=UNTIL)


def test_a_calendar_says_its_name() -> None:
    named = calendar(entry(*TEN), name="X-WR-CALNAME:Ada at work")
    assert busy_times.read(named, ADA, since=SINCE, until=UNTIL).name == "Ada at work"
