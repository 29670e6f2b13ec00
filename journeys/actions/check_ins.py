"""Answers to check-ins: they land on the person as fields."""

import uuid
from collections.abc import Mapping

from django.core import signing
from django.db import transaction
from django.utils import timezone

from crm.actions import candidates, events, tasks
from crm.kernel.errors import DomainError
from crm.models import Candidate, Message, User
from crm.queries import meetings
from journeys.actions.mailings import FORM_SALT
from journeys.models import CheckInAnswer, CheckInForm


class LinkNotValid(DomainError):
    """This link does not lead anywhere any more."""

    code = "link_not_valid"
    status = 404


def workspace_of(token: str) -> int:
    """The workspace a check-in link belongs to. Raises LinkNotValid for a forged or broken one."""
    return int(_opened(token)["w"])


def asked(token: str) -> tuple[CheckInForm, Message]:
    """The form a link asks, and the message it came with. Raises LinkNotValid."""
    opened = _opened(token)
    form = CheckInForm.objects.filter(key=opened["f"]).first()
    message = Message.objects.filter(key=uuid.UUID(opened["m"]), candidate__isnull=False).first()
    if form is None or message is None:
        raise LinkNotValid
    return form, message


@transaction.atomic
def answer(*, token: str, values: Mapping[str, str], wants_call: bool) -> CheckInAnswer:
    """Keep the answers: as the person's fields, as a fact, and as a task when they want to talk.

    Answering again replaces the answers; the fact is recorded once per message.
    """
    form, message = asked(token)
    known = {question["field"] for question in form.questions}
    given = {name: value for name, value in values.items() if name in known and value}
    candidate = Candidate.objects.get(pk=message.candidate_id or 0)
    has_asked = CheckInAnswer.objects.filter(message=message, wants_call=True).exists()
    kept, _ = CheckInAnswer.objects.update_or_create(
        message=message,
        defaults={
            "form": form,
            "candidate": candidate,
            "values": given,
            "wants_call": wants_call,
            "answered_at": timezone.now(),
        },
    )
    if given:
        candidates.change(candidate=candidate, given=_fields(given))
    events.record(
        "form.submitted",
        candidate=candidate,
        ref=f"check_in:{message.pk}",
        data={"form": form.key, "message": message.pk, "wants_call": wants_call},
    )
    if wants_call and not has_asked:
        title = f"{candidate.full_name or 'Somebody'} would like to talk"
        tasks.add(candidate=candidate, title=title, assignee=_owner(candidate, message))
    return kept


def booking_url(message: Message) -> str:
    """Where this person books a call with whoever asked; empty when that recruiter takes none."""
    pair = (message.candidate_id or 0, message.sender_id or 0)
    return meetings.booking_urls([pair]).get(pair, "")


def _owner(candidate: Candidate, message: Message) -> User | None:
    return candidate.owner or message.sender


def _fields(given: Mapping[str, str]) -> dict[str, object]:
    plain: dict[str, object] = {}
    custom: dict[str, str] = {}
    for name, value in given.items():
        if name.startswith("custom."):
            custom[name.removeprefix("custom.")] = value
        else:
            plain[name] = value
    return plain | ({"custom": custom} if custom else {})


def _opened(token: str) -> dict[str, str]:
    try:
        opened: dict[str, str] = signing.Signer(salt=FORM_SALT).unsign_object(token)
    except signing.BadSignature as broken:
        raise LinkNotValid from broken
    return opened
