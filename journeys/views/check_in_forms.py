from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from journeys.actions import check_in_forms
from journeys.actions.check_in_forms import Draft
from journeys.forms.check_in_forms import CheckInFormForm
from journeys.forms.check_ins import AnswerForm
from journeys.models import CheckInForm
from journeys.queries import check_in_forms as found
from journeys.views.library import tabs


@permission_required("journeys.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    used = found.journeys_by_form()
    context = {
        "rows": [(row, used.get(row.key, [])) for row in found.forms()],
        "tabs": tabs(request, "check_in_forms"),
    }
    return render_page(request, "journeys/check_in_form/list.html", context)


@permission_required("content.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: WorkspaceRequest, check_in_form_id: int = 0) -> HttpResponse:
    asked = get_object_or_404(CheckInForm.objects, pk=check_in_form_id) if check_in_form_id else None
    before = {"title": asked.title, "questions": asked.questions} if asked else {}
    form = CheckInFormForm(request.POST or None, before=before, offered=found.offered())
    if request.method == "POST" and form.is_valid():
        questions = tuple((label, field) for _row, label, field in form.asked())
        draft = Draft(form.cleaned_data["title"], questions)
        try:
            kept = check_in_forms.save(draft=draft, by=request.membership.user, form=asked)
        except DomainError as refusal:
            form.blame(refusal.fields)
        else:
            url = reverse("journeys:check_in_form", args=[request.workspace.slug, kept.pk])
            return go(request, url, toast=Toast(f"“{kept.title}” is saved."))
    context = {
        "asked": asked,
        "form": form,
        "shown": AnswerForm(asked=asked) if asked else None,
        "used": found.journeys_by_form().get(asked.key, []) if asked else [],
    }
    status = 422 if form.errors else 200
    return render_page(request, "journeys/check_in_form/form.html", context, status=status)


@permission_required("content.manage")
@require_POST
def remove(request: WorkspaceRequest, check_in_form_id: int) -> HttpResponse:
    asked = get_object_or_404(CheckInForm.objects, pk=check_in_form_id)
    try:
        check_in_forms.remove(form=asked, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("journeys:check_in_forms", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"“{asked.title}” is deleted."))
