import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.models import Candidate, User, Workspace
from talentpools.actions import decisions, segments
from talentpools.actions.segments import Draft
from talentpools.models import Segment, SegmentDecision, SegmentMember, SegmentVersion
from tests.factories import CandidateFactory

As = Callable[[User], Client]
GERMANS = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "DE"}]}
FRENCH = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "FR"}]}


@pytest.fixture
def people(scope: Workspace) -> tuple[Candidate, Candidate]:
    return CandidateFactory.create(
        country="DE", first_name="Otto", last_name="Klar"
    ), CandidateFactory.create(country="FR", first_name="Anne", last_name="Martin")


@pytest.fixture
def segment(people: tuple[Candidate, Candidate], grace: User) -> Segment:
    """Was German, is French."""
    made = segments.create(draft=Draft("Neighbors", GERMANS), by=grace)
    return segments.update(segment=made, draft=Draft("Neighbors", FRENCH), by=grace)


def test_each_version_says_what_changed_and_what_it_did(segment: Segment, grace: User, client_as: As) -> None:
    page = client_as(grace).get(f"/w/acme/pools/segments/{segment.pk}/versions/")

    newest, first = page.context["changes"]
    assert (newest.version.version, newest.version.entered, newest.version.left) == (2, 1, 1)
    assert (first.version.version, first.version.entered, first.version.left) == (1, 1, 0)
    changed = [(sign, line.strip()) for sign, line in newest.lines if sign != " "]
    assert changed == [("-", "Country is Germany"), ("+", "Country is France")]
    assert "1 came and 1 left because of it" in page.content.decode()


def test_a_segment_from_before_versions_were_kept_keeps_its_old_rules(segment: Segment, grace: User) -> None:
    SegmentVersion.objects.all().delete()

    segments.update(segment=segment, draft=Draft("Neighbors", GERMANS), by=grace)

    kept = SegmentVersion.objects.order_by("version")
    assert [(one.version, one.rules) for one in kept] == [(2, FRENCH), (3, GERMANS)]


def test_history_lists_who_came_and_left_and_is_filtered(
    segment: Segment, grace: User, client_as: As
) -> None:
    def moves(query: str = "") -> list[tuple[str, str, int]]:
        page = client_as(grace).get(f"/w/acme/pools/segments/{segment.pk}/history/{query}")
        return sorted((str(move.candidate), move.what, move.version) for move in page.context["moves"])

    came, left = ("Otto Klar", "entered", 1), ("Otto Klar", "left", 2)
    anne = ("Anne Martin", "entered", 2)
    assert moves() == [anne, came, left]
    assert moves("?side=left") == [left]
    assert moves("?version=2") == [anne, left]
    assert moves("?q=martin") == [anne]
    assert moves(f"?until={dt.date(2000, 1, 1)}") == []
    assert moves("?since=nonsense&version=x") == [anne, came, left]


def test_history_is_downloaded_without_formulas(
    segment: Segment, people: tuple[Candidate, Candidate], ada: User, ana: User, client_as: As
) -> None:
    Candidate.objects.filter(pk=people[0].pk).update(first_name="=cmd()", last_name="")
    path = f"/w/acme/pools/segments/{segment.pk}/history/export/"

    answer: Any = client_as(ada).get(f"{path}?side=left")

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "at,move,candidate,name,version"
    assert lines[1].endswith(f"left,{people[0].pk},'=cmd(),2")
    assert client_as(ana).get(path).status_code == 403


def test_why_somebody_left_is_told_by_the_rules_of_that_version(
    segment: Segment, people: tuple[Candidate, Candidate], grace: User, client_as: As
) -> None:
    path = f"/w/acme/pools/segments/{segment.pk}/explanation/?candidate={people[0].pk}"

    assert "Germany" in client_as(grace).get(f"{path}&version=1").content.decode()
    assert "France" in client_as(grace).get(path).content.decode()


@pytest.fixture
def reviewed(people: tuple[Candidate, Candidate], grace: User) -> Segment:
    return segments.create(draft=Draft("To look at", GERMANS, mode="review"), by=grace)


def test_accepting_and_refusing_are_undone(
    reviewed: Segment, people: tuple[Candidate, Candidate], grace: User, client_as: As
) -> None:
    client, url = client_as(grace), f"/w/acme/pools/segments/{reviewed.pk}/review/"

    client.post(url, {"ids": people[0].pk, "verdict": "refuse", "reason": "Moved to a rival"})

    assert SegmentDecision.objects.get().reason == "Moved to a rival"
    assert not SegmentMember.objects.filter(left_at=None).exists()
    assert client.post(client.session["toast"]["undo_url"]).status_code == 302
    assert not SegmentDecision.objects.exists()
    assert _waiting() == [people[0].pk]

    client.post(url, {"all": "1", "verdict": "accept"})
    undo_url = client.session["toast"]["undo_url"]
    assert _waiting() == []
    client.post(undo_url)
    assert _waiting() == [people[0].pk]
    assert Segment.objects.get(pk=reviewed.pk).size == 0
    assert client.post(undo_url).status_code == 409


def test_a_refusal_outlives_a_refresh(
    reviewed: Segment, people: tuple[Candidate, Candidate], grace: User
) -> None:
    from django.utils import timezone

    from talentpools.actions import refreshes

    decisions.refuse(segment=reviewed, candidate_ids=[people[0].pk], by=grace, reason="No")
    refreshes.refresh(segment=reviewed, now=timezone.now())

    assert _waiting() == []


def test_today_counts_what_waits(reviewed: Segment, ada: User, client_as: As) -> None:
    page = client_as(ada).get("/w/acme/segments/waiting/").content.decode()

    assert "To look at" in page
    assert "1 person" in page


def _waiting() -> list[int]:
    stays = SegmentMember.objects.filter(left_at=None, is_reviewed=False)
    return list(stays.values_list("candidate_id", flat=True))
