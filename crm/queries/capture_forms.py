"""Forms with what came of them: visits, answers, where people came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from crm.models import CaptureForm, CaptureVisits, Submission
from crm.queries.rule_columns import folded

SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form and its last thirty days."""

    form: CaptureForm
    visits: int
    answers: int
    recent: int

    @property
    def conversion(self) -> int | None:
        """Answers in a hundred visits of the last thirty days; None where nobody came."""
        return min(100, round(100 * self.recent / self.visits)) if self.visits else None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of one form: what it brought."""

    source: str
    campaign: str
    visits: int
    answers: int
    new_people: int


def forms_with_counts(*, now: datetime) -> list[FormRow]:
    """Every form, the live ones first. Three statements."""
    forms = CaptureForm.objects.select_related("owner").order_by("-created_at", "-pk")
    order = {CaptureForm.State.LIVE: 0, CaptureForm.State.DRAFT: 1, CaptureForm.State.CLOSED: 2}
    answers = dict(_received().values_list("form_id").annotate(n=Count("pk")))
    recent = dict(
        _received().filter(submitted_at__gte=now - SPAN).values_list("form_id").annotate(n=Count("pk"))
    )
    visits = _visits(now)
    rows = [
        FormRow(form, visits.get(form.slug, 0), answers.get(form.pk, 0), recent.get(form.pk, 0))
        for form in forms
    ]
    return sorted(rows, key=lambda row: order[CaptureForm.State(row.form.state)])


def row_of(form: CaptureForm, *, now: datetime) -> FormRow:
    """One form and its last thirty days."""
    received = _received().filter(form=form)
    counts = received.aggregate(n=Count("pk"), recent=Count("pk", filter=Q(submitted_at__gte=now - SPAN)))
    return FormRow(form, _visits(now).get(form.slug, 0), counts["n"], counts["recent"])


def submissions(form: CaptureForm, *, q: str = "") -> QuerySet[Submission]:
    """What was answered, newest first; `q` finds in names and addresses of the people."""
    found = Submission.objects.filter(form=form).select_related("candidate", "consent_text")
    if q:
        text = folded(" ".join(q.split()))
        found = found.filter(
            Q(candidate__full_name_folded__contains=text) | Q(candidate__email__contains=text)
        )
    return found.order_by("-submitted_at", "-pk")


def by_source(form: CaptureForm, *, now: datetime) -> list[SourceRow]:
    """Where the answers of this form came from, the strongest source first."""
    answered = (
        _received()
        .filter(form=form)
        .values("source", "campaign")
        .annotate(n=Count("pk"), new=Count("pk", filter=Q(was_known=False)))
    )
    seen = dict(
        CaptureVisits.objects.filter(page=f"form:{form.slug}").values_list("source").annotate(n=Sum("visits"))
    )
    rows = [SourceRow(r["source"], r["campaign"], 0, r["n"], r["new"]) for r in answered]
    told = {row.source for row in rows}
    first = {row.source: row for row in sorted(rows, key=lambda row: row.answers)}
    rows = [
        SourceRow(r.source, r.campaign, seen.get(r.source, 0) if r is first[r.source] else 0,
                  r.answers, r.new_people)
        for r in rows
    ]  # fmt: skip
    rows += [SourceRow(source, "", n, 0, 0) for source, n in seen.items() if source not in told]
    return sorted(rows, key=lambda row: (-row.answers, -row.visits, row.source))


def table(form: CaptureForm) -> Iterator[list[Any]]:
    """Answers as rows of a spreadsheet, headings first."""
    labels = [str(question["label"]) for question in form.questions]
    ids = [str(question["id"]) for question in form.questions]
    yield ["Sent", "Person", "E-mail", "State", "Source", "Medium", "Campaign", "Page", "Consent", *labels]
    for one in submissions(form).iterator(chunk_size=1_000):
        told = {str(answer["id"]): answer["value"] for answer in one.answers}
        yield [
            one.submitted_at.isoformat(timespec="seconds"), one.candidate.full_name if one.candidate else "",
            one.candidate.email if one.candidate else "", one.get_state_display(), one.source, one.medium,
            one.campaign, one.page, one.consent_text.version if one.consent_text else "",
            *(_plain(told.get(question, "")) for question in ids),
        ]  # fmt: skip


def _received() -> QuerySet[Submission]:
    return Submission.objects.filter(state=Submission.State.RECEIVED)


def _visits(now: datetime) -> dict[str, int]:
    days = CaptureVisits.objects.filter(page__startswith="form:", day__gte=(now - SPAN).date())
    rows = days.values_list("page").annotate(n=Sum("visits"))
    return {page.removeprefix("form:"): n for page, n in rows}


def _plain(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
