"""Check-ins: the questions whose answers fill a person's fields."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from journeys.actions import check_in_forms
from journeys.actions.check_in_forms import Draft
from journeys.api import shapes
from journeys.models import CheckInForm
from journeys.policies.check_in_questions import LONGEST
from journeys.queries import check_in_forms as found


class QuestionBody(StrictSerializer):
    field = serializers.CharField(max_length=80)

    def get_fields(self) -> dict[str, Any]:
        # A serializer has a label of its own.
        return super().get_fields() | {"label": serializers.CharField(max_length=LONGEST)}


class CheckInFormBody(StrictSerializer):
    key = serializers.SlugField(max_length=60, required=False)
    title = serializers.CharField(max_length=200)
    questions = QuestionBody(many=True)


class CheckInForms(Resource):
    """The check-ins journeys can ask."""

    permission = {"GET": "journeys.view", "POST": "content.manage"}
    body = {"POST": CheckInFormBody}

    def get(self, request: Request) -> Response:
        """Every check-in with the number of its answers."""
        return page(request, found.forms(), shapes.check_in_form)

    def post(self, request: Request) -> Response:
        """A new check-in; 400 `invalid_check_in` names the question at fault."""
        made = check_in_forms.save(draft=_draft(self.read(request), None), by=actor(request))
        return Response(shapes.check_in_form(_one(made.pk)), status=201)


class OneCheckInForm(Resource):
    """One check-in."""

    permission = {"GET": "journeys.view", "PATCH": "content.manage", "DELETE": "content.manage"}
    body = {"PATCH": CheckInFormBody}

    def get(self, request: Request, check_in_form_id: int) -> Response:
        """One check-in."""
        return Response(shapes.check_in_form(_one(check_in_form_id)))

    def patch(self, request: Request, check_in_form_id: int) -> Response:
        """Change title or questions; answers given before stay, and so does the key."""
        form = _one(check_in_form_id)
        draft = _draft(self.read(request, partial=True), form)
        check_in_forms.save(draft=draft, by=actor(request), form=form)
        return Response(shapes.check_in_form(_one(check_in_form_id)))

    def delete(self, request: Request, check_in_form_id: int) -> Response:
        """Delete it; 409 `in_use` while a journey asks it or once somebody answered."""
        check_in_forms.remove(form=_one(check_in_form_id), by=actor(request))
        return Response(status=204)


def _one(pk: int) -> CheckInForm:
    return get_object_or_404(found.forms(), pk=pk)


def _draft(given: dict[str, Any], form: CheckInForm | None) -> Draft:
    rows = given.get("questions") or (form.questions if form and "questions" not in given else [])
    questions = tuple((str(row["label"]), str(row["field"])) for row in rows)
    title = given.get("title") or (form.title if form else "")
    return Draft(title, questions, given.get("key", ""))
