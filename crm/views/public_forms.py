import uuid

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.actions import held_files, submissions
from crm.actions.submissions import InvalidAnswers, LinkNotValid, Sent
from crm.forms.public_forms import TRAP, PublicForm, touch_in
from crm.kernel.rate_limits import is_allowed, keyed, visitor
from crm.models import CaptureForm, ConsentText, Submission
from crm.policies.touches import Touch
from crm.queries import public_pages
from crm.views.public_pages import Visit, public_view

# A stand at a fair sends all its visitors through one address.
_MOST_A_VISITOR, _SPAN = 60, 600
_MOST_AN_ADDRESS, _HOUR = 5, 3_600
_MOST_FILES = 60


@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def show(visit: Visit, slug: str) -> HttpResponse:
    return _page(visit, _form(slug))


@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def embed(visit: Visit, slug: str) -> HttpResponse:
    """The form alone, for a frame on the sites named in it; no site named, no frame."""
    form = _form(slug)
    if not form.allowed_sites:
        raise Http404
    return _page(visit, form, is_embedded=True)


@require_safe
@public_view
def confirm(visit: Visit, slug: str, token: str) -> HttpResponse:
    try:
        submission = submissions.confirm(token=token)
    except LinkNotValid:
        return visit.page("crm/public/gone.html", {}, status=404)
    return visit.page("crm/public/thanks.html", {"form": submission.form, "is_confirmed": True})


def take(visit: Visit, form: PublicForm) -> Submission | None:
    """Let a sent form in; None when it has to be shown again with its faults."""
    opened = form.opened or {}
    if opened and (before := submissions.known(key=uuid.UUID(opened["k"]))):
        return before
    is_good = form.is_valid() and _is_welcome(visit, form)
    if opened:
        _hold_files(visit, form)
    if not is_good or not form.is_valid():
        return None
    words = ConsentText.objects.filter(pk=opened.get("c") or 0).first() or form.form.consent_text
    sent = Sent(uuid.UUID(opened["k"]), form.answers(), touch_in(opened), words, form.held)
    try:
        return submissions.receive(form=form.form, sent=sent)
    except InvalidAnswers as refusal:
        form.show_faults(refusal.fields)
        return None


def opened_form(visit: Visit, form: CaptureForm, touch: Touch) -> PublicForm:
    """The form as the visitor opened it or sent it, with the files chosen for it."""
    request = visit.request
    return PublicForm(form, request.POST or None, request.FILES or None, touch=touch)


def _page(visit: Visit, form: CaptureForm, *, is_embedded: bool = False) -> HttpResponse:
    sites = form.allowed_sites if is_embedded else ()
    if form.state == CaptureForm.State.CLOSED:
        return visit.page("crm/public/closed.html", {"form": form}, status=410, sites=sites)
    touch = visit.touch("embed" if is_embedded else f"form:{form.slug}")
    fields = opened_form(visit, form, touch)
    if visit.request.method == "POST" and take(visit, fields):
        return visit.page("crm/public/thanks.html", {"form": form}, sites=sites)
    if visit.request.method != "POST":
        visit.count(f"form:{form.slug}", touch.source)
    status = 422 if visit.request.method == "POST" else 200
    return visit.page("crm/public/form.html", {"form": form, "fields": fields}, status=status, sites=sites)


def _is_welcome(visit: Visit, form: PublicForm) -> bool:
    """Count the visitor and the address they wrote; say so, with everything kept, when it is too often."""
    where = f"form:{visit.workspace.pk}"
    email = str(form.answers().person.get("email", "")).lower()
    ok = is_allowed(f"{where}:v:{visitor(visit.request)}", most=_MOST_A_VISITOR, seconds=_SPAN)
    ok = is_allowed(f"{where}:{form.form.pk}:{keyed(email)}", most=_MOST_AN_ADDRESS, seconds=_HOUR) and ok
    if not ok:
        form.add_error(None, _("That was often. Please wait a few minutes and send it again."))
    return ok


def _hold_files(visit: Visit, form: PublicForm) -> None:
    """Keep the files chosen, so that a page shown again has them; a machine's are not."""
    uploads = form.uploads()
    if not uploads or form.cleaned_data.get(TRAP):
        return
    counter = f"files:{visit.workspace.pk}:{visitor(visit.request)}"
    for question, upload in uploads:
        if is_allowed(counter, most=_MOST_FILES, seconds=_SPAN):
            held = held_files.hold(
                question=question.id, field=question.field, file_name=upload.name, content=upload.read()
            )
            form.keep(question, held)
        else:
            form.add_error(question.id, _("Too many files were sent. Please wait a few minutes."))


def _form(slug: str) -> CaptureForm:
    form = public_pages.live_form(slug)
    if form is None:
        raise Http404
    return form
