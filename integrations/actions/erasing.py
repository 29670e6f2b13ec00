"""What ATSs sent about a person goes with the person (settings.ERASURE_WITNESSES)."""

from datetime import datetime

from django.db.models import Q

from crm.models import Application, Candidate, Offer
from integrations.models import ExternalRef, RawRecord

Kind = ExternalRef.Kind
# References of these point at the application they hang on.
OF_APPLICATIONS = (Kind.APPLICATION, Kind.REJECTION, Kind.HIRE, Kind.INTERVIEW, Kind.SCORECARD)


def witness_erasure(candidate: Candidate, *, now: datetime) -> None:
    """Delete every payload about the person, and what was taken over from it.

    The bare id stays: without it the next sync would take them for somebody new.
    """
    applications = Application.objects.filter(candidate=candidate).values("pk")
    offers = Offer.objects.filter(application__candidate=candidate).values("pk")
    refs = ExternalRef.objects.filter(
        Q(kind=Kind.CANDIDATE, object_id=candidate.pk)
        | Q(kind__in=OF_APPLICATIONS, object_id__in=applications)
        | Q(kind=Kind.OFFER, object_id__in=offers)
    )
    told = Q(pk=None)
    for connection_id, kind, external_id in refs.values_list("connection_id", "kind", "external_id"):
        told |= Q(connection_id=connection_id, kind=kind, external_id=external_id)
    RawRecord.objects.filter(told).delete()
    refs.update(applied={}, fingerprint="")
