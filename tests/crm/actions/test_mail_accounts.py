import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

import pytest

from crm.actions import deliveries, mail_accounts, messages
from crm.kernel.tenancy import workspace_scope
from crm.models import Event, MailAccount, Message, User, Workspace
from crm.policies.mail_services import SERVICES
from tests.factories import CandidateFactory, ConsentFactory
from tests.fakes.mail_server import mail_server
from tests.fakes.mail_services import Services, mail_services

pytestmark = pytest.mark.django_db(transaction=True)

SENDERS = {"from_address": "Talent@Acme.example", "reply_domain": "reply.acme.example"}
KEYS = {
    "access_key_id": "AKIA0", "secret_access_key": "s3cr3t-ses", "region": "eu-west-1",
    "api_key": "s3cr3t-key",
    "secret_key": "s3cr3t-2", "server_token": "s3cr3t-pm", "signing_secret": "whsec_c2VjcmV0",
    "webhook_signing_key": "s3cr3t-wh", "sender_domain": "mg.acme.example",
}  # fmt: skip


@pytest.fixture
def services(settings: Any) -> Iterator[Services]:
    settings.ALLOW_PRIVATE_HOSTS = True
    with mail_services() as found:
        yield found


def account(workspace: Workspace, by: User, kind: str, **more: str) -> MailAccount:
    names = {option.name for option in SERVICES[kind].options}
    given = {name: text for name, text in KEYS.items() if name in names} | more
    with workspace_scope(workspace.pk):
        made = mail_accounts.keep(kind=kind, given=given, senders=SENDERS, by=by)
        MailAccount.objects.update(in_use_at=made.created_at)
    return made


def queued(workspace: Workspace) -> Message:
    with workspace_scope(workspace.pk):
        bo = CandidateFactory.create(first_name="Bo", email="bo@people.example", consent="granted")
        ConsentFactory.create(candidate=bo)
        draft = messages.NewMessage(bo.pk, bo.email, "A word", body_text="See https://acme.example/jobs")
        return messages.queue_many([draft])[0]


def now_of(workspace: Workspace, message: Message) -> Message:
    with workspace_scope(workspace.pk):
        return Message.objects.get(pk=message.pk)


def _readable(kind: str, body: bytes) -> str:
    if kind != "amazon_ses":
        return unquote_plus(body.decode())
    return base64.b64decode(json.loads(body)["Content"]["Raw"]["Data"]).decode()


INACTIVE = (
    "You tried to send to recipients that have been marked as inactive.\n"
    "Found inactive addresses: bo@people.example.\n"
    "Inactive recipients are ones that have generated a hard bounce or a spam complaint."
)
HTTP = ("amazon_ses", "brevo", "mailgun", "mailjet", "postmark", "resend", "sendgrid", "sparkpost")


def test_each_service_gets_the_whole_mail_for_one_recipient(
    workspace: Workspace, grace: User, services: Services
) -> None:
    for kind in HTTP:
        account(workspace, grace, kind, api_url=services.url)
        message = queued(workspace)
        tally = deliveries.deliver_due(workspace_id=workspace.pk)
        assert tally.accepted == 1, kind
        path, headers, body = services.posts[-1]
        told = f"{path} {headers} {_readable(kind, body)}"
        key = f"{message.key.hex}.{workspace.pk}"
        assert key in told, kind  # in the metadata, so that events name the message
        for part in ("talent@acme.example", "bo@people.example", "List-Unsubscribe=One-Click", "reply.acme"):
            assert part in told.replace("=\n", ""), (kind, part)
        assert now_of(workspace, message).state == "sent", kind
        assert now_of(workspace, message).provider_id, kind
        with workspace_scope(workspace.pk):
            Message.objects.all().delete()
    assert len(services.posts) == len(HTTP)


def test_what_a_service_answers_decides_whether_the_mail_may_be_tried_again(
    workspace: Workspace, grace: User, services: Services
) -> None:
    account(workspace, grace, "postmark", api_url=services.url)
    cases: list[tuple[Any, str]] = [
        ("hang up", "unknown"),
        ((500, "oops"), "unknown"),
        ((200, "no json"), "unknown"),
        ((429, {"Message": "slow"}), "queued"),
        ((401, {"Message": "Bad token"}), "queued"),
        ((422, {"ErrorCode": 406, "Message": INACTIVE}), "failed"),
        ((302, ""), "unknown"),
    ]
    for answer, state in cases:
        services.answer = answer
        message = queued(workspace)
        deliveries.deliver_due(workspace_id=workspace.pk)
        after = now_of(workspace, message)
        assert after.state == state, (answer, after.failure)
        assert "s3cr3t" not in after.failure
        with workspace_scope(workspace.pk):
            Message.objects.all().delete()


