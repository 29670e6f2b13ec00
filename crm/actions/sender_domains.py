"""Asking the name servers whether receivers will believe our From."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import MailAccount
from crm.policies import sender_domains
from crm.policies.mail_services import service
from crm.policies.sender_domains import Sender
from crm.providers.name_servers import NoAnswer, TextRecords


def check(*, workspace_id: int) -> None:
    """Read SPF, DKIM and DMARC of the account's domain and keep the verdict. Call it outside any scope.

    When the name servers are silent the last verdict stays, with a word about it.
    """
    with workspace_scope(workspace_id):
        account = MailAccount.objects.first()
    if account is None:
        return
    now = timezone.now()
    verdict: dict[str, Any]
    try:
        found = sender_domains.findings(sender_of(account), TextRecords())
        verdict = {"ok": sender_domains.is_believed(found), "findings": [asdict(one) for one in found]}
    except NoAnswer as silence:
        verdict = {key: value for key, value in account.domain.items() if key != "checking"}
        verdict["silence"] = str(silence)
    with workspace_scope(workspace_id):
        # Only for the sender that was asked about.
        same = MailAccount.objects.filter(pk=account.pk, from_address=account.from_address)
        same.update(domain=verdict, domain_checked_at=now)


def sender_of(account: MailAccount) -> Sender:
    """Who sends, as the policy asks."""
    through = service(account.kind)
    own = [name.strip() for name in account.dkim_selectors.replace(",", " ").split()]
    return Sender(account.from_domain.lower(), through.name, through.spf, tuple(own) or through.selectors)
