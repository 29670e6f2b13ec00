"""Mail that comes in: stored raw before anybody reads it, then read once and matched to its person."""

import hashlib
import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crm.actions import delivery_events, unsubscribes
from crm.actions.delivery_events import Report
from crm.actions.replies import keep
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import NoWorkspace, current_workspace_id, workspace_scope
from crm.models import Candidate, InboundMail, MailAccount, Message, Workspace
from crm.policies import automatic_mail, received_mail, reply_matching
from crm.policies.received_mail import ReceivedMail
from crm.policies.reply_matching import Address
from crm.policies.tokens import Purpose

MOST_ATTEMPTS = 5
log = logging.getLogger(__name__)


def receive(*, raw: bytes, recipient: str = "") -> InboundMail | None:
    """Store a mail in the workspace it is for, to be read in a moment; None when it is for none of them.

    The same mail twice is one row. Opens its own scope.
    """
    workspace_id = _workspace_of(received_mail.parse_headers(raw), recipient)
    if workspace_id is None:
        return None
    with workspace_scope(workspace_id):
        return keep_here(raw=raw, recipient=recipient)


def keep_here(*, raw: bytes, recipient: str = "") -> InboundMail:
    """Store a mail that came by the workspace's own provider or mailbox. The same mail twice is one row."""
    mail, _ = InboundMail.objects.get_or_create(
        digest=hashlib.sha256(raw).hexdigest(), defaults={"raw": raw, "recipient": recipient[:400]}
    )
    enqueue("crm.read_inbound")
    return mail


def read_waiting(*, workspace_id: int) -> int:
    """Read every mail waiting in this workspace; returns how many. Call it outside any scope.

    A mail is counted as tried before it is read, so one that kills its worker is left alone after a few.
    """
    count = 0
    while mail_id := _next(workspace_id):
        try:
            with workspace_scope(workspace_id):
                _read(mail_id)
        except Exception:
            log.exception("An incoming mail could not be read", extra={"inbound_mail": mail_id})
            with workspace_scope(workspace_id):
                InboundMail.objects.filter(pk=mail_id).update(failure="It could not be read; see the log.")
        count += 1
    return count


def _next(workspace_id: int) -> int | None:
    with workspace_scope(workspace_id):
        waiting = InboundMail.objects.filter(read_at=None, attempts__lt=MOST_ATTEMPTS).defer("raw")
        mail = waiting.select_for_update(skip_locked=True).order_by("attempts", "pk").first()
        if mail is None:
            return None
        InboundMail.objects.filter(pk=mail.pk).update(attempts=mail.attempts + 1)
        return mail.pk


@transaction.atomic
def _read(mail_id: int) -> None:
    mail = InboundMail.objects.select_for_update().get(pk=mail_id)
    if mail.read_at:
        return
    received = received_mail.parse(bytes(mail.raw))
    recipients = (mail.recipient, *received.recipients)
    addresses = [a for r in recipients if (a := reply_matching.address_of(r, domains=_domains()))]
    _act_on(received, addresses, mail)
    InboundMail.objects.filter(pk=mail.pk).update(read_at=timezone.now(), failure="")


def _act_on(received: ReceivedMail, addresses: list[Address], mail: InboundMail) -> None:
    nature = automatic_mail.nature_of(received)
    stop = next((a.ids for a in addresses if a.purpose == Purpose.STOP), None)
    message, how = _match(received, addresses)
    if nature.kind in ("bounce", "complaint"):
        _tell(received, message, nature.kind)
    elif stop and stop[0] == mail.workspace_id:
        candidate = Candidate.objects.filter(pk=stop[1]).first()
        if candidate:
            unsubscribes.stop_everything(candidate=candidate, channel="mail")
    else:
        kept = keep(received=received, answers=message, how=how, nature=nature, at=mail.received_at)
        _belongs_to(mail, kept.candidate_id if kept else None)


def _belongs_to(mail: InboundMail, candidate_id: int | None) -> None:
    """Whoever is forgotten takes the raw mail along."""
    InboundMail.objects.filter(pk=mail.pk).update(candidate_id=candidate_id)


def _tell(received: ReceivedMail, message: Message | None, kind: str) -> None:
    if message is None:
        return
    if kind == "complaint":
        delivery_events.apply(message=message, report=Report("", "complained"))
        return
    bounce = automatic_mail.bounce_of(received)
    if bounce.is_final or bounce.is_hard:
        report = Report("", "bounced", reason=bounce.status or "Returned.", is_hard=bounce.is_hard)
        delivery_events.apply(message=message, report=report)


def _match(received: ReceivedMail, addresses: list[Address]) -> tuple[Message | None, str]:
    """Our message that this mail answers, and how that was found: the code first, then what it refers to."""
    workspace_id = current_workspace_id()
    for address in addresses:
        if address.purpose == Purpose.REPLY and address.ids[0] == workspace_id:
            message = Message.objects.select_related("candidate").filter(pk=address.ids[1]).first()
            if message:
                return message, "token"
    original = automatic_mail.bounce_of(received).original_id if received.status_parts else ""
    references = (*received.references, original)
    for key, owner in reply_matching.ours_in(references, domain=settings.MAIL_DOMAIN):
        message = Message.objects.select_related("candidate").filter(key=key).first()
        if owner == workspace_id and message:
            return message, "references"
    return None, ""


def _workspace_of(received: ReceivedMail, recipient: str) -> int | None:
    names = []
    for given in (recipient, *received.recipients):
        address = reply_matching.address_of(given, domains=_domains())
        if address and address.ids:
            return _existing(address.ids[0])
        if address:
            names.append(address.name)
    for _key, workspace_id in reply_matching.ours_in(received.references, domain=settings.MAIL_DOMAIN):
        return _existing(workspace_id)
    return Workspace.objects.filter(slug__in=names).values_list("pk", flat=True).first()


def _existing(workspace_id: int) -> int | None:
    return Workspace.objects.filter(pk=workspace_id).values_list("pk", flat=True).first()


def _domains() -> tuple[str, ...]:
    """Where mail comes to us; inside a scope the workspace's own domain of replies as well."""
    try:
        workspace_id = current_workspace_id()
    except NoWorkspace:
        return settings.INBOUND_DOMAIN, settings.MAIL_DOMAIN
    own = MailAccount.objects.filter(workspace_id=workspace_id).values_list("reply_domain", flat=True)
    return settings.INBOUND_DOMAIN, settings.MAIL_DOMAIN, *filter(None, own)
