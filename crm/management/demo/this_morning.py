"""A few mails written this morning: the worker sends them as soon as it runs, so the mailbox is not empty."""

from crm.actions import messages
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import Candidate, EmailState

MAILS = 8
SUBJECT = "Coffee before the year ends?"
TEXT = (
    "Hi {first_name},\n\nit has been a while. I would love to hear how you are, and to tell you what we are "
    "building next year. Would half an hour in the coming weeks suit you?\n\nBest,\n{sender}"
)


def write(demo: Demo) -> str:
    """Ada writes to warm people nobody wrote to lately."""
    ada, written = demo.staff["ada"], 0
    with workspace_scope(demo.workspace.pk):
        warm = Candidate.objects.filter(email_state=EmailState.OK, in_process=False, unsubscribed_at=None)
        for candidate in warm.exclude(last_replied_at=None).order_by("last_contacted_at")[: MAILS * 2]:
            text = TEXT.format(first_name=candidate.first_name, sender="Ada")
            try:
                messages.write(candidate=candidate, subject=SUBJECT, text=text, by=ada)
            except DomainError:
                continue
            written += 1
            if written == MAILS:
                break
    return f"{written} mails waiting to leave"
