"""Why one mail went out, or did not: what the core knows, and what the apps above it add."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from crm.models import Message
from crm.policies.reachability import SENTENCES

_CODES: Mapping[str, str] = {str(code): sentence for code, sentence in SENTENCES.items()} | {
    "not_found": "The person is gone: erased, or merged into somebody else.",
    "gap": "They asked not to hear from us before a day that has not come.",
    "window": "It missed the hours it was meant for and waits for the next ones.",
    "holiday": "It missed its hours; today is a holiday where the person lives.",
    "sender_stopped": "Automated mail is stopped here: too many mails bounced or were reported as spam.",
}
_MATCHES = {
    "token": "Found its person by the code in the address it was sent to.",
    "references": "Found its person by the mail it refers to.",
    "from": "Found its person by its sender alone, which can be forged.",
}


@dataclass(frozen=True, slots=True)
class Why:
    """The answer in sentences, and what apps above the core say as data."""

    code: str
    sentences: tuple[str, ...]
    more: dict[str, Any]


def why_of(message: Message) -> Why:
    """Who or what wrote this mail, and what became of it."""
    more: dict[str, Any] = {}
    for path in settings.MESSAGE_WHY:
        more |= import_string(path)(message)
    told = list(more.pop("sentences", ()))
    if message.direction == Message.Direction.IN:
        return Why("", tuple(_incoming(message)), more)
    code = message.failure if message.state in (Message.State.CANCELED, Message.State.QUEUED) else ""
    return Why(code, (*(told or _written(message)), *_outcome(message)), more)


def _incoming(message: Message) -> list[str]:
    said = [_MATCHES[message.match]] if message.match in _MATCHES else []
    if message.is_automatic:
        said.append("An automatic answer: it counts as no reply and stops nothing.")
    return said


def _written(message: Message) -> list[str]:
    if message.kind == Message.Kind.SERVICE:
        return ["Answers what they did themselves, so it goes out whatever they chose to hear about."]
    if message.kind != Message.Kind.ONE_TO_ONE:
        return ["An automated mail whose journey is gone."]
    said = [f"{message.sender or 'A program'} wrote it by hand."]
    parent = message.in_reply_to
    if parent is not None and parent.direction == Message.Direction.IN:
        said.append(f"It answers their mail of {parent.created_at:%-d %b %Y}.")
    return said


def _outcome(message: Message) -> list[str]:
    if message.state == Message.State.CANCELED:
        return [f"It did not leave. {_CODES.get(message.failure, '')}".strip()]
    if message.state == Message.State.QUEUED:
        said = _CODES.get(message.failure) or message.failure
        return [f"It waits to leave. {said}".strip()]
    if message.state in (Message.State.FAILED, Message.State.BOUNCED):
        return [f"It did not arrive. {message.failure}".strip()]
    if message.state == Message.State.UNKNOWN:
        return [f"Nobody can say yet whether it arrived. {message.failure}".strip()]
    return []
