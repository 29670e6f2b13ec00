from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import SearchCandidate
from journeys.actions import templates
from journeys.actions.templates import Draft
from journeys.forms.templates import TemplateForm
from journeys.models import Template
from journeys.policies.rendering import Content
from journeys.queries import merge_values, previews
from journeys.queries import templates as found


@permission_required("journeys.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    return render_page(request, "journeys/template/list.html", {"templates": found.living()})


@permission_required("content.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: WorkspaceRequest, template_id: int = 0) -> HttpResponse:
    template = get_object_or_404(found.living(), pk=template_id) if template_id else None
    before = {name: getattr(template, name) for name in Draft.__slots__} if template else {}
    form = TemplateForm(request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid():
        draft = Draft(**(before | form.cleaned_data))
        try:
            kept = templates.save(draft=draft, by=request.membership.user, template=template)
        except DomainError as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            url = reverse("journeys:template", args=[request.workspace.slug, kept.pk])
            return go(request, url, toast=Toast(f"“{kept.name}” is saved."))
    return _form(request, template, form)


@permission_required("journeys.view")
@require_safe
def preview(request: WorkspaceRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(found.living(), pk=template_id)
    person = _person(request.GET.get("q", ""))
    content = Content(template.subject, template.body)
    shown = previews.preview(content, person.pk, request.membership.user) if person else None
    context = {"template": template, "person": person, "shown": shown, "q": request.GET.get("q", "")}
    return render_page(request, "journeys/template/preview.html", context, partial="mail")


@permission_required("content.manage")
@require_POST
def archive(request: WorkspaceRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(found.living(), pk=template_id)
    try:
        templates.archive(template=template, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("journeys:templates", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"“{template.name}” is out of the library."))


def _form(request: WorkspaceRequest, template: Template | None, form: TemplateForm) -> HttpResponse:
    used = templates.journeys_using(template.key) if template else []
    context = {"template": template, "form": form, "used": used, "fields": merge_values.known_fields()}
    status = 422 if form.errors else 200
    return render_page(request, "journeys/template/form.html", context, status=status)


def _person(text: str) -> SearchCandidate | None:
    people = SearchCandidate.objects.order_by("-last_engaged_at", "pk")
    if text.strip():
        people = people.filter(full_name_folded__contains=text.strip().lower())
    return people.first()
