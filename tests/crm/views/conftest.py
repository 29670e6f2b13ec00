import uuid
from typing import Any

import pytest


@pytest.fixture
def fresh_counters(settings: Any) -> None:
    """Counters nobody else counted on: Redis outlives a test."""
    cache = settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = settings.CACHES | {"default": cache}
