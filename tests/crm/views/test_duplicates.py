from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.actions import candidates, duplicates
from crm.models import Candidate, DuplicatePair, User

pytestmark = pytest.mark.usefixtures("scope")
ClientAs = Callable[[User], Client]
URL = "/w/acme/duplicates/"


def pair_of(number: int = 1) -> DuplicatePair:
    for side in "ab":
        given = {"full_name": f"Same {number}", "current_company": "Acme", "city": side}
        candidates.create(given=given | {"email": f"{side}{number}@a.example"}, origin="manual")
    duplicates.look(now=timezone.now())
    return DuplicatePair.objects.order_by("-pk")[0]


def test_the_queue_shows_why_and_the_rail_how_many(ada: User, client_as: ClientAs) -> None:
    pair = pair_of()
    page = client_as(ada).get(URL).content.decode()
    assert "same name and company" in page
    assert f"{URL}{pair.pk}/" in page
    assert 'class="count ml-auto">1<' in page


def test_the_queue_asks_the_same_number_of_questions_for_more_pairs(ada: User, client_as: ClientAs) -> None:
    client, counts = client_as(ada), []
    for many in (1, 2):
        for number in range(many):
            pair_of(10 * many + number)
        client.get(URL)
        with CaptureQueriesContext(connection) as asked:
            client.get(URL)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_side_by_side_offers_a_choice_where_they_differ_and_merges_it(ada: User, client_as: ClientAs) -> None:
    pair = pair_of()
    client = client_as(ada)
    page = client.get(f"{URL}{pair.pk}/").content.decode()
    assert 'name="field.city" value="other"' in page
    assert 'name="field.current_company"' not in page
    answer = client.post(
        f"{URL}{pair.pk}/merge/", {"keep": "first", "field.city": "other", "field.email": "other"}
    )
    assert answer.status_code == 302
    kept = Candidate.objects.get(pk=pair.first_id)
    assert (kept.city, kept.email) == ("b", "b1@a.example")
    assert "Merged" in client.get(f"{URL}?state=merged").content.decode()


def test_the_other_one_can_be_kept(ada: User, client_as: ClientAs) -> None:
    pair = pair_of()
    client_as(ada).post(f"{URL}{pair.pk}/merge/", {"keep": "second"})
    assert Candidate.objects.get(pk=pair.first_id).merged_into_id == pair.second_id


def test_not_the_same_goes_on_to_the_next_and_can_be_undone(ada: User, client_as: ClientAs) -> None:
    pair, following = pair_of(1), pair_of(2)
    client = client_as(ada)
    answer = client.post(f"{URL}{pair.pk}/dismissal/", {"then": "next"})
    assert answer.headers["Location"] == f"{URL}{following.pk}/"
    undo = client.session["toast"]["undo_url"]
    client.post(undo)
    assert DuplicatePair.objects.filter(state="open").count() == 2


def test_many_are_dismissed_asked_again_or_merged(ada: User, client_as: ClientAs, on_commit: Any) -> None:
    pair = pair_of()
    client = client_as(ada)
    client.post(f"{URL}bulk/", {"action": "dismiss", "ids": [pair.pk]})
    client.post(f"{URL}bulk/", {"action": "reopen", "ids": [pair.pk]})
    assert client.post(f"{URL}bulk/", {"action": "merge"}).status_code == 422
    with on_commit():
        answer = client.post(f"{URL}bulk/", {"action": "merge", "all": "1"})
    page = client.get(answer.headers["Location"]).content.decode()
    assert "1 of 1 merged" in page
    with on_commit():
        client.post(f"{answer.headers['Location']}undo/")
    assert not Candidate.objects.exclude(merged_into=None).exists()


def test_the_form_says_who_it_looks_like_before_saving(ada: User, client_as: ClientAs) -> None:
    pair_of()
    given = {"first_name": "Same", "last_name": "1", "current_company": "acme"}
    answer = client_as(ada).post("/w/acme/candidates/new/likely/", given)
    assert "Looks like somebody you know" in answer.content.decode()
    assert "same name and company" in answer.content.decode()
    unknown = client_as(ada).post("/w/acme/candidates/new/likely/", {"first_name": "Nobody"})
    assert "Looks like" not in unknown.content.decode()


def test_two_people_are_compared_from_a_profile(ada: User, client_as: ClientAs) -> None:
    one = candidates.create(given={"email": "one@a.example"}, origin="manual")
    two = candidates.create(given={"email": "two@a.example"}, origin="manual")
    answer = client_as(ada).post(f"/w/acme/candidates/{two.pk}/comparison/", {"other": one.pk})
    pair = DuplicatePair.objects.get()
    assert answer.headers["Location"] == f"{URL}{pair.pk}/"


def test_only_those_who_may_edit_come_in(ana: User, mallory: User, client_as: ClientAs) -> None:
    pair = pair_of()
    assert client_as(ana).get(URL).status_code == 403
    assert client_as(mallory).get(f"{URL}{pair.pk}/").status_code == 404
    assert client_as(mallory).post(f"{URL}{pair.pk}/merge/").status_code == 404
