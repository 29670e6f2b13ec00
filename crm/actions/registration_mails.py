"""What people with a place hear: it is yours, you wait, you moved up, tomorrow, it was called off."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from crm.actions import service_mails
from crm.actions.service_mails import ServiceMail
from crm.kernel.tenancy import current_workspace_id
from crm.models import Message, Registration, TalentEvent, Workspace
from crm.policies import invitations, languages
from crm.policies.tickets import ticket_of

Kind = Literal["registered", "waiting", "moved_up", "reminder", "canceled"]
_NAMESPACE = uuid.UUID("8d2d6c1e-3a2f-4a57-a6bb-6d6f1c0f7a11")
_SUBJECTS: dict[Kind, str] = {
    "registered": gettext_noop("You have a place: %s"),
    "waiting": gettext_noop("You are on the waiting list: %s"),
    "moved_up": gettext_noop("A place for you after all: %s"),
    "reminder": gettext_noop("Tomorrow: %s"),
    "canceled": gettext_noop("Called off: %s"),
}
_FIRST: dict[Kind, str] = {
    "registered": gettext_noop("your place is kept. The invitation for your calendar is attached."),
    "waiting": gettext_noop("all places are taken. We write as soon as one is free; you are next in order."),
    "moved_up": gettext_noop("somebody could not come, and the place is yours. The invitation is attached."),
    "reminder": gettext_noop("we look forward to seeing you."),
    "canceled": gettext_noop("we are sorry: this event does not take place."),
}


@transaction.atomic
def tell(*, registrations: Sequence[Registration], kind: Kind) -> list[Message]:
    """Queue one mail each. The same news twice is one mail."""
    if not registrations:
        return []
    workspace = Workspace.objects.get(pk=current_workspace_id())
    return service_mails.queue([_mail(row, kind, workspace) for row in registrations if row.candidate.email])


@transaction.atomic
def tell_all(*, event: TalentEvent, kind: Kind) -> list[Message]:
    """Everybody with a place hears it, and who waits too when it is called off."""
    states = [Registration.State.REGISTERED, Registration.State.PRESENT]
    if kind == "canceled":
        states.append(Registration.State.WAITING)
    rows = Registration.objects.filter(talent_event=event, state__in=states)
    return tell(registrations=list(rows.select_related("talent_event", "candidate")), kind=kind)


@transaction.atomic
def move_up(*, event: TalentEvent) -> list[Registration]:
    """Free places go to the waiting list, first come, first served; each hears of it."""
    rows = Registration.objects.filter(talent_event=event)
    taken = rows.filter(state__in=(Registration.State.REGISTERED, Registration.State.PRESENT)).count()
    waiting = rows.filter(state=Registration.State.WAITING).order_by("registered_at", "pk")
    free = None if event.capacity is None else max(0, event.capacity - taken)
    lucky = list(waiting.select_related("talent_event", "candidate")[:free])
    rows.filter(pk__in=[row.pk for row in lucky]).update(state=Registration.State.REGISTERED)
    tell(registrations=lucky, kind="moved_up")
    return lucky


def calendar(event: TalentEvent, workspace: Workspace) -> str:
    """The event as a calendar file."""
    return invitations.calendar_of(
        event,
        uid=f"event-{workspace.pk}-{event.pk}@{settings.MAIL_DOMAIN}",
        organizer=f"{workspace.slug}@{settings.MAIL_DOMAIN}",
        url=page_url(event, workspace),
        now=timezone.now(),
    )


def page_url(event: TalentEvent, workspace: Workspace) -> str:
    """The event's public page."""
    path = reverse("public_event", args=[workspace.slug, event.slug])
    return f"{settings.BASE_URL}{path}"


def ticket_url(workspace_id: int, registration_id: int) -> str:
    """Where somebody finds what to show at the door."""
    path = reverse("ticket", args=[ticket_of(workspace_id, registration_id)])
    return f"{settings.BASE_URL}{path}"


def _mail(row: Registration, kind: Kind, workspace: Workspace) -> ServiceMail:
    language = languages.chosen(row.candidate.locale)
    with translation.override(language):
        return replace(_worded(row, kind, workspace), language=language)


def _worded(row: Registration, kind: Kind, workspace: Workspace) -> ServiceMail:
    event, person = row.talent_event, row.candidate
    has_place = kind in ("registered", "moved_up", "reminder")
    has_file = kind in ("registered", "moved_up", "canceled", "reminder")
    lines = [
        _("Hello %s,") % person.first_name if person.first_name else _("Hello,"),
        _(_FIRST[kind]),
        f"{event.name}\n{invitations.when(event)}\n{invitations.where(event)}".strip(),
        page_url(event, workspace),
    ]
    if has_place:
        lines[-1:] = [_("Your ticket, to show at the door:") + f"\n{ticket_url(workspace.pk, row.pk)}"]
    # A mail about an event that moved is another mail.
    stamp = f"{kind}:{event.starts_at.timestamp():.0f}" if kind == "reminder" else kind
    return ServiceMail(
        to_address=person.email,
        subject=_(_SUBJECTS[kind]) % event.name,
        text="\n\n".join(lines),
        key=uuid.uuid5(_NAMESPACE, f"{workspace.pk}:{row.pk}:{stamp}"),
        candidate_id=person.pk,
        calendar=calendar(event, workspace) if has_file else "",
    )
