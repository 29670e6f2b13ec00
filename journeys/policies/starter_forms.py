"""The check-in form that ships; each answer lands in a field of the person."""

from __future__ import annotations

from typing import Any

PLANS: dict[str, Any] = {
    "key": "plans",
    "title": "Your plans",
    "questions": [
        {
            "field": "custom.career_goals",
            "label": "What would you like to do next?",
            "kind": "text",
            "choices": [],
        },
        {
            "field": "custom.preferred_location",
            "label": "Where would you like to work? A city, a country, or from home.",
            "kind": "text",
            "choices": [],
        },
        {
            "field": "availability",
            "label": "When would a change suit you?",
            "kind": "choice",
            "choices": [
                ["active", "Now, I am looking"],
                ["open", "For the right thing, I would listen"],
                ["not_looking", "Not in the coming months"],
            ],
        },
    ],
}
