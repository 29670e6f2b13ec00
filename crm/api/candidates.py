"""Candidates: list, create, read, change, erase, find, and everything known about one."""

import base64
import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as WrongValue
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions import candidates, consents, do_not_contact, erasures, events
from crm.api.authentication import actor
from crm.api.candidate_shape import CandidateBody, basis_of, shape, shapes
from crm.api.paging import LARGEST, limit_of, link_beyond, page_together, place_in, refused_cursor
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Candidate, SearchCandidate
from crm.policies.contact_points import EXTERNAL
from crm.policies.reachability import SENTENCES
from crm.queries import data_copies, rules
from crm.queries.candidates import SORTS, found_by_contact, living, ordered, place_of, slice_after
from crm.queries.reachability import reasons_for
from crm.queries.timeline import Entry, timeline


class SearchBody(StrictSerializer):
    """A rule tree, an order and how many to show."""

    rules = serializers.JSONField()
    sort = serializers.CharField(required=False, default="id")
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=LARGEST)
    offset = serializers.IntegerField(required=False, default=0, min_value=0, max_value=1_000_000)

    def validate_sort(self, value: str) -> str:
        if value.removeprefix("-") not in SORTS:
            known = ", ".join(SORTS)
            raise ValidationError(
                f"There is no order “{value}”: one of {known}, with - in front for descending."
            )
        return value


class RestrictBody(StrictSerializer):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class Candidates(Resource):
    """People of the workspace."""

    permission = {"GET": "candidates.view", "POST": "candidates.edit"}
    body = {"POST": CandidateBody}

    def get(self, request: Request) -> Response:
        """Everybody, by id; ?email=, ?external_id=, ?stage=, ?updated_since=, ?archived=true narrow it."""
        return page_together(request, _narrowed(request), shapes)

    def post(self, request: Request) -> Response:
        """Add a person; 409 `duplicate` when their address, profile or external_id is known."""
        given = self.read(request)
        basis = basis_of(given)
        candidate = candidates.create(given=given, origin="api", by=actor(request), basis=basis)
        return Response(shape(candidate), status=201)


class OneCandidate(Resource):
    """One person."""

    permission = {"GET": "candidates.view", "PATCH": "candidates.edit", "DELETE": "candidates.erase"}
    body = {"PATCH": CandidateBody}

    def get(self, request: Request, candidate_id: int) -> Response:
        """One person with contact points, skills, tags, score and reachability."""
        return Response(shape(_one(candidate_id)))

    def patch(self, request: Request, candidate_id: int) -> Response:
        """Set the fields given. Lists (skills, tags, emails, …) are replaced whole."""
        candidate, given = _one(candidate_id), self.read(request, partial=True)
        if basis := basis_of(given):
            consents.grant(candidate=candidate, basis=basis, by=actor(request))
        return Response(shape(candidates.change(candidate=candidate, given=given, by=actor(request))))

    def delete(self, request: Request, candidate_id: int) -> Response:
        """Erase the person: everything about them is deleted, their addresses stay suppressed."""
        erasures.erase(candidate=_one(candidate_id), by=actor(request))
        return Response(status=204)


class CandidateSearch(Resource):
    """Find people by a rule tree."""

    permission = {"POST": "candidates.view"}
    body = {"POST": SearchBody}

    def post(self, request: Request) -> Response:
        """The people the rules match: the exact count and the first of them in the order asked for.

        `next` is where the same body is posted for those that follow.
        """
        asked, now = self.read(request), timezone.now()
        people, sort, limit = (
            rules.people(rules.parse(asked["rules"]), now=now),
            asked["sort"],
            asked["limit"],
        )
        found = _found(request, people, asked)
        following = link_beyond(request, place_of(found[limit - 1], sort)) if len(found) > limit else None
        answer = {"count": people.count(), "results": shapes(found[:limit]), "next": following}
        return Response(answer)


class CandidateTimeline(Resource):
    """What happened with the person."""

    permission = {"GET": "candidates.view"}

    def get(self, request: Request, candidate_id: int) -> Response:
        """Newest first, in pages."""
        candidate, limit = _one(candidate_id), limit_of(request)
        reader = actor(request)
        entries = timeline(
            candidate.pk, limit=limit + 1, reader_id=reader.pk if reader else None, before=_before(request)
        )
        following = _timeline_link(request, entries[limit - 1]) if len(entries) > limit else None
        return Response({"results": [_entry(entry) for entry in entries[:limit]], "next": following})


