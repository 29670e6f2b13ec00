"""The blocks a landing page is made of."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

Kind = Literal["hero", "text", "jobs", "form", "faq"]
KINDS = (
    ("hero", _("A large headline")),
    ("text", _("Text")),
    ("jobs", _("Open requisitions")),
    ("form", _("The form")),
    ("faq", _("Questions and answers")),
)
MOST_BLOCKS = 20


@dataclass(frozen=True, slots=True)
class Block:
    """One block: a heading and its text; what else it shows comes from elsewhere."""

    id: str
    kind: Kind
    heading: str = ""
    text: str = ""

    def stored(self) -> dict[str, str]:
        """As JSON."""
        return {"id": self.id, "kind": self.kind, "heading": self.heading, "text": self.text}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Questions and answers: paragraphs whose first line is the question."""
        parts = [part.strip().partition("\n") for part in self.text.replace("\r", "").split("\n\n")]
        return [(question.strip(), answer.strip()) for question, _line, answer in parts if question]


def read(stored: Iterable[Mapping[str, Any]]) -> list[Block]:
    """The blocks of a page, in order."""
    return [
        Block(str(row["id"]), row["kind"], str(row.get("heading", "")), str(row.get("text", "")))
        for row in stored
    ]


def new(kind: Kind) -> Block:
    """A block of this kind with a heading to begin with."""
    headings: Mapping[Kind, str] = {
        "hero": "Come and work with us",
        "text": "How we work",
        "jobs": "Open now",
        "form": "Stay in touch",
        "faq": "What people ask",
    }
    return Block(f"b-{uuid.uuid4().hex[:8]}", kind, headings[kind])


def starter() -> list[Block]:
    """What a new page begins with."""
    return [new("hero"), new("text"), new("jobs"), new("form")]
