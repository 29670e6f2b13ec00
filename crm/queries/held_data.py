"""What a person is told about the data held on them, in words: what, where from, why, until when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from crm.models import Application, Candidate, Consent, ConsentText, Message


@dataclass(frozen=True, slots=True)
class HeldData:
    """The short form; the whole is crm.queries.personal_data.export."""

    candidate: Candidate
    consents: list[Consent]
    applications: list[Application]
    mails_sent: int
    mails_received: int
    since: datetime


def held_about(candidate: Candidate) -> HeldData:
    """Four statements, whoever it is."""
    words = ConsentText.objects.filter(version=OuterRef("text_version")).values("text")[:1]
    messages = Message.objects.filter(candidate=candidate)
    applications = Application.objects.filter(candidate=candidate).select_related("requisition")
    return HeldData(
        candidate=candidate,
        consents=list(
            Consent.objects.filter(candidate=candidate)
            .annotate(words=Subquery(words))
            .order_by("-granted_at")[:5]
        ),
        applications=list(applications.order_by("-pk")[:10]),
        mails_sent=messages.filter(direction=Message.Direction.OUT).exclude(sent_at=None).count(),
        mails_received=messages.filter(direction=Message.Direction.IN).count(),
        since=candidate.created_at,
    )
