import datetime as dt

import pytest

from crm.actions import hiring, stage_progress
from crm.models import Application, Candidate, Event, Workspace
from tests.factories import ApplicationFactory, CandidateFactory, StageEntryFactory

pytestmark = pytest.mark.usefixtures("scope")
DAY = dt.datetime(2026, 5, 4, 9, 0, tzinfo=dt.UTC)


def _applied(stage: str, *, crm: str = "", outcome: str = "active") -> Application:
    made: Application = ApplicationFactory.create(
        candidate=CandidateFactory.create(stage=crm), outcome=outcome, current_stage=stage
    )
    StageEntryFactory.create(application=made, stage=stage, entered_at=DAY)
    return made


@pytest.mark.parametrize(
    ("hiring_stage", "before", "after"),
    [
        ("applied", "", "initial_interest"),
        ("screening", "initial_interest", "screening"),
        ("interview", "screening", "interview_ready"),
        ("final_interview", "", "interview_ready"),
        ("offer", "interview_ready", "offer_ready"),
        ("screening", "offer_ready", "offer_ready"),
        ("hired", "screening", "screening"),
        ("", "screening", "screening"),
    ],
)
def test_the_ats_moves_people_on_and_never_back(
    scope: Workspace, hiring_stage: str, before: str, after: str
) -> None:
    application = _applied(hiring_stage, crm=before)
    hiring.settle([application.pk])
    assert Candidate.objects.get(pk=application.candidate_id).stage == after
    moves = Event.objects.filter(kind="stage.changed")
    assert [(move.data["from"], move.data["to"], move.occurred_at) for move in moves] == (
        [(before, after, DAY)] if before != after else []
    )


def test_an_ended_process_moves_nobody() -> None:
    application = _applied("offer", outcome="rejected")
    assert stage_progress.follow([application.pk]) == 0
    assert Candidate.objects.get().stage == ""


def test_the_furthest_of_several_processes_counts_once() -> None:
    first = _applied("screening")
    second = ApplicationFactory.create(candidate=first.candidate, outcome="active", current_stage="offer")
    assert stage_progress.follow([first.pk, second.pk]) == 1
    assert stage_progress.follow([first.pk, second.pk]) == 0
    assert Candidate.objects.get().stage == "offer_ready"


def test_nobody_is_no_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert stage_progress.follow([]) == 0
