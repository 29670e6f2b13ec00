from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from crm.actions import engagement_scale, events
from crm.actions.engagement_scale import Draft, InvalidScale
from crm.models import Candidate, EngagementRun, Event, Workspace
from crm.policies import engagement as policy
from crm.policies.engagement import STANDARD, WEIGHTS, Scale, Signal
from crm.queries import engagement_keys
from crm.queries.engagement import scale, signals_of
from tests.conftest import NOW
from tests.factories import CandidateFactory, EventFactory

pytestmark = pytest.mark.usefixtures("scope", "clock")
KINDS = list(WEIGHTS)


def draft(**changes: Any) -> Draft:
    values: dict[str, Any] = {"weights": dict(WEIGHTS), "half_life_days": 60.0, "warm": 15.0, "hot": 50.0}
    return Draft(**(values | changes))


def change(workspace: Workspace, **changes: Any) -> EngagementRun | None:
    workspace.refresh_from_db()
    return engagement_scale.change(workspace=workspace, draft=draft(**changes), by=None, now=NOW)


def signaled(**signals: float) -> Candidate:
    """Somebody with these signals, each so many days ago."""
    person = CandidateFactory.create(last_engaged_at=NOW)
    for kind, days in signals.items():
        EventFactory.create(
            candidate=person, kind=kind.replace("_", "."), occurred_at=NOW - timedelta(days=days)
        )
    Candidate.objects.filter(pk=person.pk).update(
        engagement_key=policy.key_of(signals_of([person.pk])[person.pk], scale())
    )
    person.refresh_from_db()
    return person


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    ago=st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(0, 40), st.booleans()), min_size=1, max_size=12
    ),
    half_life=st.sampled_from([7.0, 60.0, 365.0]),
)
def test_the_statement_gives_the_keys_of_the_policy(
    ago: list[tuple[str, int, bool]], half_life: float
) -> None:
    person = CandidateFactory.create()
    for kind, hours, is_human in ago:
        EventFactory.create(
            candidate=person,
            kind=kind,
            occurred_at=NOW - timedelta(hours=6 * hours),
            data={"human": is_human},
        )
    scored = Scale(weights=WEIGHTS | {"form.submitted": 0}, half_life=half_life, epoch=3_000.5)

    found = engagement_keys.keys_of([person.pk], scored)

    wanted = policy.key_of(signals_of([person.pk]).get(person.pk, []), scored)
    assert found == ({person.pk: pytest.approx(wanted, abs=1e-9)} if wanted is not None else {})


def test_a_disproved_click_is_left_out_of_the_statement() -> None:
    person = CandidateFactory.create()
    click = EventFactory.create(candidate=person, kind="message.clicked", data={"human": True})
    EventFactory.create(candidate=person, kind="message.click_disproved", data={"event": click.pk})

    assert engagement_keys.keys_of([person.pk], STANDARD) == {}


def test_thresholds_apply_at_once(workspace: Workspace) -> None:
    person = signaled(event_attended=0)  # raw 25: 35.2
    assert policy.level_at(person.engagement_key, NOW, scale()) == "warm"

    assert change(workspace, hot=30.0) is None

    assert policy.level_at(person.engagement_key, NOW, scale()) == "hot"
    assert not EngagementRun.objects.exists()


def test_other_weights_compute_everybody_again(workspace: Workspace, on_commit: Any) -> None:
    replied, attended = signaled(message_replied=60), signaled(event_attended=0)
    with on_commit():
        change(workspace, weights=WEIGHTS | {"message.replied": 80.0})

    replied.refresh_from_db()
    attended.refresh_from_db()
    assert policy.raw_at(replied.engagement_key, NOW, scale()) == pytest.approx(40)
    assert policy.raw_at(attended.engagement_key, NOW, scale()) == pytest.approx(25)
    run = EngagementRun.objects.get()
    assert (run.done, run.total, run.finished_at) == (2, 2, NOW)
    assert Event.objects.filter(kind="engagement.recomputed").count() == 1


