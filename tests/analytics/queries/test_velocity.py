import datetime as dt

from analytics.policies.figures import StageFigure
from analytics.queries import people, velocity
from crm.models import Candidate, Workspace
from tests.analytics.histories import NOW, at, event, question
from tests.analytics.worked import told
from tests.factories import CandidateFactory


def _born(stage: str, when: dt.datetime) -> Candidate:
    person = CandidateFactory.create(stage=stage)
    Candidate.objects.filter(pk=person.pk).update(created_at=when)
    return person


def _moved(person: Candidate, before: str, after: str, when: dt.datetime) -> None:
    event(person, "stage.changed", when, **{"from": before, "to": after})


def test_velocity_worked_example(scope: Workspace) -> None:
    """docs/kpis.md, "Velocity": stays of 2, 4 and 10 days in screening, one person waiting since 3 days."""
    for days in (2, 4, 10):
        person = _born("", at(1))
        _moved(person, "", "screening", at(5))
        _moved(person, "screening", "interview_ready", at(5) + dt.timedelta(days=days))
    waiting = _born("", at(1))
    _moved(waiting, "", "screening", NOW - dt.timedelta(days=3))

    found = velocity.velocity(question(to_on=dt.date(2026, 6, 30)))
    assert found[:3] == [
        StageFigure("initial_interest", None, 0, 0, 0),
        # 4 at risk: 3/4 after 2 days; then 3 is censored; 2 at risk: 3/8 after 4 days.
        StageFigure("screening", 4.0, 4, 3, 1),
        StageFigure("interview_ready", None, 3, 0, 3),
    ]
    told("velocity", 4.0, 4, 3, 1)


def test_created_in_a_stage_is_an_entry(scope: Workspace) -> None:
    person = _born("screening", at(3))
    _moved(person, "initial_interest", "screening", at(5))
    _born("screening", at(3))

    found = {figure.stage: figure for figure in velocity.velocity(question())}
    assert found["initial_interest"] == StageFigure("initial_interest", 2.0, 1, 1, 0)
    assert found["screening"].entered == 2
    assert found["screening"].waiting == 2


def test_a_step_back_ends_the_stay_without_an_advance(scope: Workspace) -> None:
    person = _born("", at(1))
    _moved(person, "", "interview_ready", at(5))
    _moved(person, "interview_ready", "screening", at(8))

    found = {figure.stage: figure for figure in velocity.velocity(question())}
    assert found["interview_ready"] == StageFigure("interview_ready", 3.0, 1, 0, 0)
    assert velocity.advances(question())[2] == {
        "stage": "interview_ready", "advances_per_week": 0.0, "conversion": 0.0,
    }  # fmt: skip
    [row], _ = people.people_behind("velocity", "screening", question(), limit=10)
    assert row.why == "Still there."


def test_an_archived_person_stops_waiting(scope: Workspace) -> None:
    person = _born("screening", at(3))
    Candidate.objects.filter(pk=person.pk).update(archived_at=at(6))

    [row], _ = people.people_behind("velocity", "screening", question(), limit=10)
    assert row.days == 3.0
