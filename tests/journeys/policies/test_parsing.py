from typing import Any

import pytest

from journeys.policies.file_format import FORMAT, Delay, StepType, Unit
from journeys.policies.parsing import parse
from journeys.policies.validation import Surroundings, TemplateFacts, validate

# The example of the format's description, word for word.
EXAMPLE: dict[str, Any] = {
    "format": FORMAT,
    "name": "Silver medalists, 12 weeks",
    "trigger": {"on": "segment.entered", "segment": 42},
    "settings": {
        "window": {
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "ranges": [["09:00", "12:00"], ["13:30", "17:00"]],
            "zone": "candidate",
        },
        "holidays": "candidate_country",
        "priority": 50,
        "reentry": {"after_days": 180},
        "sender": "owner",
        "holdout_percent": 0,
        "goal": {"activity": "meeting.booked", "op": "at_least", "count": 1},
        "exit_on": [
            "replied", "meeting_booked", "applied", "in_process", "hired", "unsubscribed", "hard_bounce",
            "left_segment",
        ],
    },
    "steps": [
        {"id": "m1", "type": "message", "after": {"days": 3}, "template": "silver-1"},
        {
            "id": "b1",
            "type": "branch",
            "if": {"message": {"step": "m1", "was": "clicked"}},
            "wait": {"weeks": 2},
            "then": [
                {
                    "id": "t1", "type": "task", "title": "Call {{ candidate.first_name }}",
                    "assignee": "owner", "due": {"working_days": 2},
                }
            ],
            "else": [],
        },
        {"id": "m2", "type": "message", "after": {"weeks": 4}, "template": "silver-2", "thread": True},
        {
            "id": "s1",
            "type": "split",
            "arms": [{"name": "A", "weight": 50, "steps": []}, {"name": "B", "weight": 50, "steps": []}],
        },
        {"id": "m3", "type": "check_in", "after": {"weeks": 6}, "template": "silver-3", "form": "plans"},
        {"id": "e", "type": "end"},
    ],
}  # fmt: skip
AROUND = Surroundings(
    journey=1,
    templates={key: TemplateFacts() for key in ("silver-1", "silver-2", "silver-3")},
    forms={"plans"},
    segments={42},
    users={7},
    fields={"city"},
    stages={"screening"},
    enrolls={2: {3}, 3: {1}, 4: set()},
)


def codes(
    *steps: dict[str, Any], around: Surroundings = AROUND, **changes: Any
) -> list[tuple[str, str, str]]:
    document = EXAMPLE | {"steps": list(steps)} | changes
    parsed = parse(document)
    faults = parsed.faults if parsed.journey is None else validate(parsed.journey, around)
    return [(fault.where, fault.code, fault.step) for fault in faults]


def test_the_example_reads_and_holds() -> None:
    parsed = parse(EXAMPLE)
    assert parsed.faults == ()
    assert parsed.journey is not None
    assert [step.id for step in parsed.journey.every_step()] == ["m1", "b1", "t1", "m2", "s1", "m3", "e"]
    assert parsed.journey.steps[1].then[0].due == Delay(Unit.WORKING_DAYS, 2)
    assert parsed.journey.steps[4].type is StepType.CHECK_IN
    assert validate(parsed.journey, AROUND) == ()


