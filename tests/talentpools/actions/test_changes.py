from datetime import timedelta

import pytest

from crm.actions import events
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, User, Workspace
from talentpools.actions import changes, segments
from talentpools.actions.segments import Draft
from talentpools.models import Segment, SegmentMember, SegmentWatch
from tests.conftest import NOW
from tests.factories import CandidateFactory

GERMANS = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "DE"}]}


@pytest.fixture
def segment(scope: Workspace, grace: User) -> Segment:
    made = segments.create(draft=Draft("Germans", GERMANS), by=grace)
    changes.take_in(workspace_id=scope.pk, now=NOW)
    return made


def move(candidate: Candidate, country: str) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(country=country)
    events.record("candidate.updated", candidate=candidate)


def inside(segment: Segment) -> set[int]:
    stays = SegmentMember.objects.filter(segment=segment, left_at=None)
    return set(stays.values_list("candidate_id", flat=True))


def test_a_changed_person_is_looked_at_again(scope: Workspace, segment: Segment) -> None:
    ada, unnoticed = CandidateFactory.create(), CandidateFactory.create()
    move(ada, "DE")
    Candidate.objects.filter(pk=unnoticed.pk).update(country="DE")

    done = changes.take_in(workspace_id=scope.pk, now=NOW + timedelta(seconds=20))

    assert [(one.entered, one.left) for one in done] == [(1, 0)]
    assert inside(segment) == {ada.pk}


def test_the_news_of_one_segment_reaches_those_that_name_it(
    scope: Workspace, segment: Segment, grace: User
) -> None:
    rest = segments.create(draft=Draft("Others", {"not": {"segment": segment.pk}}), by=grace)
    ada = CandidateFactory.create()
    changes.take_in(workspace_id=scope.pk, now=NOW)
    move(ada, "DE")

    changes.take_in(workspace_id=scope.pk, now=NOW + timedelta(seconds=20))

    assert (inside(segment), inside(rest)) == ({ada.pk}, set())


def test_everybody_is_looked_at_again_now_and_then(scope: Workspace, segment: Segment) -> None:
    unnoticed = CandidateFactory.create(country="DE")

    changes.take_in(workspace_id=scope.pk, now=NOW + changes.SWEEP_TIMELESS_EVERY + timedelta(seconds=1))

    assert inside(segment) == {unnoticed.pk}


def test_the_floor_rises_so_that_old_events_are_not_read_again(scope: Workspace, segment: Segment) -> None:
    newest = events.record("candidate.updated", candidate=CandidateFactory.create())
    assert newest

    changes.take_in(workspace_id=scope.pk, now=NOW + timedelta(hours=1, seconds=1))
    changes.take_in(workspace_id=scope.pk, now=NOW + timedelta(hours=2, seconds=2))

    assert SegmentWatch.objects.get().floor_event_id == newest.pk


@pytest.mark.transactional
@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_missed(workspace: Workspace) -> None:
    """A transaction writes its event, then another look is taken, then it commits."""
    import threading

    from django.db import connection

    with workspace_scope(workspace.pk):
        segment = segments.create(draft=Draft("Germans", GERMANS), by=None)
        ada = CandidateFactory.create()
    changes.take_in(workspace_id=workspace.pk, now=NOW)
    written, looked = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with workspace_scope(workspace.pk):
                move(ada, "DE")
                written.set()
                looked.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    changes.take_in(workspace_id=workspace.pk, now=NOW + timedelta(minutes=5))
    looked.set()
    thread.join()
    changes.take_in(workspace_id=workspace.pk, now=NOW + timedelta(minutes=10))

    with workspace_scope(workspace.pk):
        assert inside(segment) == {ada.pk}
