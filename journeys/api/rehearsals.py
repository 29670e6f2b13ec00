"""Rehearsals: a journey played through on a clock that moves ahead."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from journeys.actions import rehearsals
from journeys.actions.rehearsals import LONGEST, Wish
from journeys.models import Journey, Rehearsal, RehearsedPerson
from journeys.queries import rehearsals as found

DEFAULT_DAYS = 84
MOST = 100_000


class AssumptionsBody(StrictSerializer):
    open_rate = serializers.FloatField(required=False, min_value=0, max_value=1)
    click_rate = serializers.FloatField(required=False, min_value=0, max_value=1)
    reply_rate = serializers.FloatField(required=False, min_value=0, max_value=1)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class RehearseBody(StrictSerializer):
    days = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST, default=DEFAULT_DAYS)
    assumptions = AssumptionsBody(required=False)
    candidates = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=MOST
    )

    def get_fields(self) -> dict[str, Any]:
        # A word of the language cannot be the name of a class attribute.
        return super().get_fields() | {"from": serializers.DateTimeField(required=False)}


class JourneyRehearsals(Resource):
    """The rehearsals of a journey, and a new one."""

    permission = {"GET": "journeys.view", "POST": "enrollments.edit"}
    body = {"POST": RehearseBody}

    def get(self, request: Request, journey_id: int) -> Response:
        """Rehearsals by id."""
        journey = get_object_or_404(Journey.objects, pk=journey_id)
        return page(request, Rehearsal.objects.filter(journey=journey), found.figures)

    def post(self, request: Request, journey_id: int) -> Response:
        """Start one; nothing is sent and nothing changes. `candidates` names who would enter at `from`;
        without it those inside are played on, or, while nobody is, the members of the trigger's segment."""
        given = self.read(request)
        entering = tuple(given["candidates"]) if "candidates" in given else None
        wish = Wish(
            given.get("from") or timezone.now(), given["days"], given.get("assumptions") or {}, entering
        )
        journey = get_object_or_404(Journey.objects, pk=journey_id)
        made = rehearsals.start(journey=journey, wish=wish, by=actor(request))
        return Response(found.figures(made), status=202)


class OneRehearsal(Resource):
    """How far it is, and what came of it."""

    permission = {"GET": "journeys.view", "DELETE": "enrollments.edit"}

    def get(self, request: Request, rehearsal_id: int) -> Response:
        """The figures, and the first hundred people held back and in collisions."""
        rehearsal = get_object_or_404(Rehearsal.objects, pk=rehearsal_id)
        return Response(found.figures(rehearsal) | found.lists(rehearsal))

    def delete(self, request: Request, rehearsal_id: int) -> Response:
        """Stop it; what is finished stays."""
        rehearsals.cancel(rehearsal=get_object_or_404(Rehearsal.objects, pk=rehearsal_id))
        return Response(status=204)


class RehearsalPeople(Resource):
    """Each person's path."""

    permission = {"GET": "journeys.view"}

    def get(self, request: Request, rehearsal_id: int) -> Response:
        """People with their dates; ?show=held, collisions, refused narrows, ?candidate= finds one."""
        rehearsal = get_object_or_404(Rehearsal.objects, pk=rehearsal_id)
        show, person = request.query_params.get("show", ""), request.query_params.get("candidate", "")
        if show and show not in found.SHOWN:
            raise ValidationError({"show": f"One of {', '.join(found.SHOWN)}."})
        rows: QuerySet[RehearsedPerson] = found.people(rehearsal, show)
        if person:
            rows = rows.filter(candidate_id=int(person[:18]) if person.isdecimal() else 0)
        return page(request, rows, found.told)
