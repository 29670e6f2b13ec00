from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions import capture_forms
from crm.forms.capture_forms import NewQuestionForm, QuestionForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import go, refuse
from crm.models import CaptureForm
from crm.policies import form_questions
from crm.policies.form_questions import OWN, Asked, Question
from crm.queries.people import custom_fields
from crm.views.capture_forms import back, the_form, url


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    """Choose a field; a question of one's own is then written on its page."""
    form = the_form(form_id)
    offered = _offered(form)
    fields = NewQuestionForm(request.POST or None, offered=offered)
    if request.method == "POST" and fields.is_valid():
        question = _begun(fields.cleaned_data["field"], offered)
        try:
            capture_forms.ask(form=form, question=question)
        except DomainError as refusal:
            return refuse(request, refusal)
        return go(request, url(request, "form_question", form.pk, question.id))
    context = {"form": form, "fields": fields}
    return render(request, "crm/form/question_new.html", context, status=422 if fields.errors else 200)


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, form_id: int, question: str) -> HttpResponse:
    form = the_form(form_id)
    asked = next((one for one in form_questions.read(form.questions) if one.id == question), None)
    if asked is None:
        raise Http404
    fields = QuestionForm(request.POST or None, question=asked)
    if request.method == "POST" and fields.is_valid():
        try:
            capture_forms.ask(form=form, question=fields.chosen())
        except DomainError as refusal:
            for name, sentence in (refusal.fields or {"label": refusal.sentence}).items():
                fields.add_error(name, sentence)
        else:
            return back(request, form.pk)
    context = {"form": form, "fields": fields, "question": asked}
    return render(request, "crm/form/question.html", context, status=422 if fields.errors else 200)


@permission_required("capture.edit")
@require_POST
def move(request: WorkspaceRequest, form_id: int, question: str) -> HttpResponse:
    places = -1 if request.POST.get("to") == "up" else 1
    capture_forms.move(form=the_form(form_id), question_id=question, by_places=places)
    return back(request, form_id)


@permission_required("capture.edit")
@require_POST
def remove(request: WorkspaceRequest, form_id: int, question: str) -> HttpResponse:
    try:
        capture_forms.drop(form=the_form(form_id), question_id=question)
    except DomainError as refusal:
        return refuse(request, refusal)
    return back(request, form_id)


def _offered(form: CaptureForm) -> list[Asked]:
    taken = {one.field for one in form_questions.read(form.questions)}
    return form_questions.offered(custom_fields().values(), taken)


def _begun(field: str, offered: list[Asked]) -> Question:
    asked = next((one for one in offered if one.field == field), None)
    if asked is None:
        return Question(capture_forms.new_question_id(), OWN, "Your question", "text")
    return form_questions.asking(asked)
