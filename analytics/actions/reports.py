from typing import Any

from django.db import transaction

from analytics.models import Report
from analytics.policies.questions import Question
from analytics.policies.terms import as_data
from crm.actions import events
from crm.models import User


@transaction.atomic
def publish(*, name: str, question: Question, figures: dict[str, Any], by: User | None) -> Report:
    """Keep these figures as they are now, with the definitions they were counted by. Never changed again."""
    report = Report.objects.create(
        name=name.strip()[:120] or f"{question.period.from_on} – {question.period.to_on}",
        from_on=question.period.from_on,
        to_on=question.period.to_on,
        terms=as_data(question.terms),
        figures=figures,
        published_at=question.now,
        published_by=by,
    )
    events.record("report.published", by=by, data={"report": report.pk, "version": question.terms.number})
    return report
