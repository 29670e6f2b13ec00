"""How the workspace's mail leaves, whether receivers believe it, and how it went these last days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from crm.kernel.tenancy import current_workspace_id
from crm.models import Event, MailAccount, Message, Workspace
from crm.policies.mail_health import Health, Limits, health_of
from crm.policies.mail_services import SERVICES, Service

_WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """The account, if there is one, and what is known of it."""

    account: MailAccount | None
    service: Service | None
    sender: str
    findings: tuple[dict[str, Any], ...] = ()
    events_url: str = ""
    inbound_url: str = ""

    @property
    def is_in_use(self) -> bool:
        return self.account is not None and self.account.in_use_at is not None

    @property
    def is_waiting(self) -> bool:
        """A worker is at it; the page asks again."""
        if self.account is None:
            return False
        return bool(self.account.domain.get("checking") or self.account.test.get("sending"))

    @property
    def is_believed(self) -> bool:
        return self.account is None or bool(self.account.domain.get("ok"))

    @property
    def troubles(self) -> list[dict[str, Any]]:
        """What stands between this sender and inboxes."""
        return [finding for finding in self.findings if finding["standing"] == "bad"]


def standing(workspace: Workspace) -> Standing:
    """One statement."""
    account = MailAccount.objects.first()
    default = f"{workspace.slug}@{settings.MAIL_DOMAIN}"
    if account is None:
        return Standing(None, None, default)
    service = SERVICES[account.kind]
    hooks = [current_workspace_id(), account.hook_key]
    return Standing(
        account,
        service,
        account.from_address if account.in_use_at else default,
        tuple(account.domain.get("findings", ())),
        f"{settings.BASE_URL}{reverse('provider_events', args=hooks)}" if service.tracking else "",
        f"{settings.BASE_URL}{reverse('provider_mail', args=hooks)}" if service.inbound else "",
    )


def health(*, now: datetime) -> Health:
    """Bounces and complaints among what left in the last seven days, or since it was let go on."""
    here = Workspace.objects.get(pk=current_workspace_id())
    since = max(now - _WINDOW, here.sending_resumed_at or now - _WINDOW)
    sent = Message.objects.filter(direction=Message.Direction.OUT, sent_at__gte=since)
    told = Event.objects.filter(
        kind__in=("message.bounced", "message.complained"), occurred_at__gte=since
    ).aggregate(
        bounced=Count("pk", filter=Q(kind="message.bounced")),
        complained=Count("pk", filter=Q(kind="message.complained")),
    )
    limits = Limits(here.bounce_stop_percent, here.complaint_stop_percent)
    return health_of(sent=sent.count(), bounced=told["bounced"], complained=told["complained"], limits=limits)
