"""The list at the door: made for a phone, one hand and a bad network."""

from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import arrivals, registrations
from crm.actions.arrivals import Arrival
from crm.forms.talent_events import ArrivalsForm, AttendanceForm, WalkInForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page
from crm.kernel.tenancy import current_workspace_id
from crm.models import Registration, TalentEvent
from crm.policies import csv_files, tickets, xlsx_files
from crm.policies.csv_files import Line, UnreadableFile
from crm.queries import talent_events as found
from crm.views.talent_events import page_context, the_registration, the_row, url

_MOST_LINES = 10_000
# As many as a phone can search while it has no network.
_MOST_SHOWN = 500


@permission_required("capture.edit")
@require_safe
def index(request: WorkspaceRequest, talent_event_id: int) -> HttpResponse:
    row = the_row(talent_event_id)
    q = request.GET.get("q", "")
    people = _listed(row.event, q)
    context = {"row": row, "event": row.event, "q": q, "people": people, "most": _MOST_SHOWN}
    response = render_page(request, "crm/talent_event/check_in.html", context, partial="rows")
    response._csp_update = {"worker-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


@permission_required("capture.edit")
@require_safe
def worker(request: WorkspaceRequest, talent_event_id: int) -> HttpResponse:
    """The page's service worker: below the page's address, so that this is all it can reach."""
    the_row(talent_event_id)
    script = Path(str(finders.find("build/door_worker.js")))
    return HttpResponse(script.read_bytes(), content_type="text/javascript")


@permission_required("capture.edit")
@require_POST
def set_present(request: WorkspaceRequest, registration_id: int) -> HttpResponse:
    """`present` is 1 or 0: sending the same again changes nothing."""
    row = the_registration(registration_id)
    is_present = request.POST.get("present") == "1"
    row = registrations.set_present(registration=row, is_present=is_present, by=request.membership.user)
    if not request.htmx:
        return go(request, url(request, "event_check_in", row.talent_event_id))
    counts = the_row(row.talent_event_id)
    context = _shown(the_registration(row.pk)) | {"row": counts, "event": counts.event, "is_fragment": True}
    return render(request, "crm/talent_event/check_in.html#person", context)


@permission_required("capture.edit")
@require_POST
def take_in(request: WorkspaceRequest, talent_event_id: int) -> HttpResponse:
    """What a phone kept while it had no network, and every scan: JSON for the page's own script."""
    event = the_row(talent_event_id).event
    form = ArrivalsForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"detail": form.errors["taps"][0]}, status=400)
    done = arrivals.take_in(event=event, taps=form.cleaned_data["taps"], by=request.membership.user)
    counts = the_row(talent_event_id)
    rows = [
        {"key": one.key, "outcome": one.outcome, "sentence": one.sentence} | _fragment(request, one)
        for one in done
    ]
    return JsonResponse(
        {"arrivals": rows, "count": f"{counts.present:,} / {counts.present + counts.registered:,}"}
    )


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def walk_in(request: WorkspaceRequest, talent_event_id: int) -> HttpResponse:
    event = the_row(talent_event_id).event
    form = WalkInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            row = registrations.walk_in(
                event=event, agrees=given.pop("agrees"), given=given, by=request.membership.user
            )
        except DomainError as refusal:
            for name, sentence in (refusal.fields or {"email": refusal.sentence}).items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            toast = Toast(f"{row.candidate} is checked in.")
            return go(request, url(request, "event_check_in", event.pk), toast=toast)
    context = {"form": form, "event": event}
    return render(request, "crm/talent_event/walk_in.html", context, status=422 if form.errors else 200)


@permission_required("capture.edit")
@require_POST
def cancel(request: WorkspaceRequest, registration_id: int) -> HttpResponse:
    row = the_registration(registration_id)
    registrations.cancel(registration=row, by=request.membership.user)
    return go(request, url(request, "event", row.talent_event_id), toast=Toast("The place is free again."))


@permission_required("capture.edit")
@require_POST
def import_list(request: WorkspaceRequest, talent_event_id: int) -> HttpResponse:
    """Check everybody on a list in; the page says what became of each line."""
    counts = the_row(talent_event_id)
    form = AttendanceForm(request.POST, request.FILES)
    rows = _rows(form) if form.is_valid() else []
    context = page_context(request, counts) | {"attendance": form, "outcomes": []}
    if form.errors:
        return render(request, "crm/talent_event/detail.html", context, status=422)
    by = request.membership.user
    context["outcomes"] = registrations.import_attendance(event=counts.event, rows=rows, by=by)
    context |= page_context(request, the_row(talent_event_id))
    return render(request, "crm/talent_event/detail.html", context)


def _lines(content: bytes) -> list[Line]:
    if xlsx_files.is_workbook(content):
        return list(csv_files.read(xlsx_files.as_csv(content), ","))
    text = csv_files.decode(content).text
    return list(csv_files.read(text, csv_files.delimiter_of(text)))


def _rows(form: AttendanceForm) -> list[tuple[int, str]]:
    """(Line, address) of a file or of what was pasted; puts its faults on the form."""
    if upload := form.cleaned_data.get("file"):
        try:
            lines = _lines(upload.read())
        except UnreadableFile as wrong:
            form.add_error("file", str(wrong))
            return []
        heads = [cell.strip().lower().replace("-", "") for cell in lines[0].cells] if lines else []
        column = next((index for index, head in enumerate(heads) if head in ("email", "mail")), None)
        if column is None:
            form.add_error("file", "The first line has to name a column “E-mail”.")
            return []
        found_rows = [(one.number, one.cells[column] if column < len(one.cells) else "") for one in lines[1:]]
    else:
        pasted = form.cleaned_data["addresses"].splitlines()
        found_rows = [(n, line.strip()) for n, line in enumerate(pasted, 1) if line.strip()]
    if len(found_rows) > _MOST_LINES:
        form.add_error("file", f"At most {_MOST_LINES:,} lines at a time.")
    return found_rows


def _listed(event: TalentEvent, q: str) -> list[tuple[Registration, str]]:
    rows = found.registrations(event, q=q).exclude(state=Registration.State.CANCELED)
    return [(row, _ticket(row)) for row in rows[:_MOST_SHOWN]]


def _shown(row: Registration) -> dict[str, Any]:
    """A registration and its ticket, by which the page knows a scan without asking."""
    return {"one": row, "ticket": _ticket(row)}


def _ticket(row: Registration) -> str:
    return tickets.ticket_of(current_workspace_id(), row.pk)


def _fragment(request: WorkspaceRequest, arrival: Arrival) -> dict[str, Any]:
    row = arrival.registration
    if row is None or arrival.outcome in ("other_event", "canceled"):
        return {}
    html = render_to_string("crm/talent_event/check_in.html#person", _shown(row), request)
    return {"id": f"person-{row.pk}", "html": html}