def test_another_half_life_changes_nothing_now_and_everything_later(
    workspace: Workspace, on_commit: Any
) -> None:
    person = signaled(message_replied=60)
    before = policy.score_at(person.engagement_key, NOW, scale())

    change(workspace, half_life_days=30.0)

    # Not computed again yet: the score stands, and fades faster.
    assert policy.score_at(person.engagement_key, NOW, scale()) == pytest.approx(before)
    with on_commit():
        run = EngagementRun.objects.get()
        engagement_scale.compute_batch(run_id=run.pk)
    person.refresh_from_db()
    assert policy.raw_at(person.engagement_key, NOW, scale()) == pytest.approx(30 * 0.25)


def test_a_weight_of_nothing_leaves_a_signal_out(workspace: Workspace, on_commit: Any) -> None:
    person = signaled(message_replied=1)
    with on_commit():
        change(workspace, weights=WEIGHTS | {"message.replied": 0.0})

    person.refresh_from_db()
    assert person.engagement_key is None
    assert person.last_engaged_at == NOW


def test_new_signals_fold_by_the_scale_of_the_workspace(workspace: Workspace, on_commit: Any) -> None:
    person = CandidateFactory.create()
    change(workspace, weights=WEIGHTS | {"event.attended": 40.0}, half_life_days=10.0)
    with on_commit():
        events.record("event.attended", candidate=person, at=NOW - timedelta(days=10))

    person.refresh_from_db()
    assert policy.raw_at(person.engagement_key, NOW, scale()) == pytest.approx(20)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weights": {"message.replied": -1.0}}, "message.replied"),
        ({"weights": {"nonsense": 1.0}}, "nonsense"),
        ({"half_life_days": 0.0}, "half_life_days"),
        ({"warm": 50.0, "hot": 50.0}, "hot"),
        ({"hot": 100.0}, "hot"),
    ],
)
def test_what_cannot_be_is_refused(workspace: Workspace, changes: Any, field: str) -> None:
    with pytest.raises(InvalidScale) as refused:
        change(workspace, **changes)

    assert set(refused.value.fields) == {field}
    workspace.refresh_from_db()
    assert workspace.engagement_weights == {}


def test_the_preview_counts_who_changes_level(workspace: Workspace) -> None:
    signaled(event_attended=0)
    signaled(message_replied=0)
    wanted = engagement_scale.scale_from(
        draft(weights=WEIGHTS | {"event.attended": 60.0}), workspace, now=NOW
    )

    found = engagement_keys.preview(wanted, scale(), now=NOW)

    assert [(one.before, one.after, one.people) for one in found.shifts] == [
        ("warm", "warm", 1),
        ("warm", "hot", 1),
    ]
    assert (found.moved, found.is_exact) == (1, True)


def test_a_run_goes_on_where_it_was_and_is_done_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [signaled(event_attended=0) for _ in range(3)]
    monkeypatch.setattr(engagement_scale, "BATCH", 2)
    run = change(workspace, weights=WEIGHTS | {"event.attended": 50.0})
    assert run is not None

    assert engagement_scale.compute_batch(run_id=run.pk)
    run.refresh_from_db()
    assert (run.cursor, run.done) == (people[1].pk, 2)
    assert not engagement_scale.compute_batch(run_id=run.pk)
    assert not engagement_scale.compute_batch(run_id=run.pk)
    run.refresh_from_db()
    assert run.done == 3
    assert Event.objects.filter(kind="engagement.recomputed").count() == 1


def test_the_frame_of_a_key_moves_with_the_half_life() -> None:
    key = policy.key_of([Signal("message.replied", NOW - timedelta(days=30))])
    moved = STANDARD.with_half_life(20, at=NOW).with_half_life(90, at=NOW)

    assert policy.raw_at(key, NOW, moved) == pytest.approx(policy.raw_at(key, NOW), rel=1e-9)
