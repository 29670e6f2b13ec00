"""How often something may happen, counted in Redis so that all web processes count together."""

import hashlib
import hmac
import logging

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def is_allowed(counter: str, *, most: int, seconds: int) -> bool:
    """Count one more; False once there were more than `most` in this span. Without Redis everything may."""
    try:
        cache.add(counter, 0, timeout=seconds)
        return bool(cache.incr(counter) <= most)
    except (RedisError, ValueError):
        logger.warning("rate limit not counted: the cache does not answer")
        return True


def visitor(request: HttpRequest) -> str:
    """What stands for the visitor's network address: a keyed hash, so that no address is kept."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rsplit(",", 1)[-1].strip()
    return keyed(address)


def keyed(text: str) -> str:
    """A short keyed hash for the name of a counter."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:24]
