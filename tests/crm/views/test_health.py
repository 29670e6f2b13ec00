import time

import pytest
from django.core.cache import cache
from django.test import Client

from crm.queries import health
from crm.tasks import upkeep


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def test_healthz_is_well_while_database_broker_and_canary_are(db: None, client: Client) -> None:
    upkeep.canary()

    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok"}


def test_healthz_is_sick_without_a_canary(db: None, client: Client) -> None:
    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "sick",
        "database": "ok",
        "broker": "ok",
        "worker": "has not been seen yet",
    }


def test_healthz_is_sick_when_the_canary_is_old(db: None, client: Client) -> None:
    cache.set(health.CANARY, time.time() - 75)

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["worker"].startswith("last seen 7")


def test_healthz_names_a_broker_that_does_not_answer(db: None, client: Client, settings: object) -> None:
    from django.core.cache import caches

    settings.CACHES = {  # type: ignore[attr-defined]
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["broker"] == "does not answer"
    caches.close_all()
