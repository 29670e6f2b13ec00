"""Campaigns: to whom they go, who is held back by which rule, what came of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from journeys.models import Campaign, CampaignRefusal
from journeys.policies.campaigns import STEP
from journeys.queries import entry, journeys, plans
from journeys.queries.content_results import Results, of_journey
from journeys.queries.entry import Entry
from talentpools.models import SegmentMember


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is: people by where they stand, and what came of the mail."""

    entered: int
    refused: int
    waiting: int
    held: int
    counts: Counter[str]
    results: Results


def campaigns() -> QuerySet[Campaign]:
    """Every campaign, the newest first."""
    return Campaign.objects.select_related("journey", "segment", "created_by").order_by("-created_at", "-pk")


def figures(rows: Sequence[Campaign]) -> dict[int, journeys.Row]:
    """Per journey under a campaign, its figures; the same queries for one and for many."""
    return {row.journey.pk: row for row in journeys.with_figures([campaign.journey for campaign in rows])}


def audience(campaign: Campaign) -> list[int]:
    """Everybody in the segment now."""
    members = SegmentMember.objects.filter(segment_id=campaign.segment_id, left_at=None, is_reviewed=True)
    return list(members.order_by("candidate_id").values_list("candidate_id", flat=True))


def judged(campaign: Campaign, *, now: datetime, asked_by: int | None) -> Entry:
    """Who would get it if it went now, and who would not, with codes."""
    plan = plans.read_plan(campaign.journey.draft)
    return entry.entry(campaign.journey, plan, audience(campaign), now=now, asked_by=asked_by)


def progress(campaign: Campaign) -> Progress:
    """What became of a campaign so far."""
    row = journeys.with_figures([campaign.journey])[0]
    counts = journeys.step_counts(campaign.journey_id).get(STEP, Counter())
    refused = CampaignRefusal.objects.filter(campaign=campaign).count()
    return Progress(
        row.entered, refused, row.inside - row.held, row.held, counts, of_journey(campaign.journey_id)
    )


def refusals(campaign: Campaign, code: str = "") -> QuerySet[CampaignRefusal]:
    """Who did not get it, by name."""
    rows = CampaignRefusal.objects.filter(campaign=campaign).select_related("candidate")
    rows = rows.filter(code=code) if code else rows
    return rows.defer("candidate__search_text").order_by("candidate__full_name", "pk")


def refusal_codes(campaign: Campaign) -> list[tuple[str, int]]:
    """How many by which rule, the most first."""
    rows = CampaignRefusal.objects.filter(campaign=campaign).values("code").annotate(people=Count("pk"))
    return [(row["code"], row["people"]) for row in rows.order_by("-people", "code")]
