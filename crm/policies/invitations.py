"""An event as an iCalendar file (RFC 5545), and as the lines of a mail."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as CalendarEvent

from crm.models import TalentEvent


def calendar_of(event: TalentEvent, *, uid: str, organizer: str, url: str, now: datetime) -> str:
    """The file that puts the event into somebody's calendar; the same uid later is the same entry."""
    calendar = Calendar()
    calendar.add("prodid", "-//Rekindle//Events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if event.state == TalentEvent.State.CANCELED else "PUBLISH")
    entry = CalendarEvent()
    entry.add("uid", uid)
    entry.add("dtstamp", now)
    entry.add("summary", event.name)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("location", event.place or event.online_url)
    entry.add("description", f"{event.description}\n\n{event.online_url or url}".strip())
    entry.add("url", url)
    entry.add("status", "CANCELLED" if event.state == TalentEvent.State.CANCELED else "CONFIRMED")
    address = vCalAddress(f"MAILTO:{organizer}")
    address.params["cn"] = vText(event.name)
    entry["organizer"] = address
    calendar.add_component(entry)
    return str(calendar.to_ical().decode())


def when(event: TalentEvent) -> str:
    """Day and hours on the clock of the event's own zone, with the zone."""
    zone = ZoneInfo(event.time_zone)
    start, end = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    day, clock = _("l, j F Y, H:i"), "H:i"
    until = date_format(end, clock if start.date() == end.date() else day)
    words = {"start": date_format(start, day), "end": until, "zone": event.time_zone}
    return _("%(start)s to %(end)s (%(zone)s)") % words


def where(event: TalentEvent) -> str:
    """The place, the link, or both."""
    return " · ".join(part for part in (event.place, event.online_url) if part)
