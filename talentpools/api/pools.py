"""Pools and the people somebody put in them."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Candidate
from talentpools.actions import members, pools
from talentpools.actions.pools import Draft
from talentpools.api import access, shapes
from talentpools.models import Pool, Receipt
from talentpools.queries import pools as found

MOST = 10_000


class PoolBody(access.AccessBody):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=400, required=False, allow_blank=True)
    role_family = serializers.CharField(max_length=40, required=False, allow_blank=True)


class PeopleBody(StrictSerializer):
    candidates = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, max_length=MOST
    )

    def validate_candidates(self, ids: list[int]) -> list[int]:
        known = set(Candidate.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if unknown := [pk for pk in ids if pk not in known]:
            raise ValidationError(f"There is no candidate {unknown[0]}.")
        return ids


class Pools(Resource):
    """Groups of people worth keeping warm."""

    permission = {"GET": "pools.view", "POST": "pools.edit"}
    body = {"POST": PoolBody}

    def get(self, request: Request) -> Response:
        """The pools whose existence the key's maker may know of."""
        return page(request, _visible(request).prefetch_related("guests", "teams"), shapes.pool)

    def post(self, request: Request) -> Response:
        """A new pool; 409 `name_taken` when there is one of that name."""
        given = self.read(request)
        named = access.take_named(given)
        access.check_seen(request, given.get("visibility", Pool.Visibility.WORKSPACE), named)
        pool = pools.create(draft=Draft(**given), by=actor(request))
        access.name(request, pool, named)
        return Response(shapes.pool(pool), status=201)


class OnePool(Resource):
    """One pool."""

    permission = {"GET": "pools.view", "PATCH": "pools.edit", "DELETE": "pools.edit"}
    body = {"PATCH": PoolBody}

    def get(self, request: Request, pool_id: int) -> Response:
        """One pool."""
        return Response(shapes.pool(_one(request, pool_id)))

    def patch(self, request: Request, pool_id: int) -> Response:
        """Change what is given."""
        pool = _one(request, pool_id)
        stored = {
            "name": pool.name,
            "description": pool.description,
            "role_family": pool.role_family,
            "visibility": pool.visibility,
        }
        given = self.read(request, partial=True)
        access.name(request, pool, access.take_named(given))
        draft = Draft(**(stored | given))
        return Response(shapes.pool(pools.update(pool=pool, draft=draft, by=actor(request))))

    def delete(self, request: Request, pool_id: int) -> Response:
        """Put the pool away; 409 `in_use` while it has sub-segments."""
        pools.archive(pool=_one(request, pool_id), by=actor(request))
        return Response(status=204)


class PoolMembers(Resource):
    """The people somebody put in the pool."""

    permission = {"GET": "pools.view", "POST": "pools.edit"}
    body = {"POST": PeopleBody}

    def get(self, request: Request, pool_id: int) -> Response:
        """Who is in the pool now, by the order they came."""
        return page(request, found.members(_one(request, pool_id)), shapes.member)

    def post(self, request: Request, pool_id: int) -> Response:
        """Put people in; those who are in already are counted as unchanged."""
        pool = _one(request, pool_id)
        made = members.add(pool=pool, candidate_ids=self.read(request)["candidates"], by=actor(request))
        return Response(shapes.receipt(made), status=201)


class OnePoolMember(Resource):
    """One person's stay in the pool."""

    permission = {"DELETE": "pools.edit"}

    def delete(self, request: Request, pool_id: int, candidate_id: int) -> Response:
        """Take the person out; the stay is kept as history."""
        pool = _one(request, pool_id)
        get_object_or_404(found.members(pool), candidate_id=candidate_id)
        members.remove(pool=pool, candidate_ids=[candidate_id], by=actor(request))
        return Response(status=204)


class ReceiptUndo(Resource):
    """Taking a bulk change of pool members back."""

    permission = {"POST": "pools.edit"}

    def post(self, request: Request, receipt_id: int) -> Response:
        """Undo it; 409 `already_undone` the second time."""
        kinds = (Receipt.Kind.POOL_ADD, Receipt.Kind.POOL_REMOVE)
        made = get_object_or_404(Receipt.objects, pk=receipt_id, kind__in=kinds)
        _one(request, made.target_id)
        return Response(shapes.receipt(members.undo(receipt=made, by=actor(request))))


def _visible(request: Request) -> QuerySet[Pool]:
    reader = actor(request)
    return found.visible_to(reader.pk if reader else None)


def _one(request: Request, pool_id: int) -> Pool:
    return get_object_or_404(_visible(request), pk=pool_id)
