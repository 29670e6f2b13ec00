"""How a candidate looks in the API: the names of the rule language, in and out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from crm.api.parsing import StrictSerializer
from crm.models import Availability, Consent, Stage
from crm.models.candidate import CandidateColumns
from crm.policies import engagement
from crm.policies.people import Basis
from crm.policies.reachability import consent_state
from crm.queries.candidate_details import Details, details_of
from crm.queries.engagement import scale

_PLAIN = (
    "first_name", "last_name", "full_name", "email", "headline", "current_title", "current_company", "city",
    "region", "country", "time_zone", "locale", "source", "origin", "role_family", "seniority", "stage",
    "availability", "years_experience", "notice_days", "relocation", "languages", "custom",
    "preferred_gap_days", "not_before", "topics_declined", "in_process", "last_contacted_at",
    "last_engaged_at", "last_replied_at", "created_at", "updated_at", "archived_at",
)  # fmt: skip


class ConsentBody(StrictSerializer):
    """Why the person may be written to."""

    basis = serializers.ChoiceField(choices=Consent.Basis.choices, default=Consent.Basis.CONSENT)
    purpose = serializers.CharField(max_length=40, default="talent_pool")
    source = serializers.CharField(max_length=120, default="api")  # type: ignore[assignment]
    text_version = serializers.CharField(max_length=64, allow_blank=True, default="")
    granted_at = serializers.DateTimeField(allow_null=True, default=None)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


def _text(**options: Any) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, allow_null=True, **options)


def _texts() -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=500), required=False, max_length=200)


class CandidateBody(StrictSerializer):
    """What may be said about a candidate. What is not said stays as it is."""

    external_id = _text(max_length=200)
    email = _text(max_length=320)
    emails = _texts()
    phone = _text(max_length=60)
    phones = _texts()
    link = _text(max_length=500)
    links = _texts()
    full_name = _text(max_length=400)
    first_name = _text(max_length=200)
    last_name = _text(max_length=200)
    headline = _text(max_length=300)
    current_title = _text(max_length=200)
    current_company = _text(max_length=200)
    city = _text(max_length=120)
    region = _text(max_length=120)
    country = _text(max_length=80)
    time_zone = _text(max_length=64)
    locale = _text(max_length=10)
    source = _text(max_length=120)  # type: ignore[assignment]
    owner = serializers.JSONField(required=False, allow_null=True, help_text="a member's id or address")
    role_family = _text(max_length=40)
    seniority = _text(max_length=40)
    stage = serializers.ChoiceField(choices=Stage.choices, required=False, allow_blank=True, allow_null=True)
    availability = serializers.ChoiceField(
        choices=Availability.choices, required=False, allow_blank=True, allow_null=True
    )
    years_experience = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=80)
    notice_days = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=3_650)
    relocation = serializers.BooleanField(required=False, allow_null=True)
    languages = _texts()
    skills = _texts()
    tags = _texts()
    custom = serializers.DictField(required=False)
    preferred_gap_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=3_650
    )
    not_before = serializers.DateField(required=False, allow_null=True)
    consent = ConsentBody(required=False)


def basis_of(values: dict[str, Any]) -> Basis | None:
    """Takes `consent` out of the values read; None when nothing was said."""
    consent = values.pop("consent", None)
    return Basis(**consent) if consent else None


def shapes(candidates: Sequence[CandidateColumns]) -> list[dict[str, Any]]:
    """These candidates as JSON, in a fixed number of statements."""
    now = timezone.now()
    details, scored = details_of(candidates, now=now), scale()
    return [_shape(candidate, details[candidate.pk], now, scored) for candidate in candidates]


def shape(candidate: CandidateColumns) -> dict[str, Any]:
    return shapes([candidate])[0]


def _shape(
    candidate: CandidateColumns, details: Details, now: datetime, scored: engagement.Scale
) -> dict[str, Any]:
    score = engagement.score_at(candidate.engagement_key, now, scored)
    return {
        "id": candidate.pk,
        "external_id": details.external_id,
        **{name: getattr(candidate, name) for name in _PLAIN},
        "owner": candidate.owner_id,
        "emails": details.contacts.get("email", []),
        "phones": details.contacts.get("phone", []),
        "links": details.contacts.get("link", []),
        "skills": details.skills,
        "tags": details.tags,
        "engagement": engagement.shown(score),
        "engagement_score": score,
        "engagement_level": engagement.level_at(candidate.engagement_key, now, scored),
        "consent": consent_state(candidate.consent, candidate.consent_expires_at, now=now),
        "consent_expires_at": candidate.consent_expires_at,
        "unsubscribed": candidate.unsubscribed_at is not None,
        "do_not_contact": details.is_do_not_contact,
        "reachable": not details.reasons,
        "unreachable_because": details.reasons,
    }
