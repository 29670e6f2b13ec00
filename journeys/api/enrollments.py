"""One person's way through one journey."""

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from journeys.actions import enrollments
from journeys.api import shapes
from journeys.models import Enrollment
from journeys.queries import enrollments as standings


class ExitBody(StrictSerializer):
    """Nothing is asked."""


class Enrollments(Resource):
    """Everybody in any journey."""

    permission = {"GET": "journeys.view"}

    def get(self, request: Request) -> Response:
        """Enrollments by id; ?candidate= and ?journey= narrow them."""
        given = request.query_params
        person, journey = given.get("candidate", ""), given.get("journey", "")
        rows = standings.enrollments(
            candidate_id=int(person[:18]) if person.isdecimal() else None,
            journey_id=int(journey[:18]) if journey.isdecimal() else None,
        )
        return page(request, rows, shapes.enrollment)


class OneEnrollment(Resource):
    """Where the person stands, and every step so far with the code of what kept it back."""

    permission = {"GET": "journeys.view"}

    def get(self, request: Request, enrollment_id: int) -> Response:
        """One enrollment."""
        return Response(shapes.standing(standings.standing(_one(enrollment_id))))


class EnrollmentExit(Resource):
    """Taking the person out."""

    permission = {"POST": "enrollments.edit"}
    body = {"POST": ExitBody}

    def post(self, request: Request, enrollment_id: int) -> Response:
        """End it by hand; 422 `not_inside` when it ended before."""
        out = enrollments.exit(enrollment=_one(enrollment_id), by=actor(request))
        return Response(shapes.standing(standings.standing(out)))


class EnrollmentRelease(Resource):
    """Trying a held step again."""

    permission = {"POST": "enrollments.edit"}

    def post(self, request: Request, enrollment_id: int) -> Response:
        """The held step is due now; 422 `not_held` when nothing is held."""
        released = enrollments.release(enrollment=_one(enrollment_id), by=actor(request))
        return Response(shapes.standing(standings.standing(released)))


def _one(enrollment_id: int) -> Enrollment:
    return get_object_or_404(Enrollment.objects, pk=enrollment_id)
