"""The check-in form that ships; each answer lands in a field of the person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

PLANS: dict[str, Any] = {
    "key": "plans",
    "title": gettext_noop("Your plans"),
    "questions": [
        {
            "field": "custom.career_goals",
            "label": gettext_noop("What would you like to do next?"),
            "kind": "text",
            "choices": [],
        },
        {
            "field": "custom.preferred_location",
            "label": gettext_noop("Where would you like to work? A city, a country, or from home."),
            "kind": "text",
            "choices": [],
        },
        {
            "field": "availability",
            "label": gettext_noop("When would a change suit you?"),
            "kind": "choice",
            "choices": [
                ["active", gettext_noop("Now, I am looking")],
                ["open", gettext_noop("For the right thing, I would listen")],
                ["not_looking", gettext_noop("Not in the coming months")],
            ],
        },
    ],
}
