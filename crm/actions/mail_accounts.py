"""The workspace's own way out for mail: set up, tried, put into use, given up."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings as conf
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import MailAccount, User, Workspace
from crm.policies.mail_format import plain_address
from crm.policies.mail_services import Service, service
from crm.policies.sender_domains import FREE_MAIL
from crm.policies.sending import Verdict
from crm.providers import mail_connections
from crm.providers.courier import Courier


class UnusableAccount(DomainError):
    """Something about the account is missing or has the wrong shape."""

    code = "invalid"
    status = 400


class NotTried(DomainError):
    """Send yourself a test first: it did not arrive yet, or something changed since."""


class DomainNotReady(DomainError):
    """The name servers do not vouch for this sender yet."""


@transaction.atomic
def keep(*, kind: str, given: Mapping[str, str], senders: Mapping[str, str], by: User) -> MailAccount:
    """Store how mail shall leave. Blank secrets stay as they were; whatever changes has to be tried anew.

    `given` are the service's options, `senders` from_address, reply_domain and dkim_selectors.
    """
    account = MailAccount.objects.select_for_update().first() or MailAccount(
        hook_key=secrets.token_urlsafe(24)
    )
    wanted = service(kind)
    hidden = {option.name for option in wanted.options if option.is_secret}
    held = dict(account.credentials or {}) if account.kind == kind else {}
    kept = held | {name: given[name] for name in hidden if given.get(name)}
    open_ = {name: text for name, text in given.items() if name not in hidden and text}
    _demand_usable(wanted, {**open_, **kept}, senders)
    account.kind, account.settings, account.credentials = kind, open_, kept
    account.from_address = plain_address(senders["from_address"]).lower()
    account.reply_domain = senders.get("reply_domain", "").lower()
    account.dkim_selectors = senders.get("dkim_selectors", "")
    account.test, account.domain, account.domain_checked_at = {}, {}, None
    account.in_use_at, account.changed_by = None, by
    account.save()
    events.record("mail_account.changed", by=by, data={"kind": kind})
    begin_check(account=account)
    return account


@transaction.atomic
def begin_check(*, account: MailAccount) -> None:
    """Have a worker ask the name servers about the sender's domain."""
    MailAccount.objects.filter(pk=account.pk).update(domain={**account.domain, "checking": True})
    enqueue("crm.check_mail_domain")


@transaction.atomic
def begin_test(*, account: MailAccount, by: User) -> None:
    """Have a worker send a test mail to whoever asks for it."""
    test = {"sending": True, "to": by.email}
    MailAccount.objects.filter(pk=account.pk).update(test=test)
    enqueue("crm.send_test_mail", user_id=by.pk)


def send_test(*, workspace_id: int, user_id: int) -> None:
    """Send the test mail through the account and keep what the service said. Call it outside any scope."""
    with workspace_scope(workspace_id):
        account = MailAccount.objects.first()
        if account is None:
            return
        connection = _connection(account)
        mail = _test_mail(account, User.objects.get(pk=user_id), Workspace.objects.get(pk=workspace_id))
    with Courier(connection) as courier:
        answer = courier.reach() or courier.send(mail)
    verdict = {
        "ok": answer.verdict == Verdict.ACCEPTED,
        "to": mail.to[0],
        "code": answer.code,
        "said": answer.text,
        "at": timezone.now().isoformat(),
    }
    with workspace_scope(workspace_id):
        MailAccount.objects.filter(pk=account.pk).update(test=verdict)


@transaction.atomic
def put_into_use(*, account: MailAccount, by: User, now: datetime) -> None:
    """From now on all mail to candidates leaves this way. Refuses an account that was not tried, or a domain
    that receivers would not believe."""
    locked = MailAccount.objects.select_for_update().get(pk=account.pk)
    if not locked.test.get("ok"):
        raise NotTried
    if not locked.domain.get("ok"):
        raise DomainNotReady
    MailAccount.objects.filter(pk=locked.pk).update(in_use_at=now)
    events.record("mail_account.put_into_use", by=by, data={"kind": locked.kind})


@transaction.atomic
def take_out_of_use(*, account: MailAccount, by: User) -> None:
    """Mail leaves the operator's way again; the account stays as it is. Twice is once."""
    if MailAccount.objects.filter(pk=account.pk).exclude(in_use_at=None).update(in_use_at=None):
        events.record("mail_account.taken_out_of_use", by=by, data={"kind": account.kind})


@transaction.atomic
def remove(*, account: MailAccount, by: User) -> None:
    """Forget the account and its keys."""
    events.record("mail_account.removed", by=by, data={"kind": account.kind})
    MailAccount.objects.filter(pk=account.pk).delete()


def connection_here() -> Any:
    """The mail connection of the workspace in scope; None when mail leaves the operator's way."""
    account = MailAccount.objects.exclude(in_use_at=None).first()
    return _connection(account) if account else None


def _connection(account: MailAccount) -> Any:
    return mail_connections.connect(service(account.kind), values_of(account))


def values_of(account: MailAccount) -> dict[str, str]:
    """The account's options, secrets among them: never to be shown or logged."""
    return {**account.settings, **(account.credentials or {})}


def _test_mail(account: MailAccount, user: User, workspace: Workspace) -> EmailMultiAlternatives:
    name = service(account.kind).name
    text = f"This is the test you asked for. It left through {name} as {account.from_address}."
    mail = EmailMultiAlternatives(f"A test from {workspace.name}", text, account.from_address, [user.email])
    mail.attach_alternative(f"<p>{text}</p>", "text/html")
    mail.extra_headers = {}
    return mail


def _demand_usable(wanted: Service, given: Mapping[str, str], senders: Mapping[str, str]) -> None:
    faults = dict.fromkeys(wanted.lacking(given), "This is needed.")
    for option in wanted.options:
        text = given.get(option.name, "")
        if text and option.is_number and not (text.isascii() and text.isdigit() and int(text) < 65_536):
            faults[option.name] = "A number is needed."
    address = given.get("api_url", "")
    if address and not address.startswith(_schemes()):
        faults["api_url"] = "An address that begins with https:// is needed."
    sender = plain_address(senders.get("from_address", ""))
    if not sender:
        faults["from_address"] = "An e-mail address is needed."
    elif sender.rpartition("@")[2].lower() in FREE_MAIL:
        faults["from_address"] = "Free mail services do not let others send for them. Use your own domain."
    if faults:
        raise UnusableAccount(fields=faults)


def _schemes() -> tuple[str, ...]:
    return ("https://", "http://") if conf.ALLOW_PRIVATE_HOSTS else ("https://",)
