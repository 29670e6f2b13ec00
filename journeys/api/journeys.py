"""Journeys: drafts in the file format, publishing, and who enters."""

from collections.abc import Callable
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
from journeys.actions import enrollments, journeys
from journeys.api import shapes
from journeys.models import Enrollment, Journey
from journeys.queries import enrollments as standings
from journeys.queries import entry, journey_files, plans
from journeys.queries import journeys as found
from talentpools.models import SegmentMember
from talentpools.queries import visibility

MOST = 100_000


class PublishBody(StrictSerializer):
    inside = serializers.ChoiceField(choices=["stay", "move", "end"], required=False, default="stay")
    enroll_members = serializers.BooleanField(required=False, default=False)


class EnrollBody(StrictSerializer):
    candidates = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=MOST
    )
    segment = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if ("candidates" in given) == ("segment" in given):
            raise ValidationError("Name either candidates or a segment.")
        return given


class Journeys(Resource):
    """Timed sequences of touches."""

    permission = {"GET": "journeys.view", "POST": "journeys.manage"}

    def get(self, request: Request) -> Response:
        """Every journey with its figures."""
        rows = Journey.objects.filter(is_campaign=False).select_related("version", "owner")
        return page_together(
            request, rows, lambda some: [shapes.figures(row) for row in found.with_figures(some)]
        )

    def post(self, request: Request) -> Response:
        """A new draft; the body is the file format. 400 `invalid_journey` names each fault."""
        made = journeys.save_draft(document=request.data, by=actor(request))
        return Response(shapes.journey(made), status=201)


class OneJourney(Resource):
    """One journey and its draft."""

    permission = {
        "GET": "journeys.view",
        "PUT": "journeys.manage",
        "PATCH": "journeys.manage",
        "DELETE": "journeys.manage",
    }

    def get(self, request: Request, journey_id: int) -> Response:
        """One journey with its figures."""
        return Response(shapes.figures(found.with_figures([_one(journey_id)])[0]))

    def put(self, request: Request, journey_id: int) -> Response:
        """Replace the draft; people inside stay on their version until the next publishing.

        Names stand for ids as in files; `changes` says in words what is different.
        """
        return Response(_replaced(request, _one(journey_id), request.data))

    def patch(self, request: Request, journey_id: int) -> Response:
        """Replace the keys given of the draft."""
        journey = _one(journey_id)
        given = request.data if isinstance(request.data, dict) else {}
        return Response(_replaced(request, journey, journey.draft | given))

    def delete(self, request: Request, journey_id: int) -> Response:
        """Delete it; 409 `people_inside` while somebody is."""
        journeys.delete(journey=_one(journey_id), by=actor(request))
        return Response(status=204)


class JourneyFile(Resource):
    """A journey as a file another workspace can read."""

    permission = {"GET": "journeys.view"}

    def get(self, request: Request, journey_id: int) -> Response:
        """The draft with names instead of ids; 409 `not_portable` when it names what nobody may see."""
        return Response(journey_files.to_file(_one(journey_id).draft))


class JourneyPublish(Resource):
    """Making the draft the version that runs."""

    permission = {"POST": "journeys.manage"}
    body = {"POST": PublishBody}

    def post(self, request: Request, journey_id: int) -> Response:
        """Publish; `inside` says what becomes of the people on earlier versions."""
        given = self.read(request)
        published = journeys.publish(
            journey=_one(journey_id),
            by=actor(request),
            inside=given["inside"],
            enroll_members=given["enroll_members"],
        )
        moved = {"moved": published.moved, "ended": published.ended, "entered": published.entered}
        return Response(shapes.journey(_one(journey_id)) | moved)


class _Change(Resource):
    """A change of state."""

    permission = {"POST": "journeys.manage"}
    change: Callable[..., Journey]

    def post(self, request: Request, journey_id: int) -> Response:
        """Change the state; doing it twice is doing it once."""
        changed = type(self).change(journey=_one(journey_id), by=actor(request))
        return Response(shapes.journey(changed))


class JourneyPause(_Change):
    """Freezing the clocks."""

    change = staticmethod(journeys.pause)


class JourneyResume(_Change):
    """Letting the clocks run on."""

    change = staticmethod(journeys.resume)


class JourneyDrain(_Change):
    """Letting nobody in any more."""

    change = staticmethod(journeys.drain)


class JourneyEnrollments(Resource):
    """The people inside, and more of them."""

    permission = {"GET": "journeys.view", "POST": "enrollments.edit"}
    body = {"POST": EnrollBody}

    def get(self, request: Request, journey_id: int) -> Response:
        """Enrollments of the journey; ?state= and ?candidate= narrow them."""
        state, person = request.query_params.get("state", ""), request.query_params.get("candidate", "")
        if state and state not in Enrollment.State.values:
            raise ValidationError({"state": f"One of {', '.join(Enrollment.State.values)}."})
        candidate = int(person[:18]) if person.isdecimal() else None
        rows = standings.enrollments(journey_id=_one(journey_id).pk, candidate_id=candidate, state=state)
        return page(request, rows, shapes.enrollment)

    def post(self, request: Request, journey_id: int) -> Response:
        """Enroll people or a segment's members; who cannot enter is named with the code."""
        journey, ids = _one(journey_id), _people(self.read(request))
        done = enrollments.enroll(journey=journey, candidate_ids=ids, by=actor(request))
        rows = Enrollment.objects.filter(journey=journey, candidate_id__in=ids[:1_000])
        active = rows.filter(state=Enrollment.State.ACTIVE).values_list("pk", "candidate_id")
        answer = {
            "enrolled": done.count,
            "refused": [shapes.refused(one) for one in done.refused],
            "enrollments": [{"id": pk, "candidate": candidate} for pk, candidate in active],
        }
        return Response(answer, status=201)


class JourneyPreview(Resource):
    """Who would enter, without anybody entering."""

    permission = {"POST": "journeys.view"}
    body = {"POST": EnrollBody}

    def post(self, request: Request, journey_id: int) -> Response:
        """The same judgment as enrolling, and nothing is written."""
        journey, ids = _one(journey_id), _people(self.read(request))
        plan = plans.read_plan(journey.version.definition if journey.version else journey.draft)
        judged = entry.entry(journey, plan, ids, now=timezone.now())
        return Response(shapes.judged(judged))


def _replaced(request: Request, journey: Journey, document: Any) -> dict[str, Any]:
    before = journey.draft
    kept = journeys.save_draft(document=document, by=actor(request), journey=journey)
    return shapes.journey(kept) | {"changes": journey_files.compared(before, kept.draft)}


def _one(journey_id: int) -> Journey:
    return get_object_or_404(Journey.objects.select_related("version", "owner"), pk=journey_id)


def _people(given: dict[str, Any]) -> list[int]:
    if "candidates" in given:
        return list(given["candidates"])
    segment = get_object_or_404(visibility.segments_of_reader(), pk=given["segment"])
    members = SegmentMember.objects.filter(segment=segment, left_at=None, is_reviewed=True)
    return list(members.order_by("candidate_id").values_list("candidate_id", flat=True))
