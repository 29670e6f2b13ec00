"""A call as a calendar entry that both sides' programs keep up to date (RFC 5545, 5546)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as CalendarEvent


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the calendar. The same uid with a higher sequence is the same entry, changed."""

    uid: str
    sequence: int
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    organizer: tuple[str, str]  # name, address
    attendees: tuple[tuple[str, str], ...]
    url: str
    is_canceled: bool = False


def calendar_of(entry: Entry, *, now: datetime) -> str:
    """METHOD:REQUEST puts it in or changes it, METHOD:CANCEL takes it out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Rekindle//Calls//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.is_canceled else "REQUEST")
    event = CalendarEvent()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.title)
    if entry.place:
        event.add("location", entry.place)
    event.add("description", entry.url)
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.is_canceled else "CONFIRMED")
    event["organizer"] = _address(*entry.organizer)
    for name, address in entry.attendees:
        person = _address(name, address)
        person.params["partstat"] = vText("ACCEPTED")
        person.params["rsvp"] = vText("FALSE")
        event.add("attendee", person, encode=False)
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def when(starts_at: datetime, ends_at: datetime, zone_name: str) -> str:
    """Day and hours on the clock of that zone, with its name."""
    zone = ZoneInfo(zone_name)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    words = {"start": _day(start), "end": f"{end:%H:%M}", "zone": zone_name.replace("_", " ")}
    return _("%(start)s to %(end)s (%(zone)s)") % words


def moment(starts_at: datetime, zone_name: str) -> str:
    """Day and hour on the clock of that zone, with its name."""
    start = starts_at.astimezone(ZoneInfo(zone_name))
    return f"{_day(start)} ({zone_name.replace('_', ' ')})"


def _day(wall: datetime) -> str:
    return date_format(wall, _("l, j F Y, H:i"))


def _address(name: str, address: str) -> vCalAddress:
    found = vCalAddress(f"MAILTO:{address}")
    found.params["cn"] = vText(name or address)
    return found
