"""Whom a rejection brought into a journey that has not written yet: a recruiter may still say no."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from crm.models import Application
from journeys.models import Enrollment, StepRun
from journeys.queries.enrollments import enrollments


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person about to hear from us, and the rejection behind it, if it is still there."""

    enrollment: Enrollment
    application: Application | None


def open_to_veto() -> QuerySet[Enrollment]:
    """Automatic enrollments after a rejection with nothing sent yet, the next to be written to first."""
    written = StepRun.objects.filter(enrollment=OuterRef("pk"), message__isnull=False)
    started = enrollments(state=Enrollment.State.ACTIVE).filter(
        ~Exists(written), enrolled_by=None, version__definition__trigger__on="application.rejected"
    )
    return started.order_by(F("due_at").asc(nulls_last=True), "pk")


def with_rejections(rows: Sequence[Enrollment]) -> list[Waiting]:
    """These enrollments with each person's latest rejection; one statement."""
    people = [row.candidate_id for row in rows]
    rejected = Application.objects.filter(candidate_id__in=people, outcome=Application.Outcome.REJECTED)
    latest: dict[int, Application] = {}
    for application in rejected.select_related("requisition").order_by(F("ended_at").asc(nulls_first=True)):
        latest[application.candidate_id] = application
    return [Waiting(row, latest.get(row.candidate_id)) for row in rows]
