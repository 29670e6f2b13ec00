"""Are the parts this product stands on alive? Read by /healthz and by whoever watches it."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

CANARY = "canary"
FRESH_SECONDS = 60

WELL = "ok"


def parts(now: float) -> dict[str, str]:
    """Each part and “ok”, or in a few words what is wrong with it; `now` in seconds since the epoch."""
    broker, canary = _canary()
    return {"database": _database(), "broker": broker, "worker": _worker(now, canary)}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return WELL


def _canary() -> tuple[str, float | None]:
    try:
        return WELL, cache.get(CANARY)
    except RedisError:
        return "does not answer", None


def _worker(now: float, canary: float | None) -> str:
    if canary is None:
        return "has not been seen yet"
    age = int(now - canary)
    return WELL if age < FRESH_SECONDS else f"last seen {age} seconds ago"
