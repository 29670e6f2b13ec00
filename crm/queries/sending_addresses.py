"""The addresses a workspace's mail goes out under, and where its answers come back."""

from dataclasses import dataclass, field

from django.conf import settings

from crm.models import MailAccount, ReplyMailbox, Workspace

_LONGEST_LOCAL_PART = 64


@dataclass(frozen=True, slots=True)
class Addresses:
    """The visible sender; mailboxes by owner (0 for everybody's); the domain that posts us what arrives."""

    sender: str
    reply_domain: str
    mailboxes: dict[int, tuple[str, bool]] = field(default_factory=dict)

    def reply_to(self, sender_id: int | None, code: str) -> str:
        """Where an answer to a mail of this sender goes; the code says which mail it answers."""
        mailbox = self.mailboxes.get(sender_id or 0) or self.mailboxes.get(0)
        if mailbox is None:
            return f"r+{code}@{self.reply_domain}"
        address, takes_plus = mailbox
        local, _at, domain = address.rpartition("@")
        marked = f"{local}+r-{code}"
        return f"{marked}@{domain}" if takes_plus and len(marked) <= _LONGEST_LOCAL_PART else address

    def stop(self, code: str) -> str:
        """Where a mail program mails to stop everything (RFC 2369)."""
        return f"u+{code}@{self.reply_domain}"


def of(workspace: Workspace) -> Addresses:
    """The addresses of the workspace in scope. Two statements."""
    account = MailAccount.objects.exclude(in_use_at=None).first()
    boxes = ReplyMailbox.objects.exclude(due_at=None).values_list("owner_id", "address", "takes_plus")
    return Addresses(
        sender=account.from_address if account else f"{workspace.slug}@{settings.MAIL_DOMAIN}",
        reply_domain=(account.reply_domain if account else "") or settings.INBOUND_DOMAIN,
        mailboxes={owner_id or 0: (address, takes_plus) for owner_id, address, takes_plus in boxes},
    )
