from datetime import timedelta

from crm.actions import rowsets
from crm.models import Candidate, Workspace
from tests.conftest import NOW
from tests.factories import CandidateFactory


def test_moments_keep_their_microseconds(scope: Workspace) -> None:
    moments = [NOW + timedelta(microseconds=392_027), NOW + timedelta(microseconds=1)]
    people = [CandidateFactory.create() for _ in moments]
    rows = [{"id": one.pk, "last_engaged_at": at} for one, at in zip(people, moments, strict=True)]

    assert rowsets.update(Candidate, rows) == 2
    stored = Candidate.objects.order_by("pk").values_list("last_engaged_at", flat=True)
    assert list(stored) == moments
