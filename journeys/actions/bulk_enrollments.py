"""Enrolling everybody who was picked in a list, with a receipt that takes it back."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.actions.bulk_changes import Change
from crm.kernel.errors import DomainError
from crm.models import User
from journeys.actions import enrollments
from journeys.models import Enrollment, Journey, StepRun
from journeys.policies.refusals import refusal

RECEIPT = "candidates.enrolled"


class NoJourney(DomainError):
    """Choose the journey they are to enter."""

    code = "no_journey"


@transaction.atomic
def enroll(*, candidate_ids: Collection[int], journey: str, by: User | None = None) -> int:
    """Enroll these people; who may not enter is counted by reason. Returns the receipt.

    Refuses journeys that are not live, and when none was chosen.
    """
    found = Journey.objects.filter(
        pk=int(journey) if journey.isdecimal() and len(journey) < 19 else 0
    ).first()
    if found is None:
        raise NoJourney
    now, ids = timezone.now(), sorted(candidate_ids)
    done = enrollments.enroll(journey=found, candidate_ids=ids, by=by, now=now)
    made = Enrollment.objects.filter(journey=found, candidate_id__in=ids, enrolled_at=now)
    data = {
        "journey": found.pk,
        "enrollments": list(made.order_by("pk").values_list("pk", flat=True)),
        "entered": done.count,
        "refused": Counter(one.code for one in done.refused),
    }
    receipt = events.record(RECEIPT, by=by, data=data)
    assert receipt is not None
    return receipt.pk


@transaction.atomic
def undo(*, receipt: int, by: User | None = None) -> int:
    """Take those out who are still inside and were not written to yet; returns how many."""
    given = events.taken_back(receipt=receipt, kind=RECEIPT, by=by)
    written = StepRun.objects.filter(enrollment_id__in=given["enrollments"], message__sent_at__isnull=False)
    inside = set(given["enrollments"]) - set(written.values_list("enrollment_id", flat=True))
    return enrollments.exit_people(enrollment_ids=inside, reason="manual", now=timezone.now(), by=by)


def told(receipts: Sequence[Mapping[str, Any]]) -> str:
    """How many entered, and why the others did not."""
    entered = sum(one["entered"] for one in receipts)
    refused: Counter[str] = sum((Counter(one["refused"]) for one in receipts), Counter())
    said = f"{entered:,} enrolled."
    if refused:
        why = "; ".join(
            f"{count:,} × {refusal(code).sentence.rstrip('.')}" for code, count in refused.most_common()
        )
        said += f" {sum(refused.values()):,} not: {why}."
    return said


change = Change(
    enroll, undo, RECEIPT, "Enroll in a journey", "{n} looked at.", "journey", "enrollments.edit", told
)
