"""Requisitions and applications: made by hand or told by an ATS, with the people who fit them."""

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions import requisitions as actions
from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.kernel.tenancy import current_workspace_id
from crm.models import Application, Membership, Requisition, Seniority
from crm.queries.requisitions import RequisitionFilters, applications, requisitions
from talentpools.queries import matches
from talentpools.queries.reach import depth

_TEXTS = ("code", "department", "location", "country", "description", "hiring_manager_name")


class RequisitionBody(StrictSerializer):
    title = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    status = serializers.ChoiceField(choices=Requisition.Status.choices, required=False)
    openings = serializers.IntegerField(min_value=1, max_value=30_000, required=False)
    department = serializers.CharField(max_length=120, required=False, allow_blank=True)
    location = serializers.CharField(max_length=120, required=False, allow_blank=True)
    country = serializers.RegexField(r"^([A-Za-z]{2})?$", required=False, allow_blank=True)
    is_remote = serializers.BooleanField(required=False)
    role_family = serializers.CharField(max_length=40, required=False, allow_blank=True)
    seniority = serializers.ChoiceField(choices=Seniority.choices, required=False, allow_blank=True)
    skills = serializers.ListField(child=serializers.CharField(max_length=80), max_length=60, required=False)
    description = serializers.CharField(max_length=50_000, required=False, allow_blank=True)
    hiring_manager = serializers.IntegerField(required=False, allow_null=True)
    hiring_manager_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    recruiter = serializers.IntegerField(required=False, allow_null=True)
    opened_at = serializers.DateTimeField(required=False, allow_null=True)
    approved_at = serializers.DateTimeField(required=False, allow_null=True)
    closed_at = serializers.DateTimeField(required=False, allow_null=True)
    filled_at = serializers.DateTimeField(required=False, allow_null=True)

    def validate_hiring_manager(self, value: int | None) -> int | None:
        return _colleague(value)

    def validate_recruiter(self, value: int | None) -> int | None:
        return _colleague(value)


class Requisitions(Resource):
    permission = {"GET": "requisitions.view", "POST": "requisitions.edit"}
    body = {"POST": RequisitionBody}

    def get(self, request: Request) -> Response:
        """Requisitions, oldest first; ?status=, ?department=, ?role_family= and ?q= narrow them."""
        asked = request.query_params
        filters = RequisitionFilters(
            text=asked.get("q", ""),
            status=asked.get("status", ""),
            department=asked.get("department", ""),
            role_family=asked.get("role_family", ""),
        )
        return page(request, requisitions(filters), represent)

    def post(self, request: Request) -> Response:
        """Open a requisition by hand; it opens now unless the body says otherwise."""
        made = actions.create(columns=_columns(self.read(request)), by=actor(request))
        return Response(represent(requisitions().get(pk=made.pk)), status=201)


class OneRequisition(Resource):
    permission = {"GET": "requisitions.view", "PATCH": "requisitions.edit"}
    body = {"PATCH": RequisitionBody}

    def get(self, request: Request, requisition_id: int) -> Response:
        """One requisition, with how many people of its role family could be written to now."""
        requisition = get_object_or_404(requisitions(), pk=requisition_id)
        filters = matches.MatchFilters(role_family=requisition.role_family)
        now = timezone.now()
        reach = depth(matches.people(requisition, filters, now=now), now=now)
        return Response(represent(requisition) | {"reach": asdict(reach)})

    def patch(self, request: Request, requisition_id: int) -> Response:
        """Change the fields named; a new status takes its date, a hold starts or stops the clock."""
        requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
        columns = _columns(self.read(request, partial=True))
        actions.change(requisition=requisition, columns=columns, by=actor(request))
        return Response(represent(requisitions().get(pk=requisition_id)))


class Applications(Resource):
    permission = {"GET": "candidates.view"}

    def get(self, request: Request) -> Response:
        """Applications with stage history and offers; ?candidate=, ?requisition=, ?outcome= narrow them."""
        asked = request.query_params
        found = applications(
            candidate=_number(asked, "candidate"),
            requisition=_number(asked, "requisition"),
            outcome=asked.get("outcome", ""),
        )
        return page(request, found, represent_application)


def represent(requisition: Requisition) -> dict[str, Any]:
    """A requisition of `requisitions()`, with its counts."""
    columns = ("title", *_TEXTS, "status", "openings", "is_remote", "role_family", "seniority", "skills")
    times = ("opened_at", "approved_at", "closed_at", "filled_at", "created_at", "updated_at")
    return {
        "id": requisition.pk,
        **{name: getattr(requisition, name) for name in (*columns, *times)},
        "hiring_manager": requisition.hiring_manager_id,
        "recruiter": requisition.recruiter_id,
        "applications": getattr(requisition, "applications_total", 0),
        "active_applications": getattr(requisition, "applications_active", 0),
    }


def represent_application(application: Application) -> dict[str, Any]:
    columns = (
        "applied_at", "source", "outcome", "ended_at", "hired_at", "is_pushed", "rejection_reason",
        "rejection_reason_text", "furthest_stage", "current_stage", "current_stage_name", "read_at",
    )  # fmt: skip
    stays, versions = application.stage_entries.all(), application.offers.all()
    return {
        "id": application.pk,
        "candidate": application.candidate_id,
        "requisition": application.requisition_id,
        "requisition_title": application.requisition.title,
        **{name: getattr(application, name) for name in columns},
        "stage_history": [
            {name: getattr(stay, name) for name in ("stage", "vendor_stage", "entered_at", "left_at")}
            for stay in stays
        ],
        "offers": [
            {"id": offer.pk}
            | {name: getattr(offer, name) for name in ("version", "status", "extended_at", "resolved_at")}
            for offer in versions
        ],
    }


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    columns = dict(values)
    for name in ("hiring_manager", "recruiter"):
        if name in columns:
            columns[f"{name}_id"] = columns.pop(name)
    if "country" in columns:
        columns["country"] = columns["country"].upper()
    return columns


def _colleague(user_id: int | None) -> int | None:
    if user_id is None:
        return None
    if not Membership.objects.filter(workspace_id=current_workspace_id(), user_id=user_id).exists():
        raise serializers.ValidationError("Nobody here has this id.")
    return user_id


def _number(asked: Any, name: str) -> int | None:
    text = asked.get(name, "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise serializers.ValidationError({name: "The id of one, a number."})
    return int(text)
