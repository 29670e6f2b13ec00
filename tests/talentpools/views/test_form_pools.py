from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from crm.models import Candidate, CaptureForm, Message, User
from talentpools.actions import form_pools, pools
from talentpools.models import FormPool, Member, Pool
from tests.crm.capture import live_form, send

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def form(ada: User) -> CaptureForm:
    return live_form(ada)


@pytest.fixture
def pool(ada: User) -> Pool:
    return pools.create(draft=pools.Draft("Engineering"), by=ada)


def test_a_form_fills_the_pools_chosen_for_it(
    client: Client, client_as: Any, ada: User, form: CaptureForm, pool: Pool,
    clock: time_machine.Traveller, on_commit: Callable[[], Any],
) -> None:  # fmt: skip
    url = f"/w/acme/forms/{form.pk}/pools/"
    assert "Engineering" in client_as(ada).get(url).text
    client_as(ada).post(url, {"pools": [pool.pk]})
    client_as(ada).post(url, {"pools": [pool.pk]})
    assert FormPool.objects.count() == 1
    with on_commit():
        send(client, "/f/acme/talent-community/", clock)
    with on_commit():
        send(client, "/f/acme/talent-community/", clock)
    member = Member.objects.get()
    assert (member.pool, member.candidate, member.added_by) == (pool, Candidate.objects.get(), ada)
    client_as(ada).post(url)
    assert FormPool.objects.count() == 0


def test_the_first_message_is_queued_with_the_submission(
    client: Client, client_as: Any, grace: User, form: CaptureForm,
    clock: time_machine.Traveller, on_commit: Callable[[], Any],
) -> None:  # fmt: skip
    started = client_as(grace).post(f"/w/acme/forms/{form.pk}/welcome/", {"template": "welcome"})
    assert started.status_code == 302
    assert "Live" in client_as(grace).get(f"/w/acme/forms/{form.pk}/journeys/").text
    with on_commit():
        send(client, "/f/acme/talent-community/", clock, topics=["jobs"])
    message = Message.objects.get()
    assert (message.subject, message.to_address) == ("Good to meet you", "ines@people.example")
    assert "Hi Ines," in message.body_text


def test_only_an_admin_starts_a_journey(client_as: Any, ada: User, harry: User, form: CaptureForm) -> None:
    assert client_as(ada).post(f"/w/acme/forms/{form.pk}/welcome/").status_code == 403
    assert "An admin can start one" in client_as(ada).get(f"/w/acme/forms/{form.pk}/journeys/").text
    assert client_as(harry).get(f"/w/acme/forms/{form.pk}/pools/").status_code == 403


def test_following_without_news_does_nothing() -> None:
    assert form_pools.follow() == 0
