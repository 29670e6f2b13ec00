"""What every address of the API is: docs/api.md says how to add one."""

from contextlib import ExitStack
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from crm.api import idempotency
from crm.api.authentication import actor, credential
from crm.api.parsing import StrictJSONParser, check_storable
from crm.api.throttling import KeyThrottle
from crm.kernel.reading import Reader, reading_as
from crm.kernel.tenancy import workspace_scope


class _Refused(Exception):
    """Carries a refusal out of the transaction, which it rolls back."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__("refused")
        self.response = response


class Resource(APIView):
    """An address of the API. All of a request runs in one transaction; a refusal rolls it back.

    `permission` names what each method asks for, `body` the serializer that reads it, `answers` what the
    schema says comes back. Methods call one action or query and return a Response.
    """

    permission: ClassVar[dict[str, str]] = {}
    body: ClassVar[dict[str, type[BaseSerializer[Any]]]] = {}
    answers: ClassVar[dict[str, Any]] = {}
    parser_classes = [StrictJSONParser]
    throttle_classes = [KeyThrottle]
    _begun: tuple[str, str] | None = None
    _reading: ExitStack

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        offered = credential(request)
        try:
            with ExitStack() as stack:
                if offered:
                    stack.enter_context(workspace_scope(offered.workspace_id))
                stack.enter_context(reading_as(Reader(None)))
                self._reading = stack
                response = super().dispatch(request, *args, **kwargs)
                if response.status_code >= 400:
                    raise _Refused(response)
                return response
        except _Refused as refused:
            return refused.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        maker = actor(request)
        self._reading.enter_context(reading_as(Reader(maker.pk if maker else None)))
        for name, values in request.query_params.lists():
            check_storable([name, *values])
        self._begun = idempotency.begin(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if self._begun and response.status_code < 400:
            idempotency.complete(self._begun, response)
        return final

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, idempotency.Replay):
            return exc.response
        return super().handle_exception(exc)

    def read(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The body, validated by this method's serializer; 400 with `fields` when it is not right."""
        serializer = self.body[request.method or ""](data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)
