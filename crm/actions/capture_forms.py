"""The life of a public form: drafted, asked about, published, closed, opened again."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import CaptureForm, ConsentText, Submission, User
from crm.policies import form_questions
from crm.policies.form_questions import MOST_FILES, MOST_QUESTIONS, Question

CONSENT = (
    "I agree that {company} keeps what I entered here and writes to me about working there. "
    "I can change my mind at any time with the link under each mail."
)
_SETTINGS = (
    "title", "intro", "thanks", "source", "campaign", "tags", "needs_confirmation", "allowed_sites", "owner",
    "consent_months",
)  # fmt: skip


class CannotPublish(DomainError):
    """The form cannot be published as it is."""

    code = "cannot_publish"


class InvalidQuestion(DomainError):
    """This question cannot be asked."""

    code = "invalid"


class HasAnswers(DomainError):
    """Somebody answered this form. Close it instead: the answers stay."""

    code = "has_answers"
    status = 409


@transaction.atomic
def create(*, title: str, kind: str, company: str, by: User | None) -> CaptureForm:
    """A draft with the usual questions for its kind. Its address is made from the title and stays."""
    slug = _free_slug(title)
    form = CaptureForm.objects.create(
        title=title.strip()[:120],
        kind=kind,
        slug=slug,
        questions=[question.stored() for question in form_questions.starter(kind)],
        consent_text=_consent_text(slug, CONSENT.format(company=company)),
        owner=by,
        created_by=by,
    )
    events.record("form.created", by=by, data={"form": form.slug, "form_id": form.pk})
    return form


@transaction.atomic
def change(*, form: CaptureForm, given: Mapping[str, Any], by: User | None) -> CaptureForm:
    """Set what was given. Other words of consent become a new version; what people agreed to stays."""
    locked = CaptureForm.objects.select_for_update().get(pk=form.pk)
    for name in _SETTINGS:
        if name in given:
            setattr(locked, name, given[name])
    if words := str(given.get("consent", "")).strip():
        locked.consent_text = _consent_text(locked.slug, words, before=locked.consent_text)
    locked.save()
    events.record("form.changed", by=by, data={"form": locked.slug, "form_id": locked.pk})
    return locked


@transaction.atomic
def ask(*, form: CaptureForm, question: Question) -> CaptureForm:
    """Put the question at the end, or in place of the one with its id. Refuses a field asked twice."""
    locked = CaptureForm.objects.select_for_update().get(pk=form.pk)
    questions = form_questions.read(locked.questions)
    if question.kind in ("choice", "multi") and not question.options:
        raise InvalidQuestion(fields={"choices": "Write at least one choice, each on a line of its own."})
    if question.field and any(q.field == question.field and q.id != question.id for q in questions):
        raise InvalidQuestion("The form asks for this already.")
    ids = [one.id for one in questions]
    if question.id in ids:
        questions[ids.index(question.id)] = question
    else:
        questions.append(question)
    return _keep(locked, questions)


@transaction.atomic
def move(*, form: CaptureForm, question_id: str, by_places: int) -> CaptureForm:
    """Move a question up (negative) or down; beyond the ends nothing happens."""
    locked = CaptureForm.objects.select_for_update().get(pk=form.pk)
    questions = form_questions.read(locked.questions)
    place = next((index for index, one in enumerate(questions) if one.id == question_id), None)
    if place is None:
        return locked
    questions.insert(max(0, place + by_places), questions.pop(place))
    return _keep(locked, questions)


@transaction.atomic
def drop(*, form: CaptureForm, question_id: str) -> CaptureForm:
    """Stop asking; answers given so far stay. The e-mail address is always asked."""
    locked = CaptureForm.objects.select_for_update().get(pk=form.pk)
    questions = form_questions.read(locked.questions)
    if any(one.id == question_id and one.field == "email" for one in questions):
        raise InvalidQuestion("Without an e-mail address nobody can be found again or written to.")
    return _keep(locked, [one for one in questions if one.id != question_id])


@transaction.atomic
def publish(*, form: CaptureForm, by: User | None) -> CaptureForm:
    """Open the page to everybody. Refuses a form without an e-mail question. Twice is once."""
    locked = CaptureForm.objects.select_for_update().get(pk=form.pk)
    if locked.state == CaptureForm.State.LIVE:
        return locked
    if not any(one.field == "email" for one in form_questions.read(locked.questions)):
        raise CannotPublish("Ask for the e-mail address: without it nobody can be found again.")
    locked.state, locked.closed_at = CaptureForm.State.LIVE, None
    locked.published_at = locked.published_at or timezone.now()
    locked.save(update_fields=["state", "closed_at", "published_at", "updated_at"])
    events.record("form.published", by=by, data={"form": locked.slug, "form_id": locked.pk})
    return locked


@transaction.atomic
def close(*, form: CaptureForm, by: User | None) -> CaptureForm:
    """Visitors read that it is over; nothing more is taken. Twice is once."""
    locked = CaptureForm.objects.select_for_update().get(pk=form.pk)
    if locked.state == CaptureForm.State.CLOSED:
        return locked
    locked.state, locked.closed_at = CaptureForm.State.CLOSED, timezone.now()
    locked.save(update_fields=["state", "closed_at", "updated_at"])
    events.record("form.closed", by=by, data={"form": locked.slug, "form_id": locked.pk})
    return locked


@transaction.atomic
def copy(*, form: CaptureForm, by: User | None) -> CaptureForm:
    """A draft that asks the same."""
    title = f"{form.title} (copy)"[:120]
    twin = CaptureForm.objects.get(pk=form.pk)
    twin.pk, twin._state.adding = None, True
    twin.slug, twin.title, twin.state = _free_slug(title), title, CaptureForm.State.DRAFT
    twin.published_at = twin.closed_at = None
    twin.created_by = by
    twin.consent_text = _consent_text(twin.slug, form.consent_text.text)
    twin.save(force_insert=True)
    events.record("form.created", by=by, data={"form": twin.slug, "form_id": twin.pk, "from": form.pk})
    return twin


@transaction.atomic
def delete(*, form: CaptureForm, by: User | None) -> None:
    """Forget a form nobody answered. Refuses one with answers."""
    if Submission.objects.filter(form=form).exists():
        raise HasAnswers
    CaptureForm.objects.filter(pk=form.pk).delete()
    events.record("form.deleted", by=by, data={"form": form.slug, "form_id": form.pk})


def new_question_id() -> str:
    """An id for a question of the form's own."""
    return f"q-{uuid.uuid4().hex[:8]}"


def _keep(form: CaptureForm, questions: Sequence[Question]) -> CaptureForm:
    if len(questions) > MOST_QUESTIONS:
        raise InvalidQuestion(f"At most {MOST_QUESTIONS} questions. Nobody answers more.")
    if sum(question.kind == "file" for question in questions) > MOST_FILES:
        raise InvalidQuestion(f"At most {MOST_FILES} files. Ask for the CV and link the rest.")
    form.questions = [question.stored() for question in questions]
    form.save(update_fields=["questions", "updated_at"])
    return form


def _consent_text(slug: str, words: str, *, before: ConsentText | None = None) -> ConsentText:
    if before is not None and before.text == words:
        return before
    count = ConsentText.objects.filter(version__startswith=f"{slug}/").count()
    return ConsentText.objects.create(version=f"{slug}/{count + 1}"[:64], text=words)


def _free_slug(title: str) -> str:
    wanted = slugify(title)[:52] or "form"
    taken = set(CaptureForm.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for number in range(1, 10_000) if (slug := _numbered(wanted, number)) not in taken)


def _numbered(slug: str, number: int) -> str:
    return slug if number == 1 else f"{slug}-{number}"
