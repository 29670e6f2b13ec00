from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import reply_mailboxes
from crm.forms.reply_mailboxes import ReplyMailboxForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from crm.models import ReplyMailbox, User
from crm.queries.candidate_list import owners


@permission_required("workspace.manage")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    mailboxes = ReplyMailbox.objects.select_related("owner").order_by("address")
    return render(request, "crm/reply_mailbox/list.html", {"mailboxes": mailboxes})


@permission_required("workspace.manage")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    form = ReplyMailboxForm(request.POST or None, members=owners())
    if request.method == "POST" and form.is_valid():
        return _kept(request, form, form.owner, None)
    return _form(request, form, None)


@permission_required("workspace.manage")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, reply_mailbox_id: int) -> HttpResponse:
    mailbox = get_object_or_404(ReplyMailbox.objects.select_related("owner"), pk=reply_mailbox_id)
    form = ReplyMailboxForm(request.POST or None, members=[], mailbox=mailbox)
    if request.method == "POST" and form.is_valid():
        return _kept(request, form, mailbox.owner, mailbox)
    return _form(request, form, mailbox)


@permission_required("workspace.manage")
@require_POST
def switch(request: WorkspaceRequest, reply_mailbox_id: int) -> HttpResponse:
    mailbox = get_object_or_404(ReplyMailbox.objects, pk=reply_mailbox_id)
    is_on = reply_mailboxes.switch(mailbox=mailbox, by=request.membership.user)
    words = "is read again" if is_on else "is no longer read"
    undo = reverse("crm:reply_mailbox_switch", args=[request.workspace.slug, mailbox.pk])
    return go(request, _url(request), toast=Toast(f"{mailbox} {words}.", undo_url=undo))


@permission_required("workspace.manage")
@require_POST
def remove(request: WorkspaceRequest, reply_mailbox_id: int) -> HttpResponse:
    mailbox = get_object_or_404(ReplyMailbox.objects, pk=reply_mailbox_id)
    reply_mailboxes.remove(mailbox=mailbox, by=request.membership.user)
    return go(request, _url(request), toast=Toast(f"{mailbox} is forgotten; the mails it brought stay."))


def _kept(
    request: WorkspaceRequest, form: ReplyMailboxForm, owner: User | None, mailbox: ReplyMailbox | None
) -> HttpResponse:
    try:
        kept = reply_mailboxes.keep(given=form.cleaned_data, owner=owner, by=request.membership.user)
    except DomainError as refusal:
        form.blame(dict(refusal.fields) or {"": refusal.sentence})
        return _form(request, form, mailbox)
    return go(request, _url(request), toast=Toast(f"{kept} is being read; the list says how it went."))


def _form(request: WorkspaceRequest, form: ReplyMailboxForm, mailbox: ReplyMailbox | None) -> HttpResponse:
    context = {"form": form, "mailbox": mailbox}
    return render(request, "crm/reply_mailbox/form.html", context, status=422 if form.errors else 200)


def _url(request: WorkspaceRequest) -> str:
    return reverse("crm:reply_mailboxes", args=[request.workspace.slug])
