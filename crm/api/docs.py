"""The description of the API: as OpenAPI for programs, as a page for signed-in people."""

import json
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import ApiKeyAuthentication, HasScope
from crm.api.resources import Resource
from crm.models import ApiKey

_METHODS = ("get", "post", "patch", "put", "delete")


class _SignedInOrKey(HasScope):
    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, ApiKey) or IsAuthenticated().has_permission(request, view)


class ApiSchema(Resource):
    """This description, as OpenAPI 3."""

    authentication_classes = [ApiKeyAuthentication, SessionAuthentication]
    permission_classes = [_SignedInOrKey]
    permission = {"GET": "candidates.view"}

    def get(self, request: Request) -> Response:
        return Response(description())


@login_required
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/api/docs.html", {"groups": _groups(description())})


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The OpenAPI document; the same for everybody, so made once a process."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return dict(json.loads(OpenApiJsonRenderer().render(schema, renderer_context={})))


def _groups(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What the page lists: per resource its operations with their bodies."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, operations in schema["paths"].items():
        for method in _METHODS:
            if operation := operations.get(method):
                row = {
                    "method": method.upper(),
                    "address": address,
                    "text": operation.get("description", ""),
                    "fields": _fields(schema, operation),
                }
                groups.setdefault(operation["tags"][0], []).append(row)
    return [{"name": name, "operations": rows} for name, rows in sorted(groups.items())]


def _fields(schema: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    body = schema.get("components", {}).get("schemas", {}).get(name, {})
    required = set(body.get("required", ()))
    return [
        {"name": field, "type": kind.get("type", "object"), "required": field in required}
        for field, kind in body.get("properties", {}).items()
    ]
