"""The OpenAPI description, from what each Resource declares."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes


class Schema(AutoSchema):
    """Reads `body` and `answers` of a Resource; an undeclared answer is any object."""

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "body", {}).get(self.method)

    def get_response_serializers(self) -> Any:
        return getattr(self.view, "answers", {}).get(self.method, OpenApiTypes.OBJECT)

    def get_operation_id(self) -> str:
        words = [part for part in self.path.removeprefix("/api/v1/").split("/") if part]
        plain = "_".join(part.strip("{}") for part in words) or "root"
        return f"{self.method.lower()}_{plain}"

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0] or "api"]

    def get_description(self) -> str:  # type: ignore[override]
        action = getattr(self.view, self.method.lower(), None)
        return (getattr(action, "__doc__", None) or type(self.view).__doc__ or "").strip()


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "crm.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key: rk_…"}


def once_per_address(endpoints: list[Any], **_: Any) -> list[Any]:
    """Leave out the second spelling of each address, the one with a slash at its end."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/")]
