from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Candidate
from journeys.actions import campaigns
from journeys.actions.campaigns import Draft
from journeys.forms.campaigns import CampaignForm, ScheduleForm
from journeys.models import Campaign
from journeys.policies.campaigns import STEP, read
from journeys.policies.refusals import told
from journeys.queries import campaigns as found
from journeys.queries import choices, templates
from journeys.views.library import tabs

SHOWN = 100


@permission_required("journeys.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    rows = list(found.campaigns())
    figures = found.figures(rows)
    context = {
        "rows": [(row, figures[row.journey_id]) for row in rows],
        "tabs": tabs(request, "campaigns"),
    }
    return render_page(request, "journeys/campaign/list.html", context)


@permission_required("journeys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: WorkspaceRequest, campaign_id: int = 0) -> HttpResponse:
    campaign = _draft(campaign_id) if campaign_id else None
    form = _form(request.POST or None, _before(request, campaign))
    if request.method == "POST" and form.is_valid():
        try:
            kept = campaigns.save(
                draft=Draft(**form.cleaned_data), by=request.membership.user, campaign=campaign
            )
        except DomainError as refusal:
            return refuse(request, refusal)
        return go(request, _page(request, kept), toast=Toast("Saved as a draft. Nothing is sent yet."))
    status = 422 if form.errors else 200
    context = {"campaign": campaign, "form": form}
    return render_page(request, "journeys/campaign/form.html", context, status=status)


@permission_required("journeys.view")
@require_safe
def show(request: WorkspaceRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(found.campaigns(), pk=campaign_id)
    plan = read(campaign.journey.draft)
    code = request.GET.get("code", "")
    context: dict[str, Any] = {
        "campaign": campaign,
        "plan": plan,
        "template": templates.living().filter(key=plan["template"]).first(),
        "step": STEP,
        "schedule": ScheduleForm(zone=request.workspace.time_zone),
    }
    if campaign.started_at:
        context |= {
            "progress": found.progress(campaign),
            "codes": found.refusal_codes(campaign),
            "refusals": found.refusals(campaign, code)[:SHOWN],
            "code": code,
        }
    return render_page(request, "journeys/campaign/detail.html", context)


@permission_required("journeys.view")
@require_safe
def audience(request: WorkspaceRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(found.campaigns(), pk=campaign_id)
    judged = found.judged(campaign, now=timezone.now(), asked_by=request.membership.user_id)
    names = Candidate.objects.defer("search_text").in_bulk(
        [one.candidate_id for one in judged.refused[:SHOWN]]
    )
    context = {
        "campaign": campaign,
        "judged": judged,
        "codes": told(judged.codes()),
        "refused": [(names.get(one.candidate_id), one) for one in judged.refused[:SHOWN]],
    }
    return render_page(request, "journeys/campaign/audience.html", context, partial="audience")


@permission_required("journeys.manage")
@require_POST
def schedule(request: WorkspaceRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(found.campaigns(), pk=campaign_id)
    form = ScheduleForm(request.POST, zone=request.workspace.time_zone)
    now = timezone.now()
    if not form.is_valid():
        return refuse(request, campaigns.InvalidCampaign("Write day and time, or leave it empty for now."))
    send_at = form.cleaned_data["send_at"] or now
    try:
        kept = campaigns.schedule(campaign=campaign, send_at=send_at, by=request.membership.user, now=now)
    except DomainError as refusal:
        return refuse(request, refusal)
    is_sent = kept.state == Campaign.State.SENT
    sentence = "It is on its way, at the pace of its senders." if is_sent else "Scheduled."
    return go(request, _page(request, kept), toast=Toast(sentence))


@permission_required("journeys.manage")
@require_POST
def cancel(request: WorkspaceRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(found.campaigns(), pk=campaign_id)
    try:
        stopped = campaigns.cancel(campaign=campaign, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    was_sent = bool(campaign.started_at)
    sentence = f"Canceled for {stopped} people who still waited." if was_sent else "Back to a draft."
    return go(request, _page(request, campaign), toast=Toast(sentence))


@permission_required("journeys.manage")
@require_POST
def delete(request: WorkspaceRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(found.campaigns(), pk=campaign_id)
    try:
        campaigns.delete(campaign=campaign, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, reverse("journeys:campaigns", args=[request.workspace.slug]), toast=Toast("Deleted."))


def _draft(campaign_id: int) -> Campaign:
    return get_object_or_404(found.campaigns(), pk=campaign_id, state=Campaign.State.DRAFT)


def _before(request: WorkspaceRequest, campaign: Campaign | None) -> dict[str, Any]:
    if campaign:
        return read(campaign.journey.draft) | {"segment_id": campaign.segment_id}
    asked = {"segment_id": request.GET.get("segment"), "template": request.GET.get("template", "newsletter")}
    return {name: value for name, value in asked.items() if value}


def _form(data: Any, before: dict[str, Any]) -> CampaignForm:
    return CampaignForm(
        data,
        initial=before,
        segments=choices.segments(),
        templates=choices.template_keys(),
        senders=choices.users(),
    )


def _page(request: WorkspaceRequest, campaign: Campaign) -> str:
    return reverse("journeys:campaign", args=[request.workspace.slug, campaign.pk])
