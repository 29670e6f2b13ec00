from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Candidate, Message
from crm.policies import languages
from crm.policies.mail_layouts import in_the_dark
from crm.queries import mail_brands
from journeys.actions import templates, test_mails
from journeys.actions.templates import Draft
from journeys.forms.templates import TemplateForm
from journeys.models import Template
from journeys.policies.rendering import as_html
from journeys.queries import choices, content_results, library, merge_values, pieces, previews
from journeys.queries import templates as found
from journeys.views.shelved import shelved

_SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox"
)


@permission_required("content.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: WorkspaceRequest, template_id: int = 0) -> HttpResponse:
    template = get_object_or_404(found.living(), pk=template_id) if template_id else None
    before = _before(request, template)
    form = _form_for(request.POST or None, before)
    if request.method == "POST" and form.is_valid():
        draft = Draft(**(before | form.cleaned_data))
        try:
            kept = templates.save(draft=draft, by=request.membership.user, template=template)
        except DomainError as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            return go(request, _page(request, kept), toast=Toast(f"“{kept.name}” is saved."))
    return _form(request, template, form)


@permission_required("journeys.view")
@require_safe
def preview(request: WorkspaceRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(found.living(), pk=template_id)
    asked = request.GET.get("person", "")
    people = previews.people(request.GET.get("q", ""))
    chosen = next((one for one in people if str(one.pk) == asked), people[0] if people else None)
    exactly = request.GET.get("exactly") == "1"
    shown = (
        previews.preview(template, chosen.pk, request.membership.user, exactly=exactly) if chosen else None
    )
    context = {
        "template": template, "person": chosen, "people": people, "shown": shown, "exactly": exactly,
        "q": request.GET.get("q", ""), "is_phone": request.GET.get("width") == "phone",
        "is_dark": request.GET.get("dark") == "1",
    }  # fmt: skip
    return render_page(request, "journeys/template/preview.html", context, partial="mail")


@permission_required("journeys.view")
@require_safe
@xframe_options_sameorigin
def mail(request: WorkspaceRequest, template_id: int) -> HttpResponse:
    """The mail itself as a document in a sandbox: the frame in the preview shows it."""
    template = get_object_or_404(found.living(), pk=template_id)
    person = get_object_or_404(Candidate.objects.defer("search_text"), pk=request.GET.get("person", "0"))
    exactly = request.GET.get("exactly") == "1"
    shown = previews.preview(template, person.pk, request.membership.user, exactly=exactly)
    words = shown.mail.html if shown.mail else shown.fault
    with translation.override(languages.chosen(person.locale)):
        html = mail_brands.as_sent(request.workspace, words, shown.variant.layout, Message.Kind.NEWSLETTER)
    response = HttpResponse(in_the_dark(html) if request.GET.get("dark") == "1" else html)
    response["Content-Security-Policy"] = _SANDBOX
    return response


@permission_required("content.manage")
@require_POST
def test(request: WorkspaceRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(found.living(), pk=template_id)
    person = get_object_or_404(Candidate.objects.defer("search_text"), pk=request.POST.get("person", "0"))
    try:
        sent = test_mails.send(template=template, candidate_id=person.pk, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _page(request, template), toast=Toast(f"A test is on its way to {sent.to_address}."))


duplicate, archive, restore = shelved(Template, templates)


def _before(request: WorkspaceRequest, template: Template | None) -> dict[str, Any]:
    """What the form starts from: the template itself, or the one this is to be a variant of."""
    of = request.GET.get("variant_of", "")
    source = template or (found.living().filter(pk=of).first() if of.isdecimal() else None)
    return {name: getattr(source, name) for name in Draft.__slots__} if source else {}


def _form_for(data: Any, before: dict[str, Any]) -> TemplateForm:
    return TemplateForm(data, initial=before, segments=choices.segments(), languages=library.languages())


def _form(request: WorkspaceRequest, template: Template | None, form: TemplateForm) -> HttpResponse:
    context: dict[str, Any] = {
        "template": template,
        "form": form,
        "html": as_html(str(form["body"].value() or "")),
        "fields": merge_values.known_fields(),
        "calls": pieces.calls(),
    }
    if template:
        siblings = list(found.living().filter(key=template.key))
        context |= {
            "used": library.journeys_by_template().get(template.key, []),
            "variants": [(row, for_whom) for row, for_whom in _with_readers(siblings)],
            "results": content_results.by_template().get(template.pk),
        }
    status = 422 if form.errors else 200
    return render_page(request, "journeys/template/form.html", context, status=status)


def _with_readers(rows: list[Template]) -> list[tuple[Template, str]]:
    readers = library.readers_of(rows)
    return [(row, readers[row.pk]) for row in rows]


def _page(request: WorkspaceRequest, template: Template) -> str:
    return reverse("journeys:template", args=[request.workspace.slug, template.pk])
