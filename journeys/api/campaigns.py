"""Newsletters and campaigns: one mail to a segment at one time, by the same guards as every journey."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page, page_together
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from journeys.actions import campaigns
from journeys.actions.campaigns import Draft
from journeys.api import shapes
from journeys.models import Campaign
from journeys.policies.campaigns import HOURS, read
from journeys.queries import campaigns as found
from journeys.queries import choices


class CampaignBody(StrictSerializer):
    name = serializers.CharField(max_length=120)
    template = serializers.SlugField(max_length=80)
    segment = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    hours = serializers.ChoiceField(choices=[key for key, _label in HOURS], required=False)
    sender = serializers.CharField(max_length=20, required=False)
    holdout_percent = serializers.IntegerField(min_value=0, max_value=90, required=False)


class ScheduleBody(StrictSerializer):
    send_at = serializers.DateTimeField(required=False)


class Campaigns(Resource):
    """One mail to everybody in a segment."""

    permission = {"GET": "journeys.view", "POST": "journeys.manage"}
    body = {"POST": CampaignBody}

    def get(self, request: Request) -> Response:
        """Every newsletter with its figures; ?state= narrows."""
        state, rows = request.query_params.get("state", ""), found.campaigns()
        if state and state not in Campaign.State.values:
            raise ValidationError({"state": f"One of {', '.join(Campaign.State.values)}."})
        return page_together(request, rows.filter(state=state) if state else rows, _shown)

    def post(self, request: Request) -> Response:
        """A new draft; nothing is sent before it is scheduled."""
        made = campaigns.save(draft=_draft(self.read(request)), by=actor(request))
        return _answer(made.pk, status=201)


class OneCampaign(Resource):
    """One newsletter."""

    permission = {"GET": "journeys.view", "PATCH": "journeys.manage", "DELETE": "journeys.manage"}
    body = {"PATCH": CampaignBody}

    def get(self, request: Request, campaign_id: int) -> Response:
        """One newsletter with its figures."""
        return Response(_shown([_one(campaign_id)])[0])

    def patch(self, request: Request, campaign_id: int) -> Response:
        """Change a draft; 409 `wrong_state` once it is scheduled or sent."""
        campaign = _one(campaign_id)
        planned = read(campaign.journey.draft)
        stored = {"segment": campaign.segment_id, "holdout_percent": planned.pop("holdout"), **planned}
        draft = _draft(stored | self.read(request, partial=True))
        campaigns.save(draft=draft, by=actor(request), campaign=campaign)
        return _answer(campaign_id)

    def delete(self, request: Request, campaign_id: int) -> Response:
        """Delete a draft; 409 `wrong_state` for anything else."""
        campaigns.delete(campaign=_one(campaign_id), by=actor(request))
        return Response(status=204)


class CampaignSchedule(Resource):
    """Sending it."""

    permission = {"POST": "journeys.manage"}
    body = {"POST": ScheduleBody}

    def post(self, request: Request, campaign_id: int) -> Response:
        """At `send_at`, or now; 400 `invalid_journey` names what is wrong with the mail."""
        now = timezone.now()
        send_at = self.read(request).get("send_at") or now
        campaigns.schedule(campaign=_one(campaign_id), send_at=send_at, by=actor(request), now=now)
        return _answer(campaign_id)


class CampaignCancel(Resource):
    """Taking it back."""

    permission = {"POST": "journeys.manage"}

    def post(self, request: Request, campaign_id: int) -> Response:
        """Scheduled: a draft again. On its way: whoever still waits gets none; what has left has left."""
        campaigns.cancel(campaign=_one(campaign_id), by=actor(request))
        return _answer(campaign_id)


class CampaignPreview(Resource):
    """Who would get it if it went now."""

    permission = {"POST": "journeys.view"}

    def post(self, request: Request, campaign_id: int) -> Response:
        """The same judgment as sending, and nothing is written."""
        maker = actor(request)
        judged = found.judged(_one(campaign_id), now=timezone.now(), asked_by=maker.pk if maker else None)
        return Response(shapes.judged(judged))


class CampaignRefusals(Resource):
    """Who did not get it, and by which rule."""

    permission = {"GET": "journeys.view"}

    def get(self, request: Request, campaign_id: int) -> Response:
        """People of the segment with the code that kept it from them; ?code= narrows."""
        rows = found.refusals(_one(campaign_id), request.query_params.get("code", ""))
        return page(request, rows, shapes.refusal)


def _one(campaign_id: int) -> Campaign:
    return get_object_or_404(found.campaigns(), pk=campaign_id)


def _draft(given: dict[str, Any]) -> Draft:
    offered = {"segment": choices.segments(), "template": choices.template_keys(), "sender": choices.users()}
    for name, pairs in offered.items():
        if name in given and str(given[name]) not in dict(pairs):
            raise ValidationError({name: f"There is no such {name}."})
    named = {name: given[name] for name in ("name", "template", "hours", "sender") if name in given}
    return Draft(**named, segment_id=given["segment"], holdout=given.get("holdout_percent", 0))


def _answer(campaign_id: int, *, status: int = 200) -> Response:
    return Response(_shown([_one(campaign_id)])[0], status=status)


def _shown(rows: list[Campaign]) -> list[dict[str, Any]]:
    figures = found.figures(rows)
    return [shapes.campaign(row, figures[row.journey_id]) for row in rows]
