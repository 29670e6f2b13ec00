"""The demo’s candidates answer for real: by SMTP to the Reply-To address, as any mail program would."""

from functools import partial

from django.core.mail import EmailMessage
from django.db import transaction

from crm.policies.mail_format import one_line
from crm.queries.demo_mailbox import OpenMail


def answer_as_candidate(*, opened: OpenMail, text: str, headers: dict[str, str]) -> None:
    """Send the recipient's answer, once this transaction has ended: no network inside one."""
    quoted = "\n".join(f"> {line}" for line in opened.received.whole_text.splitlines()[:40])
    body = f"{text}\n\nOn an earlier day, {opened.mail.from_name} wrote:\n{quoted}\n"
    mail = EmailMessage(
        subject=f"Re: {one_line(opened.mail.subject)}",
        body=body,
        from_email=opened.mail.to_address,
        to=[opened.reply_to],
        headers={
            "In-Reply-To": opened.received.message_id,
            "References": " ".join([*opened.received.references, opened.received.message_id]),
            **headers,
        },
    )
    transaction.on_commit(partial(mail.send))
