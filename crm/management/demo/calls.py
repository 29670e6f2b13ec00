"""Recruiters take calls, people booked some, and an own mail account waits for one DNS record."""

import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from crm.actions import job_preferences, meetings
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import BusyCalendar, Candidate, EmailState, MailAccount, MeetingHours
from crm.policies import sender_domains
from crm.policies.sender_domains import Sender
from crm.queries.meetings import free_slots

_WEEKLY = {day: [["09:30", "12:00"], ["14:00", "16:30"]] for day in ("mon", "tue", "wed", "thu")}
_WORDS = ("What the team builds next", "Whether Lisbon is still an option", "", "How the on-call works")
# The zone of the demo's domain as a provider finds it on the first day: two records of three.
_ZONE = {
    "northwind.example": ["v=spf1 include:spf.mtasv.net ~all"],
    "spf.mtasv.net": ["v=spf1 ip4:50.31.156.96/27 ~all"],
    "pm._domainkey.northwind.example": ["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
}


def book(demo: Demo) -> str:
    """Ada and Ben take calls; four people booked one with Ada, two said what work they look for."""
    with workspace_scope(demo.workspace.pk):
        _connect(demo)
        hours = [_open(demo, name) for name in ("ada", "ben")]
        _elsewhere(demo)
        people = Candidate.objects.filter(email_state=EmailState.OK, unsubscribed_at=None, anonymized_at=None)
        warm = list(people.filter(owner=demo.staff["ada"]).exclude(last_replied_at=None).order_by("pk")[:4])
        for number, (person, words) in enumerate(zip(warm, _WORDS, strict=False)):
            slots = free_slots(hours[0], now=demo.now)
            chosen = slots[min(number * 5, len(slots) - 1)]
            zone = person.time_zone or demo.workspace.time_zone
            meetings.book(hours=hours[0], candidate=person, starts_at=chosen, time_zone=zone, words=words)
        for person in warm[:2]:
            job_preferences.state(candidate=person, given=_wish(person))
    return f"{len(warm)} calls booked, a mail account to finish"


def _open(demo: Demo, name: str) -> MeetingHours:
    terms = {
        "title": "Half an hour with Northwind", "minutes": 30,
        "place": f"https://meet.northwind.example/{name}",
        "buffer_minutes": 10, "notice_hours": 4, "horizon_days": 21, "time_zone": demo.workspace.time_zone,
        "weekly": _WEEKLY,
    }  # fmt: skip
    return meetings.open_hours(host=demo.staff[name], given=terms)


def _elsewhere(demo: Demo) -> None:
    """Ada’s own calendar: two long lunches a week. Nobody reads it again, for its server is invented."""
    noon = demo.now.replace(hour=11, minute=0, second=0, microsecond=0)
    days = [noon + timedelta(days=day) for day in range(1, 22)]
    lunches = [(day, day + timedelta(hours=2)) for day in days if day.weekday() in (1, 3)]
    address: Any = "https://calendar.northwind.example/ada/basic.ics"
    BusyCalendar.objects.create(
        host=demo.staff["ada"],
        name="Ada, at work",
        address=address,
        busy=[[start.isoformat(), end.isoformat()] for start, end in lunches],
        read_at=demo.now - timedelta(minutes=4),
    )


def _wish(person: Candidate) -> dict[str, object]:
    return {
        "role_families": [person.role_family] if person.role_family else [], "seniorities": [], "skills": [],
        "places": [person.city] if person.city else [], "remote": "yes",
        "salary_floor": 85_000, "currency": "EUR",
    }  # fmt: skip


def _connect(demo: Demo) -> None:
    """Without a check by the worker: no name server knows this domain."""
    sender = Sender("northwind.example", "Postmark", "spf.mtasv.net", ("pm",))
    found = sender_domains.findings(sender, lambda name: _ZONE.get(name, []))
    credentials: Any = {"server_token": "a-token-of-the-demo"}
    MailAccount.objects.create(
        kind="postmark",
        settings={"message_stream": "outreach"},
        credentials=credentials,
        from_address="talent@northwind.example",
        dkim_selectors="pm",
        hook_key=secrets.token_urlsafe(24),
        domain={"ok": sender_domains.is_believed(found), "findings": [asdict(one) for one in found]},
        domain_checked_at=demo.now - timedelta(hours=2),
        changed_by=demo.staff["grace"],
    )
