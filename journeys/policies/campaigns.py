"""The journey under a campaign: one mail, then the end."""

from __future__ import annotations

from typing import Any

from journeys.policies.file_format import FORMAT

OFFICE = {
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "ranges": [["09:00", "12:00"], ["13:30", "17:00"]],
    "zone": "candidate",
}
HOURS = (("office", "in each reader’s office hours"), ("any", "at once, whatever the hour"))
STEP = "mail"
# A newsletter goes to whoever replied or applied meanwhile; it stops only for those who want no mail.
_EXITS = ["unsubscribed", "hard_bounce"]
# Journeys come first: a newsletter slides.
PRIORITY = 20


def document(*, name: str, template: str, hours: str, sender: str, holdout: int) -> dict[str, Any]:
    """The campaign as a journey file."""
    settings: dict[str, Any] = {
        "priority": PRIORITY, "sender": sender, "holdout_percent": holdout, "exit_on": _EXITS,
    }  # fmt: skip
    if hours == "office":
        settings |= {"window": OFFICE, "holidays": "candidate_country"}
    steps = [{"id": STEP, "type": "message", "template": template}, {"id": "end", "type": "end"}]
    return {
        "format": FORMAT, "name": name, "trigger": {"on": "manual"}, "settings": settings, "steps": steps,
    }  # fmt: skip


def read(file: dict[str, Any]) -> dict[str, Any]:
    """What was planned, from the file."""
    settings = file.get("settings", {})
    return {
        "name": file.get("name", ""),
        "template": file["steps"][0].get("template", ""),
        "hours": "office" if settings.get("window") else "any",
        "sender": str(settings.get("sender", "owner")),
        "holdout": settings.get("holdout_percent", 0),
    }
