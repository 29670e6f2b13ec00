"""The check-in forms that ship; each answer lands in a field of the person."""

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

WISHES: dict[str, Any] = {
    "key": "job-wishes",
    "title": "The job you would like",
    "questions": [
        {
            "field": "custom.preferred_location",
            "label": "Where would you like to work?",
            "kind": "text",
            "choices": [],
        },
        {
            "field": "custom.remote_work",
            "label": "From home?",
            "kind": "choice",
            "choices": [
                ["only from home", "Only from home"],
                ["some days from home", "Some days"],
                ["not from home", "Rather not"],
            ],
        },
        {
            "field": "custom.salary_floor",
            "label": "What should it pay at least, a year? A number, before tax.",
            "kind": "text",
            "choices": [],
        },
    ],
}
