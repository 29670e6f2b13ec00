"""Sources and campaigns with what they brought."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from crm.models import Candidate, Submission
from crm.queries.capture_forms import SPAN


@dataclass(frozen=True, slots=True)
class Source:
    """A source: people whose first it was, answers it brought, when last."""

    name: str
    people: int
    recent: int
    reachable: int
    answers: int


def sources(*, now: datetime) -> list[Source]:
    """Every source, the strongest first. Two statements."""
    living = Candidate.objects.filter(archived_at=None, anonymized_at=None, merged_into=None)
    counted = living.values("source").annotate(
        people=Count("pk"),
        recent=Count("pk", filter=Q(created_at__gte=now - SPAN)),
        reachable=Count("pk", filter=Q(consent="granted", email_state="ok", unsubscribed_at=None)),
    )
    answers = dict(_received().values_list("source").annotate(n=Count("pk")))
    found = [
        Source(r["source"], r["people"], r["recent"], r["reachable"], answers.pop(r["source"], 0))
        for r in counted
        if r["source"] or r["people"]
    ]
    found += [Source(name, 0, 0, 0, n) for name, n in answers.items() if name]
    return sorted(found, key=lambda one: (-one.people, -one.answers, one.name))


def report() -> Any:
    """Answers by form, source and campaign, with how many people were new."""
    return (
        _received()
        .values("form_id", "form__title", "source", "medium", "campaign")
        .annotate(answers=Count("pk"), new=Count("pk", filter=Q(was_known=False)), last=Max("submitted_at"))
        .order_by("-answers", "form__title", "source")
    )


def table() -> Iterator[list[Any]]:
    """The report as rows of a spreadsheet, headings first."""
    yield ["Form", "Source", "Medium", "Campaign", "Answers", "New people", "Last"]
    for row in report():
        yield [
            row["form__title"], row["source"], row["medium"], row["campaign"], row["answers"], row["new"],
            row["last"].isoformat(timespec="seconds"),
        ]  # fmt: skip


def _received() -> QuerySet[Submission]:
    return Submission.objects.filter(state=Submission.State.RECEIVED)
