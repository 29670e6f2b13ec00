from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page
from crm.models import User
from journeys.actions import mailboxes
from journeys.forms.mailboxes import MailboxForm
from journeys.models import Mailbox
from journeys.queries import choices, mailbox_days


@permission_required("journeys.manage")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    context = {"rows": mailbox_days.overview(now=timezone.now())}
    return render_page(request, "journeys/mailbox/list.html", context)


@permission_required("journeys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: WorkspaceRequest, user_id: int) -> HttpResponse:
    """`0` is the mailbox of messages nobody in particular sends."""
    sender = get_object_or_404(choices.members(), pk=user_id) if user_id else None
    row = Mailbox.objects.filter(sender=sender).first() or Mailbox(sender=sender)
    form = MailboxForm(request.POST or None, initial=MailboxForm.read(row))
    if request.method == "POST" and form.is_valid():
        mailboxes.set_pace(sender=sender, **form.cleaned_data)
        toast = Toast(f"{_named(sender)}: pace saved. Slots promised before stay.")
        return go(request, reverse("journeys:mailboxes", args=[request.workspace.slug]), toast=toast)
    context = {"form": form, "name": _named(sender), "user_id": user_id}
    status = 422 if form.errors else 200
    return render_page(request, "journeys/mailbox/form.html", context, partial="panel", status=status)


def _named(sender: User | None) -> str:
    return str(sender) if sender else "The team's mailbox"
