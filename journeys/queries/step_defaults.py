"""A new step with something sensible in it, so that it can be saved and then edited."""

from typing import Any

from journeys.models import Journey
from journeys.policies import editing
from journeys.queries import choices


def new_step(journey: Journey, kind: str) -> dict[str, Any]:
    """A step of that type for the end of somebody's thought; nothing is saved."""
    step: dict[str, Any] = {"id": editing.new_id(journey.draft, kind), "type": kind}
    return step | _defaults(journey, kind)


def _defaults(journey: Journey, kind: str) -> dict[str, Any]:
    template = _first(choices.template_keys(), "choose-a-template")
    form = _first(choices.form_keys(), "choose-a-form")
    messages = choices.messages_before(journey.draft)
    defaults: dict[str, dict[str, Any]] = {
        "message": {"after": {"weeks": 4}, "template": template},
        "check_in": {"after": {"weeks": 6}, "template": template, "form": form},
        "job_alert": {"after": {"weeks": 4}, "template": "job-alert", "limit": 2, "if_none": "skip"},
        "task": {"title": "Call {{ candidate.first_name }}", "assignee": "owner", "due": {"working_days": 2}},
        "wait": {"after": {"weeks": 1}},
        "branch": {"if": _condition(messages), "wait": {"weeks": 2}, "then": [], "else": []},
        "split": {"arms": [{"name": name, "weight": 50, "steps": []} for name in ("A", "B")]},
        "update": {"add_tags": ["nurtured"]},
        "notify": {"to": "owner", "text": "{{ candidate.first_name }} came by here"},
        "enroll": {"journey": int(_first(choices.other_journeys(journey), "1"))},
    }
    return defaults.get(kind, {})


def _condition(messages: list[tuple[str, str]]) -> dict[str, Any]:
    if messages:
        return {"message": {"step": messages[-1][0], "was": "clicked"}}
    return {"activity": "form.submitted", "op": "at_least", "count": 1}


def _first(pairs: list[tuple[str, str]], otherwise: str) -> str:
    return pairs[0][0] if pairs else otherwise
