"""What both sides of a call hear: it is booked, it moved, it was called off; with the calendar entry."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from crm.actions import service_mails
from crm.actions.service_mails import ServiceMail
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, Meeting, MeetingHours, Message, Workspace
from crm.policies import languages, meeting_invitations
from crm.policies.meeting_invitations import Entry
from crm.queries import sending_addresses
from crm.queries.meetings import meeting_url

ASKED = "booking"  # the topic of mails that ask somebody unknown to confirm
ASKED_FOR = timedelta(days=7)
News = Literal["booked", "moved", "canceled"]
_NAMESPACE = uuid.UUID("5fd1f6de-4c07-4e0f-8d1a-7f6e1d7d3f52")
_SUBJECTS: dict[News, str] = {
    "booked": gettext_noop("Your call: %s"),
    "moved": gettext_noop("Another time: %s"),
    "canceled": gettext_noop("Called off: %s"),
}
_FIRST: dict[News, str] = {
    "booked": gettext_noop("your call is booked. The invitation for your calendar is attached."),
    "moved": gettext_noop(
        "your call has another time now. The attached invitation moves it in your calendar."
    ),
    "canceled": gettext_noop("this call does not take place. The attachment takes it out of your calendar."),
}


@transaction.atomic
def tell(*, meeting: Meeting, news: News) -> list[Message]:
    """Queue one mail to the person and one to the host. The same news twice is one mail each."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    person, host = meeting.candidate, meeting.host
    language = languages.chosen(person.locale or get_language() or "")
    with translation.override(language):
        file = calendar(meeting, workspace)
        mails = [replace(_mail(meeting, news, file, to="person"), language=language)] if person.email else []
    with translation.override(languages.PLAIN):
        mails.append(_mail(meeting, news, calendar(meeting, workspace, to="host"), to="host"))
    return service_mails.queue([mail for mail in mails if mail.to_address]) if host.email else []


@transaction.atomic
def ask(*, hours: MeetingHours, wish: Mapping[str, str], token: str, key: uuid.UUID) -> None:
    """Mail the link that books the call to whoever gave this address."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    path = reverse("booking_confirm", args=[workspace.slug, token])
    starts_at = datetime.fromisoformat(wish["at"])
    ends_at = starts_at + timedelta(minutes=hours.minutes)
    lines = [
        _("Hello %s,") % wish["name"],
        _("press this link and the call is booked. It works for a day; until then the time is not kept."),
        f"{hours.title}\n{meeting_invitations.when(starts_at, ends_at, wish['zone'])}",
        f"{settings.BASE_URL}{path}",
        _("You did not ask for a call? Then somebody mistyped their address; do nothing."),
    ]
    subject = _("Please confirm: %s") % hours.title
    text, language = "\n\n".join(lines), languages.current()
    service_mails.queue([ServiceMail(wish["email"], subject, text, key, topic=ASKED, language=language)])


@transaction.atomic
def forget_unconfirmed(*, now: datetime) -> None:
    """Forget the mails to people who never confirmed: nothing else about them was kept."""
    asked = Message.objects.filter(kind=Message.Kind.SERVICE, topic=ASKED, candidate=None)
    asked.filter(created_at__lt=now - ASKED_FOR).delete()


@transaction.atomic
def forget(*, candidate: Candidate) -> None:
    """Delete what hosts were mailed about this person, who is erased; the calls go with them."""
    mine = Meeting.objects.filter(candidate=candidate)
    keys = [_key(meeting, sequence, "host") for meeting in mine for sequence in range(meeting.sequence + 1)]
    Message.objects.filter(key__in=keys).delete()


def calendar(meeting: Meeting, workspace: Workspace, *, to: Literal["person", "host"] = "person") -> str:
    """The call as a calendar file, for one side.

    Nobody is invited by themselves: a calendar ignores an invitation whose organizer is its owner. So the
    host is invited by the workspace, under the address the mail comes from, and the person by the host.
    """
    person, host = meeting.candidate, meeting.host
    invites = (host.name, host.email)
    if to == "host":
        invites = (workspace.name, sending_addresses.of(workspace).sender)
    entry = Entry(
        uid=f"meeting-{meeting.key.hex}@{settings.MAIL_DOMAIN}",
        sequence=meeting.sequence,
        title=_("%(title)s: %(person)s and %(host)s")
        % {"title": meeting.title, "person": person, "host": host.name or workspace.name},
        place=meeting.place,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        organizer=invites,
        attendees=tuple(pair for pair in ((str(person), person.email), (host.name, host.email)) if pair[1]),
        url=meeting_url(meeting),
        is_canceled=meeting.state == Meeting.State.CANCELED,
    )
    return meeting_invitations.calendar_of(entry, now=timezone.now())


def _mail(meeting: Meeting, news: News, file: str, *, to: Literal["person", "host"]) -> ServiceMail:
    person, host, is_person = meeting.candidate, meeting.host, to == "person"
    zone = meeting.time_zone if is_person else meeting.hours.time_zone
    first_name = person.first_name if is_person else host.name.partition(" ")[0]
    other = (host.name or host.email) if is_person else str(person)
    lines = [
        _("Hello %s,") % first_name if first_name else _("Hello,"),
        _(_FIRST[news]),
        f"{meeting.title}, {other}\n{meeting_invitations.when(meeting.starts_at, meeting.ends_at, zone)}"
        f"\n{meeting.place}".strip(),
    ]
    if meeting.words and not is_person:
        lines.append(f"“{meeting.words}”")
    if news != "canceled" and is_person:
        lines.append(_("Another time, or not at all: %s") % meeting_url(meeting))
    return ServiceMail(
        to_address=person.email if is_person else host.email,
        subject=_(_SUBJECTS[news]) % other,
        text="\n\n".join(lines),
        key=_key(meeting, meeting.sequence, to),
        candidate_id=person.pk if is_person else None,
        calendar=file,
    )


def _key(meeting: Meeting, sequence: int, to: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, f"{meeting.workspace_id}:{meeting.pk}:{sequence}:{to}")
