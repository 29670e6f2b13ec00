"""The questions of check-ins: written, changed, removed while nobody needs them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import User
from journeys.models import CheckInForm
from journeys.policies import check_in_questions
from journeys.policies.check_in_questions import LONGEST, MOST
from journeys.queries import check_in_forms


class InvalidCheckIn(DomainError):
    """This check-in cannot be asked like this."""

    code = "invalid_check_in"
    status = 400


class CheckInInUse(DomainError):
    """A journey asks this."""

    code = "in_use"
    status = 409


@dataclass(frozen=True, slots=True)
class Draft:
    """A check-in as somebody wrote it: (question, the field its answer fills), in order."""

    title: str
    questions: tuple[tuple[str, str], ...]
    key: str = ""


@transaction.atomic
def save(*, draft: Draft, by: User | None, form: CheckInForm | None = None) -> CheckInForm:
    """Keep the questions. Answers given before stay; a key that journeys use never changes."""
    key = form.key if form else draft.key or slugify(draft.title)[:60]
    before = {row["field"]: row for row in form.questions} if form else {}
    offered = check_in_forms.offered()
    _check(draft, key, form, known=offered.keys())
    questions = [
        check_in_questions.stored(label.strip(), offered[field], before.get(field))
        for label, field in draft.questions
    ]
    kept = form or CheckInForm(key=key)
    kept.title, kept.questions = draft.title.strip(), questions
    kept.save()
    kind = "check_in_form.changed" if form else "check_in_form.created"
    events.record(kind, by=by, data={"form": kept.pk})
    return kept


@transaction.atomic
def remove(*, form: CheckInForm, by: User | None) -> None:
    """Delete it; refused while a journey asks it, and once somebody answered."""
    if users := check_in_forms.journeys_by_form().get(form.key):
        raise CheckInInUse(f"“{users[0].name}” asks this.")
    if form.answers.exists():
        raise CheckInInUse("People have answered it, and their answers stay.")
    events.record("check_in_form.removed", by=by, data={"form": form.pk})
    CheckInForm.objects.filter(pk=form.pk).delete()


def _check(draft: Draft, key: str, form: CheckInForm | None, *, known: Collection[str]) -> None:
    fields: dict[str, str] = {}
    if not draft.title.strip():
        fields["title"] = "This is empty."
    if not form and CheckInForm.objects.filter(key=key).exists():
        fields["title"] = "There is a check-in of this name already."
    if not 1 <= len(draft.questions) <= MOST:
        fields["questions"] = f"From 1 to {MOST} questions."
    seen: set[str] = set()
    for number, (label, field) in enumerate(draft.questions):
        if fault := _fault(label, field, seen, known):
            fields[f"questions.{number}"] = fault
        seen.add(field)
    if fields:
        raise InvalidCheckIn(fields=fields)


def _fault(label: str, field: str, seen: set[str], known: Collection[str]) -> str:
    if not label.strip():
        return "Write the question."
    if len(label) > LONGEST:
        return f"Longer than {LONGEST} characters."
    if field not in known:
        return "Choose where the answer goes."
    return "Another question fills this field already." if field in seen else ""
