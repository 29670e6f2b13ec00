"""Mailboxes that replies land in: set up, tried, read every minute, each mail once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import events, inbound
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import ReplyMailbox, User
from crm.policies.mail_format import plain_address
from crm.providers.imap_mailboxes import Access, Mailbox, MailboxFault
from crm.queries import inbound_owners

EVERY = timedelta(minutes=1)
BATCH = 50
_SLOWER = (1, 2, 5, 15, 60)  # minutes before a mailbox that fails is tried again
_LEASE = timedelta(minutes=5)


class UnusableMailbox(DomainError):
    """Something about the mailbox is missing or has the wrong shape."""

    code = "invalid"
    status = 400


@transaction.atomic
def keep(*, given: Mapping[str, Any], owner: User | None, by: User) -> ReplyMailbox:
    """Store how a mailbox is reached and read it from now on. A blank password stays as it was.

    Another server, folder or name is another mailbox: what it holds already is not taken for new.
    """
    address = plain_address(str(given["address"])).lower()
    if not address:
        raise UnusableMailbox(fields={"address": "An e-mail address is needed."})
    mailbox = ReplyMailbox.objects.select_for_update().filter(owner=owner).first() or ReplyMailbox(
        owner=owner
    )
    if not given.get("password") and mailbox.pk is None:
        raise UnusableMailbox(fields={"password": "This is needed."})
    before = (mailbox.host, mailbox.username, mailbox.folder)
    for name in ("host", "port", "security", "username", "folder", "takes_plus"):
        setattr(mailbox, name, given[name])
    if given.get("password"):
        mailbox.password = given["password"]
    if before != (mailbox.host, mailbox.username, mailbox.folder):
        mailbox.uid_validity, mailbox.last_uid = None, 0
    mailbox.address, mailbox.failure, mailbox.failures = address, "", 0
    mailbox.due_at = timezone.now()
    mailbox.save()
    events.record("reply_mailbox.changed", by=by, data={"mailbox": mailbox.pk})
    enqueue("crm.read_mailboxes")
    return mailbox


@transaction.atomic
def switch(*, mailbox: ReplyMailbox, by: User) -> bool:
    """Read it or stop reading it; returns whether it is read from now on."""
    is_on = mailbox.due_at is None
    ReplyMailbox.objects.filter(pk=mailbox.pk).update(due_at=timezone.now() if is_on else None, failures=0)
    events.record("reply_mailbox.switched", by=by, data={"mailbox": mailbox.pk, "on": is_on})
    if is_on:
        enqueue("crm.read_mailboxes")
    return is_on


@transaction.atomic
def remove(*, mailbox: ReplyMailbox, by: User) -> None:
    """Forget the mailbox and its password; the mails it brought stay."""
    events.record("reply_mailbox.removed", by=by, data={"mailbox": mailbox.pk})
    ReplyMailbox.objects.filter(pk=mailbox.pk).delete()


def read_due(*, workspace_id: int) -> int:
    """Read every mailbox that is due; returns how many mails it took. Call it outside any scope."""
    taken = 0
    while mailbox := _next(workspace_id):
        taken += _read(workspace_id, mailbox)
    return taken


def _next(workspace_id: int) -> ReplyMailbox | None:
    """The longest waiting mailbox, put off so that nobody else reads it at the same time."""
    with workspace_scope(workspace_id):
        now = timezone.now()
        due = ReplyMailbox.objects.filter(due_at__lte=now).select_for_update(skip_locked=True)
        mailbox = due.order_by("due_at").first()
        if mailbox is not None:
            ReplyMailbox.objects.filter(pk=mailbox.pk).update(due_at=now + _LEASE)
        return mailbox


def _read(workspace_id: int, mailbox: ReplyMailbox) -> int:
    try:
        taken, is_more = _fetch(workspace_id, mailbox)
    except MailboxFault as fault:
        pause = timedelta(minutes=_SLOWER[min(mailbox.failures, len(_SLOWER) - 1)])
        _note(workspace_id, mailbox, pause, failure=str(fault), failures=mailbox.failures + 1)
        return 0
    pause = timedelta() if is_more else EVERY
    _note(workspace_id, mailbox, pause, failure="", failures=0, read_at=timezone.now())
    return taken


def _fetch(workspace_id: int, mailbox: ReplyMailbox) -> tuple[int, bool]:
    """Take the next mails in; how many were taken, and whether there are more.

    The place is kept after each mail has been stored, so a worker that dies repeats one at most; the same
    mail twice is one row.
    """
    with Mailbox(_access(mailbox)) as box:
        if mailbox.uid_validity != box.uid_validity:
            # A mailbox we never saw, or one that was renumbered: what is in it is not news to anybody.
            known = mailbox.uid_validity is not None
            last = 0 if known else box.last_uid()
            _place(workspace_id, mailbox, box.uid_validity, last)
            if not known:
                return 0, False
        uids = box.uids_after(mailbox.last_uid)
        wanted = _wanted(workspace_id, box, uids[:BATCH])
        taken = 0
        for uid in uids[:BATCH]:
            raw = box.whole(uid) if uid in wanted else b""
            more = _keep(workspace_id, raw, wanted[uid]) if raw else 0
            _place(workspace_id, mailbox, box.uid_validity, uid, more=more)
            taken += more
        return taken, len(uids) > BATCH


def _wanted(workspace_id: int, box: Mailbox, uids: list[int]) -> dict[int, str | None]:
    """Which of these mails are about somebody here, by their headers. The rest of a mailbox is private."""
    if not uids:
        return {}
    heads = dict(box.heads(uids))
    with workspace_scope(workspace_id):
        return inbound_owners.ours_among(heads)


def _keep(workspace_id: int, raw: bytes, recipient: str | None) -> int:
    """Store the mail; a bounce of mail that is not ours is looked at and forgotten."""
    with workspace_scope(workspace_id):
        if recipient is None and not inbound_owners.is_about_ours(raw):
            return 0
        inbound.keep_here(raw=raw, recipient=recipient or "")
        return 1


def _place(workspace_id: int, mailbox: ReplyMailbox, validity: int, uid: int, *, more: int = 0) -> None:
    mailbox.uid_validity, mailbox.last_uid, mailbox.taken = validity, uid, mailbox.taken + more
    with workspace_scope(workspace_id):
        ReplyMailbox.objects.filter(pk=mailbox.pk).update(
            uid_validity=validity, last_uid=uid, taken=mailbox.taken
        )


def _note(workspace_id: int, mailbox: ReplyMailbox, pause: timedelta, **changes: Any) -> None:
    with workspace_scope(workspace_id):
        # Whoever switched it off meanwhile is not overruled.
        reading = ReplyMailbox.objects.filter(pk=mailbox.pk).exclude(due_at=None)
        reading.update(due_at=timezone.now() + pause, **changes)


def _access(mailbox: ReplyMailbox) -> Access:
    return Access(
        mailbox.host, mailbox.port, mailbox.security, mailbox.username, str(mailbox.password), mailbox.folder
    )