def test_an_unreachable_service_puts_the_mail_off(workspace: Workspace, grace: User, settings: Any) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    account(workspace, grace, "sendgrid", api_url="http://127.0.0.1:9/")
    message = queued(workspace)
    assert deliveries.deliver_due(workspace_id=workspace.pk).retried == 1
    assert now_of(workspace, message).state == "queued"


def test_repeated_sends_are_recognized_where_the_service_can(
    workspace: Workspace, grace: User, services: Services
) -> None:
    account(workspace, grace, "resend", api_url=services.url)
    message = queued(workspace)
    deliveries.deliver_due(workspace_id=workspace.pk)
    assert services.posts[0][1]["idempotency-key"] == f"{message.key.hex}.{workspace.pk}"


def test_an_smtp_account_takes_the_mail_and_inside_addresses_are_refused(
    workspace: Workspace, grace: User, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    with mail_server() as server:
        where = {"host": "127.0.0.1", "port": str(server.port), "security": "none"}
        account(workspace, grace, "smtp", **where)
        message = queued(workspace)
        assert deliveries.deliver_due(workspace_id=workspace.pk).accepted == 1
        assert server.mails[0]["From"] == "Acme <talent@acme.example>"
        assert server.mails[0]["Reply-To"].endswith("@reply.acme.example")
        assert server.mails[0]["Message-ID"] == message.rfc_message_id
        settings.ALLOW_PRIVATE_HOSTS = False
        queued(workspace)
        assert deliveries.deliver_due(workspace_id=workspace.pk).retried == 1
        assert len(server.mails) == 1


def test_secrets_are_encrypted_kept_when_blank_and_out_of_the_log(workspace: Workspace, grace: User) -> None:
    account(workspace, grace, "postmark")
    with workspace_scope(workspace.pk):
        kept = mail_accounts.keep(kind="postmark", given={"server_token": ""}, senders=SENDERS, by=grace)
        assert MailAccount.objects.get().credentials == {"server_token": "s3cr3t-pm"}
        assert "s3cr3t" not in str(list(MailAccount.objects.values("settings", "test", "domain")))
        raw = MailAccount.objects.raw(
            "SELECT id, credentials || '' AS sealed FROM crm_mailaccount WHERE workspace_id = %s",
            [workspace.pk],
        )
        assert "s3cr3t" not in vars(raw[0])["sealed"]
        assert "s3cr3t" not in str(list(Event.objects.values_list("data", flat=True)))
        with pytest.raises(mail_accounts.NotTried):
            mail_accounts.put_into_use(account=kept, by=grace, now=kept.created_at)
        MailAccount.objects.update(test={"ok": True})
        with pytest.raises(mail_accounts.DomainNotReady):
            mail_accounts.put_into_use(account=kept, by=grace, now=kept.created_at)
        MailAccount.objects.update(domain={"ok": True})
        mail_accounts.put_into_use(account=kept, by=grace, now=kept.created_at)
        assert mail_accounts.connection_here() is not None
        mail_accounts.take_out_of_use(account=kept, by=grace)
        assert mail_accounts.connection_here() is None


@pytest.mark.parametrize(
    ("given", "senders", "field"),
    [
        ({}, SENDERS, "server_token"),
        ({"server_token": "t"}, {"from_address": "nobody"}, "from_address"),
        ({"server_token": "t"}, {"from_address": "acme@gmail.com"}, "from_address"),
        ({"server_token": "t", "api_url": "http://inside/"}, SENDERS, "api_url"),
    ],
)
def test_an_unusable_account_is_refused_field_by_field(
    scope: Workspace, grace: User, given: dict[str, str], senders: dict[str, str], field: str
) -> None:
    with pytest.raises(mail_accounts.UnusableAccount) as refused:
        mail_accounts.keep(kind="postmark", given=given, senders=senders, by=grace)
    assert list(refused.value.fields) == [field]
    assert not MailAccount.objects.exists()


def test_the_test_mail_says_what_the_service_said(
    workspace: Workspace, grace: User, services: Services
) -> None:
    account(workspace, grace, "postmark", api_url=services.url)
    mail_accounts.send_test(workspace_id=workspace.pk, user_id=grace.pk)
    with workspace_scope(workspace.pk):
        assert MailAccount.objects.get().test["ok"] is True
    services.answer = (422, {"ErrorCode": 400, "Message": "Sender signature not found"})
    mail_accounts.send_test(workspace_id=workspace.pk, user_id=grace.pk)
    with workspace_scope(workspace.pk):
        test = MailAccount.objects.get().test
        assert (test["ok"], test["code"]) == (False, 422)
        assert "Sender signature not found" in test["said"]
