"""Pools and segments as files: everything in them is called by its name."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from talentpools.actions import pool_files
from talentpools.actions.pool_files import BroughtIn
from talentpools.queries import pool_files as files
from talentpools.queries import visibility


class ImportBody(StrictSerializer):
    file = serializers.JSONField()
    dry_run = serializers.BooleanField(default=False)


class PoolFile(Resource):
    """A pool with its sub-segments as a file, `rekindle.pool/1`."""

    permission = {"GET": "pools.view"}

    def get(self, request: Request, pool_id: int) -> Response:
        """The file; 409 `not_portable` when rules name what the key's maker may not see."""
        return Response(files.of_pool(get_object_or_404(visibility.pools_of_reader(), pk=pool_id)))


class SegmentFile(Resource):
    """A segment as a file, `rekindle.segment/1`."""

    permission = {"GET": "pools.view"}

    def get(self, request: Request, segment_id: int) -> Response:
        """The file; 409 `not_portable` when its rules name what the key's maker may not see."""
        return Response(files.of_segment(get_object_or_404(visibility.segments_of_reader(), pk=segment_id)))


class PoolImports(Resource):
    """Bringing in a file of a pool or of a segment."""

    permission = {"POST": "segments.manage"}
    body = {"POST": ImportBody}

    def post(self, request: Request) -> Response:
        """Make what is not here and change what is called the same; with `dry_run` only say what would.

        400 `unknown_names` lists the names that are not here; nothing is saved.
        """
        given = self.read(request)
        act = pool_files.rehearse if given["dry_run"] else pool_files.bring_in
        found = act(document=given["file"], by=actor(request))
        return Response(_shape(found, is_rehearsal=given["dry_run"]), status=200 if given["dry_run"] else 201)


def _shape(found: BroughtIn, *, is_rehearsal: bool) -> dict[str, Any]:
    return {
        "pool": found.pool.pk if found.pool and not is_rehearsal else None,
        "segments": [] if is_rehearsal else [one.pk for one in found.segments],
        "changes": [
            {
                "kind": one.noun.lower(),
                "name": one.name,
                "what": one.what,
                "size": one.size,
                "lines": [f"{sign} {line}" for sign, line in one.lines],
            }
            for one in found.changes
        ],
    }
