"""Segments: saved rules, their members, and questions about rules that are not saved."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.candidate_shape import shapes as people_shapes
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Candidate
from crm.queries import rule_traces, rules
from talentpools.actions import refreshes, segments
from talentpools.actions.segments import Draft
from talentpools.api import access, shapes
from talentpools.models import Pool, Segment
from talentpools.queries import pools
from talentpools.queries import segments as found

LARGEST = 2**63 - 1


class SegmentBody(access.AccessBody):
    name = serializers.CharField(max_length=120)
    rules = serializers.JSONField()
    description = serializers.CharField(max_length=400, required=False, allow_blank=True)
    mode = serializers.ChoiceField(Segment.Mode.choices, required=False)
    pool = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LARGEST)
    parent = serializers.IntegerField(  # type: ignore[assignment]  # DRF takes declared fields off the class
        required=False, allow_null=True, min_value=1, max_value=LARGEST
    )


class RulesBody(StrictSerializer):
    rules = serializers.JSONField()


class ExplainBody(RulesBody):
    candidate = serializers.IntegerField(min_value=1, max_value=LARGEST)


class Segments(Resource):
    """Saved rules that fill themselves."""

    permission = {"GET": "pools.view", "POST": "segments.manage"}
    body = {"POST": SegmentBody}

    def get(self, request: Request) -> Response:
        """The segments of the workspace."""
        return page(request, _visible(request).prefetch_related("guests", "teams"), shapes.segment)

    def post(self, request: Request) -> Response:
        """Save a segment and compute its members; 400 `invalid_rules` names what is wrong with its rules."""
        given = self.read(request)
        named = access.take_named(given)
        access.check_seen(request, given.get("visibility", Pool.Visibility.WORKSPACE), named)
        made = segments.create(draft=_draft(request, {}, given), by=actor(request))
        access.name(request, made, named)
        return Response(shapes.segment(made), status=201)


class OneSegment(Resource):
    """One segment."""

    permission = {"GET": "pools.view", "PATCH": "segments.manage", "DELETE": "segments.manage"}
    body = {"PATCH": SegmentBody}

    def get(self, request: Request, segment_id: int) -> Response:
        """One segment with its rules, size and when it was last computed."""
        return Response(shapes.segment(_one(request, segment_id)))

    def patch(self, request: Request, segment_id: int) -> Response:
        """Change what is given; new rules are a new version and are computed at once."""
        segment = _one(request, segment_id)
        stored = {
            "name": segment.name,
            "rules": segment.rules,
            "description": segment.description,
            "mode": segment.mode,
            "visibility": segment.visibility,
            "pool": segment.pool_id,
            "parent": segment.parent_id,
        }
        given = self.read(request, partial=True)
        access.name(request, segment, access.take_named(given))
        draft = _draft(request, stored, given)
        return Response(shapes.segment(segments.update(segment=segment, draft=draft, by=actor(request))))

    def delete(self, request: Request, segment_id: int) -> Response:
        """Delete it with its history; 409 `in_use` while other segments or journeys build on it."""
        segments.delete(segment=_one(request, segment_id), by=actor(request))
        return Response(status=204)


class SegmentMembers(Resource):
    """Who is in a segment."""

    permission = {"GET": "pools.view"}

    def get(self, request: Request, segment_id: int) -> Response:
        """Today's members, by the order they came."""
        return page(request, found.members(_one(request, segment_id)), shapes.segment_member)


class SegmentRefresh(Resource):
    """Computing a segment again."""

    permission = {"POST": "pools.edit"}

    def post(self, request: Request, segment_id: int) -> Response:
        """Compute it over everybody, now."""
        segment = _one(request, segment_id)
        done = refreshes.refresh(segment=segment, now=timezone.now())
        segment.refresh_from_db()
        change = {"entered": done.entered, "left": done.left, "error": done.error}
        return Response(shapes.segment(segment) | change)


class SegmentPreview(Resource):
    """Whom rules would match."""

    permission = {"POST": "candidates.view"}
    body = {"POST": RulesBody}

    def post(self, request: Request) -> Response:
        """The exact count and ten people."""
        preview = rules.preview(self.read(request)["rules"], now=timezone.now())
        return Response({"count": preview.count, "sample": people_shapes(list(preview.sample))})


class SegmentExplain(Resource):
    """Why rules match a person, or not."""

    permission = {"POST": "candidates.view"}
    body = {"POST": ExplainBody}

    def post(self, request: Request) -> Response:
        """Each rule with the person's value and its verdict."""
        asked = self.read(request)
        candidate = get_object_or_404(Candidate.objects, pk=asked["candidate"])
        found = rule_traces.explain(asked["rules"], candidate_id=candidate.pk, now=timezone.now())
        return Response(shapes.explanation(found))


def _draft(request: Request, stored: dict[str, Any], given: dict[str, Any]) -> Draft:
    values = stored | given
    reader = actor(request)
    if values.get("pool") is not None:
        visible = pools.visible_to(reader.pk if reader else None)
        values["pool"] = visible.filter(pk=values["pool"]).first() or _unknown("pool")
    if values.get("parent") is not None:
        values["parent"] = _visible(request).filter(pk=values["parent"]).first() or _unknown("parent")
    return Draft(**values)


def _unknown(key: str) -> Any:
    raise ValidationError({key: [f"There is no such {'pool' if key == 'pool' else 'segment'}."]})


def _visible(request: Request) -> QuerySet[Segment]:
    reader = actor(request)
    return pools.segments_visible_to(reader.pk if reader else None)


def _one(request: Request, segment_id: int) -> Segment:
    return get_object_or_404(_visible(request), pk=segment_id)
