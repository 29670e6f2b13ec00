"""Addresses that ask an ATS: the network is used once the request's transaction has ended."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.response import Response

from crm.api import idempotency
from crm.api.authentication import credential
from crm.api.errors import answer
from crm.api.resources import Resource
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope

Work = Callable[[], dict[str, Any]]


class OutsideResource(Resource):
    """A resource whose method may leave `self.afterwards(work)`: what `work` returns is the answer.

    `work` runs outside every scope and opens its own. Its answer is kept for the Idempotency-Key; a refusal
    is not, so that the request may be sent again.
    """

    _work: Work | None = None

    def afterwards(self, work: Work) -> Response:
        """Answer with what this returns, after the transaction."""
        self._work = work
        return Response({})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if self._work is None or not isinstance(response, Response):
            return response
        try:
            response.data = self._work()
        except DomainError as refusal:
            refused = answer(refusal, {})
            assert refused is not None
            response.data, response.status_code = refused.data, refused.status_code
        except Exception:
            response.status_code = 500
            raise
        finally:
            self._keep(request, response)
        return response

    def _keep(self, request: HttpRequest, response: Response) -> None:
        offered = credential(request)
        if self._begun and offered:
            with workspace_scope(offered.workspace_id):
                idempotency.replace(self._begun, response)
