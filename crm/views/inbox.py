from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.actions import messages, outcomes
from crm.forms.messages import OutcomeForm, ReplyForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Message
from crm.queries import inbox, reachability
from crm.queries.messages import conversation

VIEWS = ("mine", "all", "settled", "trouble")


@permission_required("inbox.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    shown = request.GET.get("view", "mine")
    reader_id = request.membership.user_id
    rows = {
        "all": inbox.waiting,
        "settled": inbox.settled,
        "trouble": inbox.troubled,
    }.get(shown, lambda: inbox.waiting(reader_id=reader_id))()
    page = Paginator(rows, inbox.PAGE).get_page(request.GET.get("page"))
    counts = inbox.counts(reader_id=reader_id)
    context = {
        "page": page,
        "shown": shown if shown in VIEWS else "mine",
        "tabs": _tabs(shown, counts),
        "others": counts.everybody,
    }
    return render_page(request, "crm/inbox/list.html", context, partial="results")


@permission_required("inbox.view")
@require_safe
def show(request: WorkspaceRequest, message_id: int) -> HttpResponse:
    return _thread(request, _reply(message_id), ReplyForm())


@permission_required("messages.send")
@require_POST
def settle(request: WorkspaceRequest, message_id: int) -> HttpResponse:
    message, form = _reply(message_id), OutcomeForm(request.POST)
    if not form.is_valid():
        return _thread(request, message, ReplyForm(), status=422)
    try:
        settled = outcomes.settle(message=message, choice=form.choice(), by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    undo = "" if settled.outcome in outcomes.FINAL else _url(request, "inbox_undo", settled)
    word = settled.get_outcome_display() or "Done"
    return go(
        request, _after(request), toast=Toast(f"{settled.candidate or settled.from_address}: {word}", undo)
    )


@permission_required("messages.send")
@require_POST
def undo(request: WorkspaceRequest, message_id: int) -> HttpResponse:
    message = _reply(message_id)
    try:
        outcomes.undo(message=message, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request, "inbox_thread", message), toast=Toast("Back on the list."))


@permission_required("messages.send")
@require_POST
def answer(request: WorkspaceRequest, message_id: int) -> HttpResponse:
    message, form = _reply(message_id), ReplyForm(request.POST)
    if not form.is_valid() or message.candidate is None:
        return _thread(request, message, form, status=422)
    try:
        messages.write(
            candidate=message.candidate,
            subject=message.subject,
            text=form.cleaned_data["text"],
            by=request.membership.user,
            in_reply_to=message,
        )
    except DomainError as refusal:
        form.add_error("text", refusal.sentence)
        return _thread(request, message, form, status=422)
    return go(request, _url(request, "inbox_thread", message), toast=Toast("Your answer is on its way."))


def _thread(
    request: WorkspaceRequest, message: Message, form: ReplyForm, *, status: int = 200
) -> HttpResponse:
    person = message.candidate
    codes = reachability.reasons_for([person], now=timezone.now())[person.pk] if person else []
    context = {
        "message": message,
        "thread": conversation(message),
        "person": person,
        "may_answer": not [code for code in codes if code != "no_basis"],
        "form": form,
        "months": _next_months(),
    }
    is_panel = request.htmx and request.htmx.target == "panel"
    partial = "panel" if is_panel else ""
    return render_page(request, "crm/inbox/thread.html", context, partial=partial, status=status)


def _reply(message_id: int) -> Message:
    incoming = Message.objects.filter(direction=Message.Direction.IN)
    return get_object_or_404(incoming.select_related("candidate__owner", "sender"), pk=message_id)


def _next_months() -> list[tuple[str, Any]]:
    today = timezone.localdate()
    firsts = []
    for count in range(1, 13):
        index = today.month - 1 + count
        firsts.append(today.replace(year=today.year + index // 12, month=index % 12 + 1, day=1))
    return [(first.isoformat(), first) for first in firsts]


def _tabs(shown: str, counts: inbox.Counts) -> list[dict[str, Any]]:
    rows = [
        ("mine", "Mine", counts.mine),
        ("all", "Everybody's", counts.everybody),
        ("settled", "Dealt with", ""),
        ("trouble", "Not delivered", counts.trouble),
    ]
    return [
        {"label": label, "href": f"?view={key}", "current": key == shown, "count": count}
        for key, label, count in rows
    ]


def _after(request: WorkspaceRequest) -> str:
    return reverse("crm:inbox", args=[request.workspace.slug])


def _url(request: WorkspaceRequest, name: str, message: Message) -> str:
    return reverse(f"crm:{name}", args=[request.workspace.slug, message.pk])
