"""Campaigns: one mail to a segment, by the same engine and the same guards as every journey."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from crm.actions import events, rowsets
from crm.kernel.errors import DomainError
from crm.models import User
from journeys.actions import enrollments, journeys
from journeys.actions.journeys import WrongState
from journeys.models import Campaign, CampaignRefusal, Enrollment, Journey
from journeys.policies.campaigns import document
from journeys.queries import campaigns as found


class InvalidCampaign(DomainError):
    """The campaign cannot be used like this."""

    code = "invalid_campaign"
    status = 400


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign as somebody planned it."""

    name: str
    template: str
    segment_id: int
    hours: str = "office"
    sender: str = "owner"
    holdout: int = 0


@transaction.atomic
def save(*, draft: Draft, by: User | None, campaign: Campaign | None = None) -> Campaign:
    """Keep the campaign as a draft. Refuses one that was scheduled or sent."""
    if campaign and campaign.state != Campaign.State.DRAFT:
        raise WrongState("Only a draft can be changed.")
    file = document(**{name: getattr(draft, name) for name in Draft.__slots__ if name != "segment_id"})
    kept = journeys.save_draft(
        document=file, by=by, journey=campaign.journey if campaign else None, is_complete=False
    )
    Journey.objects.filter(pk=kept.pk).update(is_campaign=True)
    if campaign:
        Campaign.objects.filter(pk=campaign.pk).update(segment_id=draft.segment_id)
        return Campaign.objects.get(pk=campaign.pk)
    return Campaign.objects.create(journey=kept, segment_id=draft.segment_id, created_by=by)


@transaction.atomic
def schedule(
    *, campaign: Campaign, send_at: datetime, by: User | None, now: datetime | None = None
) -> Campaign:
    """Send at that time, or at once when it has come. Refuses a faulty mail and anything but a draft."""
    now = now or timezone.now()
    locked = _locked(campaign, Campaign.State.DRAFT)
    journeys.publish(journey=locked.journey, by=by, now=now)
    locked.state, locked.send_at = Campaign.State.SCHEDULED, max(send_at, now)
    locked.save(update_fields=["state", "send_at"])
    events.record("campaign.scheduled", by=by, at=now, data={"campaign": locked.pk})
    if send_at <= now:
        _start(locked, now)
    return Campaign.objects.get(pk=locked.pk)


@transaction.atomic
def cancel(*, campaign: Campaign, by: User | None, now: datetime | None = None) -> int:
    """Take a scheduled campaign back to a draft; stop one that is on its way for whoever still waits.

    Returns how many no longer get it. What has left has left.
    """
    now = now or timezone.now()
    locked = _locked(campaign, Campaign.State.SCHEDULED, Campaign.State.SENT)
    inside = Enrollment.objects.filter(journey=locked.journey, state=Enrollment.State.ACTIVE)
    waiting = list(inside.values_list("pk", flat=True))
    stopped = enrollments.exit_people(enrollment_ids=waiting, reason="canceled", now=now, by=by)
    is_draft_again = locked.state == Campaign.State.SCHEDULED
    locked.state = Campaign.State.DRAFT if is_draft_again else Campaign.State.CANCELED
    locked.send_at = None if is_draft_again else locked.send_at
    locked.save(update_fields=["state", "send_at"])
    Journey.objects.filter(pk=locked.journey_id).update(
        state=Journey.State.DRAFT if is_draft_again else Journey.State.STOPPED
    )
    events.record("campaign.canceled", by=by, at=now, data={"campaign": locked.pk, "people": stopped})
    return stopped


def start_due(*, now: datetime) -> int:
    """Start every campaign whose time has come; returns how many people entered. Twice is once."""
    due = Campaign.objects.filter(state=Campaign.State.SCHEDULED, send_at__lte=now)
    count = 0
    for pk in list(due.order_by("send_at", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            mine = Campaign.objects.select_for_update(skip_locked=True)
            locked = mine.filter(pk=pk, state=Campaign.State.SCHEDULED).first()
            count += _start(locked, now) if locked else 0
    return count


def next_moment(*, after: datetime) -> datetime | None:
    """When the next campaign starts."""
    waiting = Campaign.objects.filter(state=Campaign.State.SCHEDULED, send_at__gt=after)
    first: datetime | None = waiting.aggregate(first=Min("send_at"))["first"]
    return first


def delete(*, campaign: Campaign, by: User | None) -> None:
    """Delete a draft with its journey."""
    with transaction.atomic():
        locked = _locked(campaign, Campaign.State.DRAFT)
        journey = locked.journey
        locked.delete()
        journeys.delete(journey=journey, by=by)


def _start(campaign: Campaign, now: datetime) -> int:
    """Everybody in the segment now enters; who may not is kept with the code of why."""
    journey = Journey.objects.get(pk=campaign.journey_id)
    people = found.audience(campaign)
    entered = enrollments.enroll(journey=journey, candidate_ids=people, by=campaign.created_by, now=now)
    refused: list[dict[str, Any]] = [
        {
            "campaign_id": campaign.pk,
            "candidate_id": one.candidate_id,
            "code": one.code,
            "sentence": one.sentence,
        }
        for one in entered.refused
        if one.code != "not_found"
    ]
    rowsets.insert(CampaignRefusal, refused)
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.SENT, started_at=now)
    data = {"campaign": campaign.pk, "people": entered.count, "refused": len(entered.refused)}
    events.record("campaign.started", by=campaign.created_by, at=now, data=data)
    return entered.count


def _locked(campaign: Campaign, *allowed: str) -> Campaign:
    locked = Campaign.objects.select_for_update(of=("self",)).select_related("journey").get(pk=campaign.pk)
    if locked.state not in allowed:
        raise WrongState(f"“{locked.journey.name}” is {locked.get_state_display().lower()}.")
    return locked