MESSAGE = {"id": "m", "type": "message", "template": "silver-1"}
END = {"id": "e", "type": "end"}
UPDATE = {"id": "u", "type": "update"}
TASK = {"id": "t", "type": "task", "title": "x"}
SPLIT = {"id": "s", "type": "split", "arms": [{"name": "A", "weight": 1}]}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([MESSAGE | {"color": 1}], ("steps.0.color", "unknown_key", "m")),
        ([MESSAGE | {"type": "letter"}], ("steps.0.type", "unknown_value", "m")),
        ([{"type": "end"}], ("steps.0.id", "wrong_id", "")),
        ([MESSAGE, MESSAGE], ("steps.1.id", "duplicate_id", "m")),
        ([MESSAGE | {"after": {}}], ("steps.0.after", "one_unit", "m")),
        ([MESSAGE | {"after": {"days": 1, "weeks": 1}}], ("steps.0.after", "one_unit", "m")),
        ([MESSAGE | {"after": {"days": -1}}], ("steps.0.after.days", "wrong_number", "m")),
        ([MESSAGE | {"after": {"days": True}}], ("steps.0.after.days", "wrong_number", "m")),
        ([MESSAGE | {"after": {"days": 1, "at": "9"}}], ("steps.0.after.at", "wrong_time", "m")),
        ([MESSAGE | {"template": "gone"}], ("steps.0.template", "unknown_template", "m")),
        ([{"id": "e", "type": "end"}, MESSAGE], ("steps.1", "unreachable_step", "m")),
        (
            [{"id": "b", "type": "branch", "if": {}, "then": [END], "else": [END | {"id": "f"}]}, MESSAGE],
            ("steps.1", "unreachable_step", "m"),
        ),
        ([{"id": "b", "type": "branch", "if": {}, "then": [], "else": []}], ("steps.0", "empty_branch", "b")),
        ([{"id": "w", "type": "wait", "after": {"days": 0}}], ("steps.0.after", "zero_delay", "w")),
        ([{"id": "n", "type": "enroll", "journey": 1}], ("steps.0.journey", "enroll_cycle", "n")),
        ([{"id": "n", "type": "enroll", "journey": 2}], ("steps.0.journey", "enroll_cycle", "n")),
        ([{"id": "n", "type": "enroll", "journey": 9}], ("steps.0.journey", "unknown_journey", "n")),
        ([UPDATE | {"fields": {"shoe": 1}}], ("steps.0.fields.shoe", "unknown_field", "u")),
        ([UPDATE], ("steps.0.fields", "required", "u")),
        ([UPDATE | {"stage": "moon"}], ("steps.0.stage", "unknown_stage", "u")),
        ([MESSAGE | {"type": "check_in", "form": "x"}], ("steps.0.form", "unknown_form", "m")),
        ([TASK | {"assignee": 99}], ("steps.0.assignee", "unknown_user", "t")),
        ([SPLIT], ("steps.0.arms", "required", "s")),
        (
            [MESSAGE | {"id": "j", "type": "job_alert", "if_none": "wait", "retry": {"days": 0}}],
            ("steps.0.retry", "zero_delay_loop", "j"),
        ),
        ([], ("steps", "no_steps", "")),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_step(
    steps: list[dict[str, Any]], expected: tuple[str, str, str]
) -> None:
    assert codes(*steps) == [expected]


def test_a_step_that_starts_its_own_journey_at_once_is_a_loop() -> None:
    update = {"id": "u", "type": "update", "stage": "screening"}
    again: Any = {
        "settings": {"reentry": {"after_days": 0}},
        "trigger": {"on": "stage.changed", "to": "screening"},
    }
    assert codes(update, **again) == [("steps.0", "zero_delay_loop", "u")]
    assert codes({"id": "w", "type": "wait", "after": {"days": 1}}, update, **again) == []


def test_mail_nobody_could_stop_is_a_fault() -> None:
    bare = Surroundings(
        templates={"silver-1": TemplateFacts(can_unsubscribe=False, unknown_fields=("shoe",))}, segments={42}
    )
    assert [code for _, code, _ in codes(MESSAGE, around=bare)] == ["unknown_field", "no_unsubscribe"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"format": "other/1"}, "format"),
        ({"color": 1}, "color"),
        ({"name": ""}, "name"),
        ({"trigger": {"on": "moon"}}, "trigger.on"),
        ({"trigger": {"on": "manual", "segment": 1}}, "trigger.segment"),
        ({"trigger": {"on": "segment.entered", "segment": 7}}, "trigger.segment"),
        ({"settings": {"window": {"days": ["monday"]}}}, "settings.window.days"),
        ({"settings": {"window": {"ranges": []}}}, "settings.window.ranges"),
        ({"settings": {"window": {"zone": "Mars"}}}, "settings.window.zone"),
        ({"settings": {"exit_on": ["bored"]}}, "settings.exit_on"),
        ({"settings": {"holdout_percent": 100}}, "settings.holdout_percent"),
        ({"settings": {"sender": 99}}, "settings.sender"),
        ({"steps": "none"}, "steps"),
    ],
)
def test_what_holds_for_the_whole_file_is_checked(change: dict[str, Any], where: str) -> None:
    parsed = parse(EXAMPLE | change)
    faults = parsed.faults if parsed.journey is None else validate(parsed.journey, AROUND)
    assert where in {fault.where for fault in faults}


@pytest.mark.parametrize("nonsense", [None, [], "x", 1, {}])
def test_nonsense_is_refused_without_raising(nonsense: Any) -> None:
    assert parse(nonsense).faults
