"""The journeys that ship, as files anybody could import."""

from __future__ import annotations

from typing import Any

from journeys.policies.file_format import FORMAT

_OFFICE = {
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "ranges": [["09:00", "12:00"], ["13:30", "17:00"]],
    "zone": "candidate",
}


def _settings(exits: list[str], **more: Any) -> dict[str, Any]:
    return {
        "window": _OFFICE,
        "holidays": "candidate_country",
        "priority": 50,
        "reentry": {"after_days": 180},
        "sender": "owner",
        "holdout_percent": 0,
        "goal": {"activity": "meeting.booked", "op": "at_least", "count": 1},
        "exit_on": exits,
        **more,
    }


_ALL = ["replied", "meeting_booked", "applied", "in_process", "hired", "unsubscribed", "hard_bounce"]

SILVER_MEDALISTS: dict[str, Any] = {
    "format": FORMAT,
    "name": "Silver medalists, 12 weeks",
    "trigger": {
        "on": "application.rejected",
        "rules": {
            "application": {
                "furthest_stage_at_least": "final_interview",
                "outcome": "rejected",
                "rejection_reason_in": ["timing", "headcount", "runner_up"],
                "ended_within_days": 30,
            }
        },
    },
    "settings": _settings(_ALL),
    "steps": [
        {"id": "thanks", "type": "message", "after": {"days": 3}, "template": "silver-1"},
        {"id": "growing", "type": "message", "after": {"weeks": 4}, "template": "silver-2"},
        {"id": "plans", "type": "check_in", "after": {"weeks": 6}, "template": "silver-3", "form": "plans"},
        {
            "id": "answered",
            "type": "branch",
            "if": {"activity": "form.submitted", "op": "at_least", "count": 1, "within_days": 30},
            "wait": {"weeks": 2},
            "then": [
                {
                    "id": "call",
                    "type": "task",
                    "title": "Read {{ candidate.first_name }}’s answers and say thank you",
                    "assignee": "owner",
                    "due": {"working_days": 2},
                }
            ],
            "else": [],
        },
        {"id": "end", "type": "end"},
    ],
}

EVENT_FOLLOW_UP: dict[str, Any] = {
    "format": FORMAT,
    "name": "After an event",
    "trigger": {"on": "event.attended"},
    "settings": _settings(_ALL, reentry={"after_days": 90}),
    "steps": [
        {"id": "met", "type": "message", "after": {"working_days": 1, "at": "10:00"}, "template": "event-1"},
        {"id": "ask", "type": "check_in", "after": {"weeks": 5}, "template": "event-2", "form": "plans"},
        {"id": "roles", "type": "job_alert", "after": {"weeks": 6}, "template": "job-alert", "limit": 2},
        {"id": "end", "type": "end"},
    ],
}

QUARTERLY: dict[str, Any] = {
    "format": FORMAT,
    "name": "Quarterly check-in",
    "trigger": {"on": "manual"},
    "settings": _settings(_ALL, priority=30),
    "steps": [
        {"id": "first", "type": "check_in", "after": {"days": 1}, "template": "quarterly", "form": "plans"},
        {
            "id": "second",
            "type": "check_in",
            "after": {"months": 3},
            "template": "quarterly",
            "form": "plans",
        },
        {"id": "roles", "type": "job_alert", "after": {"months": 3}, "template": "job-alert", "limit": 2},
        {
            "id": "fourth",
            "type": "check_in",
            "after": {"months": 3},
            "template": "quarterly",
            "form": "plans",
        },
        {"id": "end", "type": "end"},
    ],
}

STRONG_BUT_TIMING: dict[str, Any] = {
    "format": FORMAT,
    "name": "Strong, but the timing",
    "trigger": {
        "on": "application.rejected",
        "rules": {
            "application": {
                "furthest_stage_at_least": "interview",
                "outcome": "rejected",
                "rejection_reason_in": ["timing", "headcount"],
                "ended_within_days": 30,
            }
        },
    },
    "settings": _settings(_ALL),
    "steps": [
        {"id": "sorry", "type": "message", "after": {"days": 3}, "template": "timing-1"},
        {"id": "again", "type": "message", "after": {"weeks": 6}, "template": "timing-2"},
        {"id": "roles", "type": "job_alert", "after": {"weeks": 6}, "template": "job-alert", "limit": 2,
         "if_none": "wait"},
        {"id": "plans", "type": "check_in", "after": {"weeks": 6}, "template": "silver-3", "form": "plans"},
        {"id": "end", "type": "end"},
    ],
}  # fmt: skip

ALUMNI: dict[str, Any] = {
    "format": FORMAT,
    "name": "Alumni, keep in touch",
    "trigger": {"on": "manual"},
    "settings": _settings(_ALL, priority=30),
    "steps": [
        {"id": "hello", "type": "message", "after": {"days": 1}, "template": "alumni-1"},
        {"id": "half", "type": "check_in", "after": {"months": 6}, "template": "alumni-2", "form": "plans"},
        {"id": "year", "type": "check_in", "after": {"months": 6}, "template": "alumni-2", "form": "plans"},
        {"id": "end", "type": "end"},
    ],
}

NEWSLETTER: dict[str, Any] = {
    "format": FORMAT,
    "name": "Newsletter",
    "trigger": {"on": "manual"},
    "settings": _settings(_ALL, priority=20, reentry={"after_days": 30}),
    "steps": [
        {"id": "news", "type": "message", "after": {"days": 1}, "template": "newsletter"},
        {"id": "end", "type": "end"},
    ],
}

# As the gallery shows them.
ABOUT: dict[str, str] = {
    SILVER_MEDALISTS["name"]: "Runners-up hear a thank-you, then what is new, then a question. Twelve weeks.",
    STRONG_BUT_TIMING["name"]: "Rejected for headcount or timing: first in line when that changes.",
    EVENT_FOLLOW_UP["name"]: "The day after, then five weeks later, then roles that fit.",
    ALUMNI["name"]: "Two notes a year to people who left on good terms.",
    QUARTERLY["name"]: "One short question each quarter, one job alert a year.",
    NEWSLETTER["name"]: "One mail in your own colors, to whoever you enroll.",
}
JOURNEYS = (SILVER_MEDALISTS, STRONG_BUT_TIMING, EVENT_FOLLOW_UP, ALUMNI, QUARTERLY, NEWSLETTER)