class CandidateWhy(Resource):
    """Why somebody may or may not be written to, and is or is not in a segment, pool or journey."""

    permission = {"GET": "candidates.view"}

    def get(self, request: Request, candidate_id: int) -> Response:
        """Reasons against writing to the person, and what each app above the core has to say."""
        candidate, now = _one(candidate_id), timezone.now()
        reasons = reasons_for([candidate], now=now, ignore_process=False)[candidate.pk]
        answer: dict[str, Any] = {
            "candidate": candidate.pk,
            "reachable": not [reason for reason in reasons if reason != "in_process"],
            "reasons": [{"code": reason, "sentence": SENTENCES[reason]} for reason in reasons],
        }
        for path in settings.CANDIDATE_WHY:
            answer |= import_string(path)(candidate, now=now)
        return Response(answer)


class CandidateExport(Resource):
    """The person's copy of everything held about them."""

    permission = {"GET": "candidates.export"}

    def get(self, request: Request, candidate_id: int) -> Response:
        """Every row about the person, by table (GDPR 15)."""
        candidate = _one(candidate_id)
        events.record("candidate.exported", candidate=candidate, by=actor(request))
        return Response(data_copies.document(candidate, now=timezone.now()))


class CandidateRestriction(Resource):
    """Leave the person alone."""

    permission = {"POST": "candidates.edit", "DELETE": "candidates.edit"}
    body = {"POST": RestrictBody}

    def post(self, request: Request, candidate_id: int) -> Response:
        """Nobody writes to the person until this ends; twice is once."""
        candidate = _one(candidate_id)
        do_not_contact.restrict(candidate=candidate, by=actor(request), **self.read(request))
        return Response(shape(_one(candidate_id)))

    def delete(self, request: Request, candidate_id: int) -> Response:
        """Lift the restriction."""
        do_not_contact.lift(candidate=_one(candidate_id), by=actor(request))
        return Response(shape(_one(candidate_id)))


def _found(
    request: Request, people: QuerySet[SearchCandidate], asked: dict[str, Any]
) -> list[SearchCandidate]:
    """One more than asked for, to know whether there are any."""
    sort, most = asked["sort"], asked["limit"] + 1
    if asked["offset"]:
        return list(ordered(people, sort)[asked["offset"] : asked["offset"] + most])
    try:
        return slice_after(people, sort, limit=most, after=place_in(request))
    except (TypeError, ValueError, WrongValue) as broken:
        raise refused_cursor() from broken


def _one(candidate_id: int) -> Candidate:
    return get_object_or_404(living(), pk=candidate_id)


def _narrowed(request: Request) -> QuerySet[Candidate]:
    asked = request.query_params
    people = living()
    if "email" in asked:
        people = found_by_contact(kind="email", normalized=asked["email"].strip().lower())
    if "external_id" in asked:
        people = people & found_by_contact(kind=EXTERNAL, normalized=asked["external_id"])
    if "stage" in asked:
        people = people.filter(stage=asked["stage"])
    if "updated_since" in asked:
        people = people.filter(updated_at__gte=_moment("updated_since", asked["updated_since"]))
    return people.filter(archived_at__isnull=asked.get("archived") != "true")


def _moment(name: str, text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValidationError({name: "A time as ISO 8601 with zone."})
    return found


def _before(request: Request) -> tuple[datetime, int] | None:
    given = request.query_params.get("cursor")
    if given is None:
        return None
    try:
        at, pk = json.loads(base64.urlsafe_b64decode(given.encode() + b"=="))
        return datetime.fromisoformat(at), int(pk)
    except (ValueError, TypeError) as broken:
        raise ValidationError({"cursor": "Use the address that `next` gave."}) from broken


def _timeline_link(request: Request, last: Entry) -> str:
    at, pk = last.cursor
    cursor = base64.urlsafe_b64encode(json.dumps([at.isoformat(), pk]).encode()).decode().rstrip("=")
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _entry(entry: Entry) -> dict[str, Any]:
    event, message, note = entry.event, entry.message, entry.note
    return {
        "id": event.pk,
        "kind": event.kind,
        "at": event.occurred_at,
        "by": entry.actor.pk if entry.actor else None,
        "ref": event.ref,
        "data": event.data,
        "message": {"id": message.pk, "subject": message.subject, "state": message.state}
        if message
        else None,
        "note": {"id": note.pk, "body": note.body} if note else None,
    }
