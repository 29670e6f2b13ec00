"""Where people come from, under one name each: renamed and merged in one go, with a receipt."""

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Candidate, CaptureForm, Submission, User

KIND = "sources.renamed"


class InvalidSource(DomainError):
    """A source needs a name."""

    code = "invalid"


@transaction.atomic
def rename(*, before: str, after: str, by: User | None) -> int:
    """Call a source something else, everywhere; the name of another source merges the two.

    Returns the receipt that undoes it for the people it changed.
    """
    name = " ".join(after.split())[:120]
    if not name:
        raise InvalidSource(fields={"name": "Write the new name."})
    people = Candidate.objects.filter(source=before, anonymized_at=None)
    ids = list(people.order_by("pk").values_list("pk", flat=True))
    people.update(source=name, updated_at=timezone.now())
    Submission.objects.filter(source=before).update(source=name)
    CaptureForm.objects.filter(source=before).update(source=name)
    data = {"before": before, "after": name, "people": ids}
    receipt = events.record(KIND, by=by, data=data)
    assert receipt is not None
    return receipt.pk


@transaction.atomic
def undo(*, receipt: int, by: User | None) -> int:
    """Give the people their source back, but for those whose source changed since; returns how many."""
    given = events.taken_back(receipt=receipt, kind=KIND, by=by)
    people = Candidate.objects.filter(pk__in=given["people"], source=given["after"])
    return people.update(source=given["before"], updated_at=timezone.now())
