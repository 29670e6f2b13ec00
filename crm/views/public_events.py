from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from crm.actions import registration_mails
from crm.forms.public_forms import PublicForm
from crm.models import CaptureForm, TalentEvent
from crm.policies import invitations
from crm.queries import talent_events as found
from crm.views.public_forms import take
from crm.views.public_pages import Visit, public_view


@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def show(visit: Visit, slug: str) -> HttpResponse:
    event = _event(slug)
    touch = visit.touch(f"event:{slug}")
    fields = PublicForm(event.form, visit.request.POST or None, touch=touch)
    context = _context(event) | {"form": event.form, "fields": fields}
    if visit.request.method == "POST" and context["is_open"]:
        if take(visit, fields):
            return visit.page("crm/public/registered.html", context)
        return visit.page("crm/public/event.html", context, status=422)
    visit.count(f"event:{slug}", touch.source)
    return visit.page("crm/public/event.html", context)


@require_safe
@public_view
def calendar(visit: Visit, slug: str) -> HttpResponse:
    text = registration_mails.calendar(_event(slug), visit.workspace)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response


def _event(slug: str) -> TalentEvent:
    event = found.public_event(slug)
    if event is None:
        raise Http404
    return event


def _context(event: TalentEvent) -> dict[str, object]:
    row = found.row_of(event.pk)
    assert row is not None
    is_over = event.ends_at < timezone.now()
    is_full = row.free == 0
    is_open = event.state == TalentEvent.State.LIVE and event.form.state == CaptureForm.State.LIVE
    return {
        "event": event,
        "when": invitations.when(event),
        "is_over": is_over,
        "is_full": is_full,
        "is_open": is_open and not is_over and (not is_full or event.has_waitlist),
        "is_canceled": event.state == TalentEvent.State.CANCELED,
        "free": row.free,
    }
