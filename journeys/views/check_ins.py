from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.actions.candidates import InvalidCandidate
from crm.kernel.tenancy import workspace_scope
from crm.models import Message, Workspace
from crm.policies.languages import told
from crm.queries import public_pages
from crm.views.languages import spoken
from journeys.actions import check_ins
from journeys.forms.check_ins import AnswerForm
from journeys.models import CheckInForm


# No session exists here: the token in the address is what lets the answer in.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    try:
        workspace = Workspace.objects.get(pk=check_ins.workspace_of(token))
        with workspace_scope(workspace.pk):
            asked, message = check_ins.asked(token)
            locale = message.candidate.locale if message.candidate else ""
            return spoken(request, locale, lambda: _page(request, token, workspace, asked, message))
    except (check_ins.LinkNotValid, Workspace.DoesNotExist):
        return spoken(request, "", lambda: render(request, "journeys/check_in/gone.html", status=404))


def _page(
    request: HttpRequest, token: str, workspace: Workspace, asked: CheckInForm, message: Message
) -> HttpResponse:
    form = AnswerForm(request.POST or None, asked=asked)
    context = {
        "workspace": workspace,
        "look": public_pages.look(workspace),
        "asked": asked,
        "form": form,
        "sender": message.sender,
        "booking_url": check_ins.booking_url(message),
    }
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "journeys/check_in/form.html", context, status=status)
    try:
        check_ins.answer(token=token, values=form.answers(), wants_call=form.cleaned_data["wants_call"])
    except InvalidCandidate as refusal:
        for name, sentence in refusal.fields.items():
            form.add_error(name if name in form.fields else None, told(sentence))
        return render(request, "journeys/check_in/form.html", context, status=422)
    return render(request, "journeys/check_in/thanks.html", context)
