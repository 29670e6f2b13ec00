"""How often one person may hear from us, and what that rests on."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Candidate
from crm.policies.topics import TOPICS
from crm.queries.candidates import living
from crm.queries.cautions import cautions_before
from journeys.actions import contact_budgets
from journeys.policies.pressure import Override
from journeys.queries import pressure


class BudgetBody(StrictSerializer):
    topic = serializers.ChoiceField(choices=["", *TOPICS], required=False, default="")
    gap_days = serializers.IntegerField(min_value=0, max_value=3_650, allow_null=True, default=None)
    cap = serializers.IntegerField(min_value=0, max_value=1_000, allow_null=True, default=None)
    cap_days = serializers.IntegerField(min_value=1, max_value=3_650, allow_null=True, default=None)


class CandidatePressure(Resource):
    """One person's budget of contact over all journeys, campaigns and colleagues."""

    permission = {"GET": "candidates.view", "PUT": "enrollments.edit"}
    body = {"PUT": BudgetBody}

    def get(self, request: Request, candidate_id: int) -> Response:
        """The numbers that count, what the person heard, what waits, and until when it has to.

        `cautions` is what the composer warns of before somebody writes by hand; it stops nothing.
        """
        candidate, maker = _one(candidate_id), actor(request)
        cautions = cautions_before(candidate, by_id=maker.pk if maker else None, now=timezone.now())
        return Response(_shape(candidate) | {"cautions": cautions})

    def put(self, request: Request, candidate_id: int) -> Response:
        """Other numbers for this person, about a topic or anything; all null takes them away."""
        given, candidate = self.read(request), _one(candidate_id)
        numbers = Override(given["gap_days"], given["cap"], given["cap_days"])
        contact_budgets.set_budget(
            candidate=candidate, topic=given["topic"], numbers=numbers, by=actor(request)
        )
        return Response(_shape(candidate))


def _shape(candidate: Candidate) -> dict[str, Any]:
    found = pressure.pressure_of(candidate, now=timezone.now())
    if found is None:
        return {"gap_days": None, "cap": None, "cap_days": None, "heard": [], "coming": [], "waits": None}
    budget, slide = found.budget, found.slide
    return {
        "gap_days": budget.gap.days,
        "cap": budget.cap,
        "cap_days": budget.cap_days,
        "chosen_by_person": found.chosen,
        "overrides": [
            {"topic": topic, "gap_days": one.gap_days, "cap": one.cap, "cap_days": one.cap_days}
            for topic, one in found.overrides.items()
        ],
        "heard": [{"at": one.at, "topic": one.topic, "by": one.by} for one in found.heard],
        "coming": [
            {"enrollment": row.pk, "journey": row.journey_id, "due_at": row.due_at, "code": row.waits_for}
            for row in found.coming
        ],
        "waits": slide and {"until": slide.until, "code": slide.code, "sentence": slide.sentence},
    }


def _one(candidate_id: int) -> Candidate:
    return get_object_or_404(living(), pk=candidate_id)
