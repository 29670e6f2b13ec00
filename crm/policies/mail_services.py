"""The services a workspace can send through with an account of its own, and SMTP for all others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.policies.account_options import Option

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Service:
    """What we ask for, what of django-anymail speaks to it, and what its DNS records look like.

    `spf` is the host its SPF record includes; `selectors` are where its DKIM keys usually stand. `tracking`
    and `inbound` name the classes that read its webhooks; `signed_by` is the option that signs them.
    """

    kind: str
    name: str
    options: tuple[Option, ...]
    how_to: str
    module: str = ""
    arguments: Callable[[Values], dict[str, Any]] = dict
    spf: str = ""
    selectors: tuple[str, ...] = ()
    tracking: str = ""
    inbound: str = ""
    signed_by: str = ""
    takes_message_id: bool = False

    @property
    def is_smtp(self) -> bool:
        return not self.module

    def lacking(self, given: Values) -> list[str]:
        """Required options that were left out."""
        return [option.name for option in self.options if option.is_required and not given.get(option.name)]


def _secret(name: str, label: str, help_: str = "", *, needed: bool = True) -> Option:
    return Option(name, label, help_, is_secret=True, is_required=needed)


def _region(*choices: tuple[str, str]) -> Option:
    return Option("api_url", "Region", choices=choices)


def _plain(*names: str) -> Callable[[Values], dict[str, Any]]:
    """The anymail arguments that are called as our options are."""
    return lambda given: {name: given[name] for name in (*names, "api_url") if given.get(name)}


def _amazon(given: Values) -> dict[str, Any]:
    session = {
        "aws_access_key_id": given["access_key_id"],
        "aws_secret_access_key": given["secret_access_key"],
        "region_name": given["region"],
    }
    # No retries inside the library: a send that may have been taken must never be tried again blindly.
    config = {"connect_timeout": 5, "read_timeout": 20, "retries": {"total_max_attempts": 1}}
    client: dict[str, Any] = {"config": config}
    if given.get("api_url"):
        client["endpoint_url"] = given["api_url"]
    arguments: dict[str, Any] = {"session_params": session, "client_params": client}
    if given.get("configuration_set"):
        arguments["configuration_set_name"] = given["configuration_set"]
    return arguments


_AMAZON_REGIONS = tuple(
    (name, name)
    for name in (
        "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-central-1",
        "eu-central-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-south-1", "ap-south-1",
        "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2", "af-south-1", "me-south-1",
        "il-central-1",
    )
)  # fmt: skip
SMTP = Service(
    "smtp",
    "SMTP server",
    (
        Option("host", "Server", "Such as smtp.example.com.", is_required=True),
        Option("port", "Port", "587 with STARTTLS, 465 with TLS.", is_number=True, is_required=True),
        Option(
            "security",
            "Encryption",
            choices=(("starttls", "STARTTLS"), ("tls", "TLS"), ("none", "None (own network only)")),
            is_required=True,
        ),
        Option("username", "User name"),
        _secret("password", "Password", needed=False),
    ),
    "Any server that takes your mail: Microsoft 365, Google Workspace, your own.",
    takes_message_id=True,
)
SERVICES: dict[str, Service] = {
    service.kind: service
    for service in (
        Service(
            "amazon_ses",
            "Amazon SES",
            (
                Option(
                    "access_key_id",
                    "Access key ID",
                    "Of an IAM user who may ses:SendEmail.",
                    is_required=True,
                ),
                _secret("secret_access_key", "Secret access key"),
                Option("region", "Region", choices=_AMAZON_REGIONS, is_required=True),
                Option(
                    "configuration_set",
                    "Configuration set",
                    "The one that publishes events to SNS.",
                ),
            ),
            "Verify the domain in SES; let a configuration set publish its events to an SNS topic.",
            "amazon_ses",
            _amazon,
            "amazonses.com",
            tracking="AmazonSESTrackingWebhookView",
            inbound="AmazonSESInboundWebhookView",
        ),
        Service(
            "brevo",
            "Brevo",
            (_secret("api_key", "API key", "SMTP & API → API keys."),),
            "Add the domain under Senders & IPs → Domains.",
            "brevo",
            _plain("api_key"),
            "spf.brevo.com",
            ("mail", "brevo1", "brevo2"),
            "BrevoTrackingWebhookView",
            "BrevoInboundWebhookView",
        ),
        Service(
            "mailersend",
            "MailerSend",
            (
                _secret("api_token", "API token"),
                _secret("signing_secret", "Webhook signing secret", "MailerSend shows it with the webhook."),
            ),
            "Verify the domain in MailerSend.",
            "mailersend",
            _plain("api_token"),
            "_spf.mailersend.net",
            ("mlsend", "mlsend2"),
            "MailerSendTrackingWebhookView",
            "MailerSendInboundWebhookView",
            "signing_secret",
        ),
        Service(
            "mailgun",
            "Mailgun",
            (
                _secret("api_key", "Sending API key"),
                _secret("webhook_signing_key", "HTTP webhook signing key", "API security → webhook signing."),
                Option("sender_domain", "Mailgun domain", "When it is not the domain of From."),
                _region(("https://api.mailgun.net/v3", "US"), ("https://api.eu.mailgun.net/v3", "EU")),
            ),
            "Add the domain in Mailgun and its DNS records at your registrar.",
            "mailgun",
            _plain("api_key", "sender_domain"),
            "mailgun.org",
            ("mx", "smtp", "k1", "pic", "mta", "pdk1", "pdk2"),
            "MailgunTrackingWebhookView",
            "MailgunInboundWebhookView",
            "webhook_signing_key",
            takes_message_id=True,
        ),
        Service(
            "mailjet",
            "Mailjet",
            (_secret("api_key", "API key"), _secret("secret_key", "Secret key")),
            "Add and validate the domain under Sender domains & addresses.",
            "mailjet",
            _plain("api_key", "secret_key"),
            "spf.mailjet.com",
            ("mailjet",),
            "MailjetTrackingWebhookView",
            "MailjetInboundWebhookView",
        ),
        Service(
            "postmark",
            "Postmark",
            (
                _secret("server_token", "Server API token"),
                Option("message_stream", "Message stream", "Blank: the default stream."),
            ),
            "Use a broadcast stream for journeys and newsletters.",
            "postmark",
            _plain("server_token", "message_stream"),
            "spf.mtasv.net",
            ("pm", "pm-bounces"),
            "PostmarkTrackingWebhookView",
            "PostmarkInboundWebhookView",
        ),
        Service(
            "resend",
            "Resend",
            (
                _secret("api_key", "API key"),
                _secret("signing_secret", "Webhook signing secret", "Begins with whsec_."),
            ),
            "Add the domain in Resend. Repeated sends are refused by its idempotency key.",
            "resend",
            _plain("api_key"),
            "amazonses.com",
            ("resend",),
            "ResendTrackingWebhookView",
            "ResendInboundWebhookView",
            "signing_secret",
            takes_message_id=True,
        ),
        Service(
            "sendgrid",
            "SendGrid",
            (
                _secret("api_key", "API key", "With the right Mail Send."),
                _secret(
                    "verification_key",
                    "Event Webhook verification key",
                    "Signed Event Webhook → public key.",
                    needed=False,
                ),
                _region(
                    ("https://api.sendgrid.com/v3/", "Global"), ("https://api.eu.sendgrid.com/v3/", "EU")
                ),
            ),
            "Authenticate the domain in SendGrid; switch the Event Webhook on.",
            "sendgrid",
            _plain("api_key"),
            "sendgrid.net",
            ("s1", "s2"),
            "SendGridTrackingWebhookView",
            "SendGridInboundWebhookView",
        ),
        Service(
            "sparkpost",
            "SparkPost",
            (
                _secret("api_key", "API key"),
                Option("subaccount", "Subaccount", is_number=True),
                _region(
                    ("https://api.sparkpost.com/api/v1/", "US"),
                    ("https://api.eu.sparkpost.com/api/v1/", "EU"),
                ),
            ),
            "Verify the sending domain in SparkPost.",
            "sparkpost",
            _plain("api_key", "subaccount"),
            "sparkpostmail.com",
            (),
            "SparkPostTrackingWebhookView",
            "SparkPostInboundWebhookView",
        ),
        SMTP,
    )
}


def service(kind: str) -> Service:
    """The service of that name; KeyError for one nobody wrote."""
    return SERVICES[kind]
