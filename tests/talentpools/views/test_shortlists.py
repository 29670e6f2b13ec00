import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.models import CandidateSkill, Requisition, Skill, User, Workspace
from crm.views import paging
from talentpools.actions import shortlists
from talentpools.models import ShortlistEntry
from tests.factories import CandidateFactory, RequisitionFactory

As = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
VERDICTS = {"Nina": "", "Omar": "no", "Pia": "star", "Quentin": "yes", "Rosa": "yes"}


@pytest.fixture
def requisition(scope: Workspace, ada: User, monkeypatch: pytest.MonkeyPatch) -> Requisition:
    """Five people on the list of a page that holds two."""
    monkeypatch.setattr(paging, "SIZE", 2)
    made: Requisition = RequisitionFactory.create(title="Platform engineer", skills=["Go"])
    people = [CandidateFactory.create(first_name=name, last_name="Able") for name in VERDICTS]
    shortlists.add(requisition=made, candidate_ids=[one.pk for one in people], by=ada)
    for name, verdict in VERDICTS.items():
        ShortlistEntry.objects.filter(candidate__first_name=name).update(verdict=verdict)
    CandidateSkill.objects.create(
        candidate=people[1], skill=Skill.objects.get_or_create(name="Go", defaults={"folded": "go"})[0]
    )
    return made


def _path(requisition: Requisition, rest: str = "") -> str:
    return f"/w/acme/requisitions/{requisition.pk}/shortlist/{rest}"


def _names(page: str) -> list[str]:
    return [name for name in re.findall(r"(\w+) Able", page) if name in VERDICTS]


def _shown(client: Client, path: str) -> list[str]:
    return list(dict.fromkeys(_names(client.get(path).content.decode())))


def test_a_long_list_comes_in_pages_with_an_exact_count(
    client_as: As, ada: User, requisition: Requisition
) -> None:
    client = client_as(ada)
    first = client.get(_path(requisition)).content.decode()
    assert "1–2 of 5" in first
    assert list(dict.fromkeys(_names(first))) == ["Pia", "Quentin"]
    assert _shown(client, _path(requisition, "?page=2")) == ["Rosa", "Nina"]
    assert _shown(client, _path(requisition, "?page=3")) == ["Omar"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("sort=name", ["Nina", "Omar"]),
        ("sort=-name", ["Rosa", "Quentin"]),
        ("sort=-verdict", ["Omar", "Nina"]),
        ("sort=-score", ["Omar", "Nina"]),
        ("sort=-added", ["Rosa", "Quentin"]),
        ("verdict=yes&sort=-name", ["Rosa", "Quentin"]),
        ("q=abl+ROS", ["Rosa"]),
    ],
)
def test_the_list_is_sorted_and_searched(
    client_as: As, ada: User, requisition: Requisition, asked: str, names: list[str]
) -> None:
    rows = client_as(ada).get(_path(requisition, f"?{asked}"), headers=HTMX).content.decode()
    assert "<html" not in rows
    assert list(dict.fromkeys(_names(rows))) == names


def test_the_list_asks_as_much_for_three_as_for_one(
    client_as: As, ada: User, requisition: Requisition, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, asked = client_as(ada), []
    for size in (1, 3):
        monkeypatch.setattr(paging, "SIZE", size)
        client.get(_path(requisition))
        with CaptureQueriesContext(connection) as captured:
            client.get(_path(requisition))
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_all_results_means_all_pages_of_the_narrowed_list(
    client_as: As, ada: User, requisition: Requisition
) -> None:
    some = ShortlistEntry.objects.get(candidate__first_name="Nina").candidate_id
    body = {"all": "1", "ids": [some], "query": "verdict=yes&page=1"}
    compared = client_as(ada).post(_path(requisition, "comparison/"), body)
    assert _shown(client_as(ada), compared["Location"]) == ["Quentin", "Rosa"]

    gone = client_as(ada).post(_path(requisition, "removals/"), body)
    assert gone["Location"] == _path(requisition, "?verdict=yes&page=1")
    left = ShortlistEntry.objects.order_by("candidate__first_name")
    assert list(left.values_list("candidate__first_name", flat=True)) == ["Nina", "Omar", "Pia"]


def test_more_people_than_fit_side_by_side_are_said(
    client_as: As, ada: User, requisition: Requisition
) -> None:
    shortlists.add(requisition=requisition, candidate_ids=[CandidateFactory.create().pk], by=ada)
    client = client_as(ada)
    asked = client.post(_path(requisition, "comparison/"), {"all": "1", "query": ""})
    assert asked["Location"].count("ids=") == 5
    assert client.session["toast"]["sentence"] == "Five side by side at most: the first five of your 6."


def test_a_note_is_written_in_its_row(client_as: As, ada: User, requisition: Requisition) -> None:
    entry = ShortlistEntry.objects.get(candidate__first_name="Nina")
    path = _path(requisition, f"{entry.pk}/note/")
    answer = client_as(ada).post(path, {"note": " Ask about Go "}, headers=HTMX).content.decode()
    assert answer.count("<tr") == 1
    assert "Ask about Go" in answer

    plain = client_as(ada).post(path, {"note": "", "query": "verdict=none"})
    assert plain["Location"] == f"{_path(requisition)}?verdict=none#entry-{entry.pk}"
    entry.refresh_from_db()
    assert entry.note == ""
