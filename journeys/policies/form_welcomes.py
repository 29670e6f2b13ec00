"""The journey a form begins with: one mail, at once, to whoever just sent it."""

from typing import Any

from journeys.policies.file_format import FORMAT
from journeys.policies.starter_templates import StarterTemplate

TRIGGER = "form.submitted"
_BODY = """\
Hi {{ candidate.first_name | default: "there" }},

Thank you for leaving your name with us. It arrived, and a person reads it.

What happens now: we keep what you told us, and write when there is something worth your time. An opening \
that fits, an evening you are invited to, or a few honest lines about how we work. You set the pace with \
the link below, and you can stop it with one click.

Is there something you would like to know already? Answer this mail. It reaches me.

{{ sender.first_name }}"""
WELCOME = StarterTemplate("welcome", "Welcome to our talent community", "value", "Good to meet you", _BODY)


def welcome_journey(*, name: str, form: str, template: str, sender: int | None) -> dict[str, Any]:
    """The file: no window and no holidays, because people expect an answer while the page is still open."""
    return {
        "format": FORMAT,
        "name": name,
        "trigger": {"on": TRIGGER, "form": form},
        "settings": {
            "holidays": "none",
            "priority": 90,
            "reentry": {"after_days": 30},
            "sender": sender or "owner",
            "holdout_percent": 0,
            "exit_on": ["unsubscribed", "hard_bounce"],
        },
        # A topic of its own: who declines news still gets the answer to what they just sent.
        "steps": [
            {"id": "welcome", "type": "message", "template": template, "topic": "welcome"},
            {"id": "end", "type": "end"},
        ],
    }


def starts_from(document: dict[str, Any], form: str) -> bool:
    """Whether this journey begins when that form is sent; one that names no form begins with any."""
    trigger = document.get("trigger") or {}
    return trigger.get("on") == TRIGGER and trigger.get("form") in (None, "", form)
