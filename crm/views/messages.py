from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import messages
from crm.forms.messages import MessageForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Candidate, Message
from crm.policies.mail_text import clean_for_display
from crm.policies.reachability import SENTENCES
from crm.queries import reachability
from crm.queries.cautions import cautions_before
from crm.queries.message_why import why_of

DECISIONS = {"sent": messages.confirm_sent, "again": messages.send_again, "dismiss": messages.dismiss}


@permission_required("messages.send")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.filter(anonymized_at=None), pk=candidate_id)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            messages.write(candidate=candidate, by=request.membership.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            url = reverse("crm:candidate", args=[request.workspace.slug, candidate.pk])
            return go(request, url, toast=Toast("Your mail is on its way."))
    codes = reachability.reasons_for([candidate], now=timezone.now())[candidate.pk]
    context = {
        "form": form,
        "candidate": candidate,
        "obstacles": [SENTENCES[code] for code in codes],
        "cautions": cautions_before(candidate, by_id=request.membership.user_id, now=timezone.now()),
    }
    partial = "panel" if request.htmx and request.htmx.target == "panel" else ""
    status = 422 if form.errors else 200
    return render_page(request, "crm/message/form.html", context, partial=partial, status=status)


@permission_required("inbox.view")
@require_safe
def show(request: WorkspaceRequest, message_id: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("candidate", "sender"), pk=message_id)
    context = {"message": message, "html": clean_for_display(message.body_html), "why": why_of(message)}
    partial = "panel" if request.htmx and request.htmx.target == "panel" else ""
    return render_page(request, "crm/message/detail.html", context, partial=partial)


@permission_required("messages.send")
@require_POST
def decide(request: WorkspaceRequest, message_id: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.filter(direction=Message.Direction.OUT), pk=message_id)
    decision = DECISIONS.get(request.POST.get("decision", ""))
    if decision is None:
        return HttpResponse(status=422)
    try:
        decision(message=message, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = f"{reverse('crm:inbox', args=[request.workspace.slug])}?view=trouble"
    return go(request, url, toast=Toast("Noted."))
