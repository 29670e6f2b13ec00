from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from integrations.actions import webhooks
from integrations.forms.webhooks import WebhookForm, values_of
from integrations.models import Webhook, WebhookDelivery
from integrations.queries.webhooks import deliveries_of, with_counts

SHOWN = 100


@permission_required("connections.manage")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "integrations/webhook/list.html", {"webhooks": with_counts()})


@permission_required("connections.manage")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = webhooks.create(**form.given, by=request.membership.user)
        except DomainError as refusal:
            form.add_error(next(iter(refusal.fields), None), refusal.sentence)
        else:
            return _to(request, made, "It is told from the next event on.")
    context = {"form": form}
    return render(request, "integrations/webhook/form.html", context, status=422 if form.errors else 200)


@permission_required("connections.manage")
@require_safe
def show(request: WorkspaceRequest, webhook_id: int) -> HttpResponse:
    webhook = get_object_or_404(with_counts(), pk=webhook_id)
    context = {"webhook": webhook, "deliveries": deliveries_of(webhook)[:SHOWN]}
    return render(request, "integrations/webhook/detail.html", context)


@permission_required("connections.manage")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, webhook_id: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook.objects, pk=webhook_id)
    posted = request.POST if request.method == "POST" else None
    form = WebhookForm(posted, initial=values_of(webhook))
    if request.method == "POST" and form.is_valid():
        try:
            webhooks.update(webhook=webhook, **form.given, by=request.membership.user)
        except DomainError as refusal:
            form.add_error(next(iter(refusal.fields), None), refusal.sentence)
        else:
            return _to(request, webhook, "Saved.")
    context = {"form": form, "webhook": webhook}
    return render(request, "integrations/webhook/form.html", context, status=422 if form.errors else 200)


@permission_required("connections.manage")
@require_POST
def switch(request: WorkspaceRequest, webhook_id: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook.objects, pk=webhook_id)
    on = webhook.disabled_at is not None
    webhooks.switch(webhook=webhook, on=on, by=request.membership.user)
    return _to(request, webhook, "It is told again." if on else "It is told nothing until you switch it on.")


@permission_required("connections.manage")
@require_POST
def roll(request: WorkspaceRequest, webhook_id: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook.objects, pk=webhook_id)
    webhooks.roll_secret(webhook=webhook, by=request.membership.user)
    return _to(request, webhook, "A new secret signs from now on.")


@permission_required("connections.manage")
@require_POST
def remove(request: WorkspaceRequest, webhook_id: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook.objects, pk=webhook_id)
    webhooks.remove(webhook=webhook, by=request.membership.user)
    url = reverse("integrations:webhooks", args=[request.workspace.slug])
    return go(request, url, toast=Toast("The webhook is gone."))


@permission_required("connections.manage")
@require_POST
def retry(request: WorkspaceRequest, delivery_id: int) -> HttpResponse:
    delivery = get_object_or_404(WebhookDelivery.objects.select_related("webhook"), pk=delivery_id)
    try:
        webhooks.retry(delivery=delivery)
    except DomainError as refusal:
        return refuse(request, refusal)
    return _to(request, delivery.webhook, "It is sent again.")


def _to(request: WorkspaceRequest, webhook: Webhook, sentence: str) -> HttpResponse:
    url = reverse("integrations:webhook", args=[request.workspace.slug, webhook.pk])
    return go(request, url, toast=Toast(sentence))
