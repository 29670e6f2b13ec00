from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from crm.actions import registration_mails
from crm.models import CaptureForm, Registration, TalentEvent
from crm.policies import invitations, qr_codes
from crm.policies.tickets import short, ticket_of
from crm.policies.tokens import Purpose
from crm.queries import talent_events as found
from crm.views.public_forms import opened_form, take
from crm.views.public_pages import Visit, coded_view, nobody, public_view

_of_registration = coded_view(Purpose.TICKET, found.locale_of_holder)


@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def show(visit: Visit, slug: str) -> HttpResponse:
    event = _event(slug)
    touch = visit.touch(f"event:{slug}")
    fields = opened_form(visit, event.form, touch)
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


@require_safe
@_of_registration
def ticket(visit: Visit, registration_id: int, _zero: int) -> HttpResponse:
    """What somebody shows at the door."""
    row = Registration.objects.select_related("talent_event", "candidate").filter(pk=registration_id).first()
    if row is None or row.candidate.anonymized_at:
        return nobody()
    code = ticket_of(visit.workspace.pk, row.pk)
    context = {
        "registration": row,
        "event": row.talent_event,
        "when": invitations.when(row.talent_event),
        "is_over": row.talent_event.ends_at < timezone.now(),
        "is_void": row.state == Registration.State.CANCELED
        or row.talent_event.state == TalentEvent.State.CANCELED,
        "code": code,
        "short": short(code),
    }
    return visit.page("crm/public/ticket.html", context)


@require_safe
@_of_registration
def ticket_qr(visit: Visit, registration_id: int, _zero: int) -> HttpResponse:
    """The address of the ticket as a picture."""
    address = registration_mails.ticket_url(visit.workspace.pk, registration_id)
    return HttpResponse(qr_codes.qr_code(address, "svg"), content_type=qr_codes.TYPES["svg"])


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
