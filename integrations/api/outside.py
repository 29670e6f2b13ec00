"""Addresses that ask an ATS: the network is used once the request's transaction has ended."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.response import Response

from crm.api.errors import answer
from crm.api.resources import Resource
from crm.kernel.errors import DomainError

Work = Callable[[], dict[str, Any]]


class OutsideResource(Resource):
    """A resource whose method may leave `self.afterwards(work)`: what `work` returns is the answer.

    `work` runs outside every scope and opens its own. Repeating such a request asks the ATS again.
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
        return response
