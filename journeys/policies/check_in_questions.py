"""What a check-in may ask: questions whose answers land in one field of the person each."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.models import CustomField
from crm.policies import form_questions
from crm.policies.form_questions import Asked

# Two or three are answered; more are left unread.
MOST = 8
LONGEST = 200
_KINDS = ("text", "choice", "number", "date")
# Who they are we know already, and what they hear from us they choose on their own page.
_NOT_HERE = ("first_name", "last_name", "email", "phone", "link", "skills", "languages")


def offered(custom: Iterable[CustomField]) -> dict[str, Asked]:
    """The fields a question may fill, by name."""
    taken = (*_NOT_HERE, *form_questions.PREFERENCES)
    found = form_questions.offered(custom, taken)
    return {asked.field: asked for asked in found if asked.kind in _KINDS}


def stored(label: str, asked: Asked, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The question as it is kept; its choices keep the words somebody gave them."""
    choices = [[value, str(text)] for value, text in asked.choices]
    if before and before.get("field") == asked.field and before.get("choices"):
        choices = before["choices"]
    return {"field": asked.field, "label": label, "kind": asked.kind, "choices": choices}
