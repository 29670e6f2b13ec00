"""How often one key may call. Counted in Redis, so that all web processes count together."""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from crm.models import ApiKey

logger = logging.getLogger(__name__)
_WINDOW = 60


class KeyThrottle(BaseThrottle):
    """At most API_REQUESTS_PER_MINUTE a key in each clock minute; without Redis nobody is refused."""

    def allow_request(self, request: Request, view: Any) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return True
        counter = f"api:{key.workspace_id}:{key.pk}:{int(time.time()) // _WINDOW}"
        try:
            cache.add(counter, 0, timeout=2 * _WINDOW)
            return bool(cache.incr(counter) <= settings.API_REQUESTS_PER_MINUTE)
        except (RedisError, ValueError):
            logger.warning("rate limit not counted: the cache does not answer")
            return True

    def wait(self) -> float:
        return _WINDOW - time.time() % _WINDOW + 1
