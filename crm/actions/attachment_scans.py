"""Before a file is read or handed to anybody, the virus scanner looks at it; what it finds is locked away."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.tenancy import workspace_scope
from crm.models import Attachment, FieldProposal
from crm.providers import virus_scanner
from crm.providers.virus_scanner import ScannerAway

Scan, State = Attachment.Scan, Attachment.TextState
_AGAIN_IN = timedelta(minutes=1)
_MARKED = 5_000


def passes(*, workspace_id: int, attachment: Attachment, content: bytes) -> bool:
    """Whether the file may be read now. Without a verdict it waits, however long the scanner is away.

    Speaks to the scanner outside any transaction.
    """
    try:
        virus = virus_scanner.virus_in(content) if virus_scanner.is_there() else None
    except ScannerAway as away:
        with workspace_scope(workspace_id):
            _wait(attachment, str(away))
        return False
    with workspace_scope(workspace_id):
        if virus:
            _lock_away(attachment, virus)
        else:
            _let_pass(attachment, Scan.NONE if virus is None else Scan.CLEAN)
    return not virus


def give_up(*, attachment: Attachment, words: str) -> None:
    """There is nothing to look at, and never will be."""
    waiting = Attachment.objects.filter(pk=attachment.pk, scan=Scan.WAITING)
    waiting.update(scan=Scan.NONE, scan_words=words[:200])


def mark_unscanned() -> int:
    """Have files looked at that came before there was a scanner; nobody opens them meanwhile."""
    if not virus_scanner.is_there():
        return 0
    unscanned = (
        Attachment.objects.filter(scan=Scan.NONE, scan_words="").order_by("-pk").values("pk")[:_MARKED]
    )
    return Attachment.objects.filter(pk__in=unscanned).update(scan=Scan.WAITING)


def _wait(attachment: Attachment, words: str) -> None:
    """Until a minute from now, as if nobody had begun: waiting is no failed attempt at reading."""
    is_read_next = attachment.text_state == State.READING
    Attachment.objects.filter(pk=attachment.pk, scan=Scan.WAITING).update(
        scan_words=words[:200],
        lease_until=timezone.now() + _AGAIN_IN,
        text_state=State.WAITING if is_read_next else attachment.text_state,
        attempts=attachment.attempts - is_read_next,
    )


@transaction.atomic
def _lock_away(attachment: Attachment, virus: str) -> None:
    waiting = Attachment.objects.filter(pk=attachment.pk, scan=Scan.WAITING)
    if waiting.update(
        scan=Scan.INFECTED, scan_words=virus[:200], text="", text_state=State.EMPTY, lease_until=None
    ):
        FieldProposal.objects.filter(attachment=attachment, verdict=FieldProposal.Verdict.OPEN).delete()
        data = {"attachment": attachment.pk, "virus": virus[:200]}
        events.record("attachment.locked_away", candidate=attachment.candidate, data=data)


def _let_pass(attachment: Attachment, scan: str) -> None:
    is_read_next = attachment.text_state == State.READING
    Attachment.objects.filter(pk=attachment.pk, scan=Scan.WAITING).update(
        scan=scan, scan_words="", lease_until=attachment.lease_until if is_read_next else None
    )
