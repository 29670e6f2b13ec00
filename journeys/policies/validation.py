"""What is wrong with a journey that reads well: unknown names, dead ends, loops, mail nobody could stop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import available_timezones

from journeys.policies.file_format import Fault, JourneyFile, Step, StepType
from journeys.policies.reading import Findings

RuleCheck = Callable[[dict[str, Any]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """What validation needs to know about a template."""

    can_unsubscribe: bool = True
    unknown_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What exists in the workspace: names a file may refer to."""

    journey: int = 0
    templates: Mapping[str, TemplateFacts] = field(default_factory=dict)
    forms: Collection[str] = ()
    public_forms: Collection[str] = ()
    segments: Collection[int] = ()
    pools: Collection[int] = ()
    users: Collection[int] = ()
    fields: Collection[str] = ()
    dates: Collection[str] = ()
    stages: Collection[str] = ()
    # Which journey enrolls into which, this one's draft left out.
    enrolls: Mapping[int, Collection[int]] = field(default_factory=dict)
    check_rules: RuleCheck | None = None


def validate(journey: JourneyFile, around: Surroundings) -> tuple[Fault, ...]:
    """Every fault that keeps the journey from being published, each named with its step."""
    findings = Findings()
    _check_start(journey, around, findings)
    if not journey.steps:
        findings.add("steps", "no_steps", "A journey needs at least one step.")
    for where, step in _addressed(journey.steps, "steps"):
        check = _CHECKS.get(step.type)
        if check is not None:
            check(step, around, findings, where)
    _check_reach(journey.steps, "steps", findings)
    _check_loops(journey, around, findings)
    return tuple(findings.faults)


def _check_start(journey: JourneyFile, around: Surroundings, findings: Findings) -> None:
    trigger, settings = journey.trigger, journey.settings
    if trigger.segment_id is not None and trigger.segment_id not in around.segments:
        findings.add("trigger.segment", "unknown_segment", f"There is no segment {trigger.segment_id}.")
    form = trigger.options.get("form")
    if form and form not in {*around.forms, *around.public_forms}:
        findings.add("trigger.form", "unknown_form", f"There is no form “{form}”.")
    if trigger.on == "date":
        _check_date(str(trigger.options.get("field")), around, findings)
    if rules := trigger.options.get("rules"):
        _check_rules(rules, around, findings, "trigger.rules")
    if settings.goal:
        _check_rules(settings.goal, around, findings, "settings.goal")
    zone = settings.window.zone if settings.window else "candidate"
    if zone not in ("candidate", "workspace") and zone not in available_timezones():
        findings.add("settings.window.zone", "unknown_zone", f"There is no time zone “{zone}”.")
    _check_user(settings.sender, around, findings, "settings.sender")


def _check_date(name: str, around: Surroundings, findings: Findings) -> None:
    if name not in around.fields:
        findings.add("trigger.field", "unknown_field", f"There is no field “{name}”.")
    elif name not in around.dates:
        findings.add("trigger.field", "not_a_date", f"“{name}” is not a date.")


def _check_user(user: str, around: Surroundings, findings: Findings, where: str, step: str = "") -> None:
    if user != "owner" and int(user) not in around.users:
        findings.add(where, "unknown_user", f"user {user} is not a member here.", step)


def _check_rules(
    rules: dict[str, Any], around: Surroundings, findings: Findings, where: str, step: str = ""
) -> None:
    if around.check_rules is None:
        return
    for path, sentence in around.check_rules(rules).items():
        findings.add(f"{where}.{path.removeprefix('rules.')}", "invalid_rules", sentence, step)


def _check_message(step: Step, around: Surroundings, findings: Findings, where: str) -> None:
    facts = around.templates.get(step.template)
    if facts is None:
        findings.add(
            f"{where}.template", "unknown_template", f"there is no template “{step.template}”.", step.id
        )
        return
    for name in facts.unknown_fields:
        findings.add(
            f"{where}.template",
            "unknown_field",
            f"“{step.template}” uses the unknown field “{name}”.",
            step.id,
        )
    if not facts.can_unsubscribe:
        sentence = f"“{step.template}” gives no way to unsubscribe."
        findings.add(f"{where}.template", "no_unsubscribe", sentence, step.id)


def _check_check_in(step: Step, around: Surroundings, findings: Findings, where: str) -> None:
    _check_message(step, around, findings, where)
    if step.form not in around.forms:
        findings.add(f"{where}.form", "unknown_form", f"there is no form “{step.form}”.", step.id)


def _check_job_alert(step: Step, around: Surroundings, findings: Findings, where: str) -> None:
    _check_message(step, around, findings, where)
    if step.if_none == "wait" and step.retry.is_zero:
        findings.add(
            f"{where}.retry", "zero_delay_loop", "it would look for jobs again without a pause.", step.id
        )


def _check_wait(step: Step, _: Surroundings, findings: Findings, where: str) -> None:
    if step.after.is_zero:
        findings.add(f"{where}.after", "zero_delay", "a wait of nothing is no wait.", step.id)


def _check_task(step: Step, around: Surroundings, findings: Findings, where: str) -> None:
    _check_user(step.assignee, around, findings, f"{where}.assignee", step.id)


def _check_notify(step: Step, around: Surroundings, findings: Findings, where: str) -> None:
    _check_user(step.to, around, findings, f"{where}.to", step.id)


def _check_branch(step: Step, around: Surroundings, findings: Findings, where: str) -> None:
    if not step.then and not step.otherwise:
        findings.add(where, "empty_branch", "both sides of the branch are empty.", step.id)
    if step.condition:
        _check_rules(step.condition, around, findings, f"{where}.if", step.id)


def _check_split(step: Step, _: Surroundings, findings: Findings, where: str) -> None:
    names = [arm.name for arm in step.arms]
    if len(set(names)) < len(names):
        findings.add(f"{where}.arms", "duplicate_arm", "two arms have the same name.", step.id)


def _check_update(step: Step, around: Surroundings, findings: Findings, where: str) -> None:
    changes = step.changes or {}
    for name in changes.get("fields", {}):
        if name not in around.fields:
            findings.add(f"{where}.fields.{name}", "unknown_field", f"there is no field “{name}”.", step.id)
    stage = changes.get("stage")
    if stage and stage not in around.stages:
        findings.add(f"{where}.stage", "unknown_stage", f"there is no stage “{stage}”.", step.id)
    for key in ("add_to_pool", "remove_from_pool"):
        if key in changes and changes[key] not in around.pools:
            findings.add(f"{where}.{key}", "unknown_pool", f"there is no pool {changes[key]}.", step.id)


def _check_enroll(step: Step, around: Surroundings, findings: Findings, where: str) -> None:
    target = step.journey or 0
    if target != around.journey and target not in around.enrolls:
        findings.add(f"{where}.journey", "unknown_journey", f"there is no journey {target}.", step.id)
        return
    if around.journey and _reaches(target, around.journey, around.enrolls):
        sentence = "this enrolls people in a journey that leads back here."
        findings.add(f"{where}.journey", "enroll_cycle", sentence, step.id)


def _reaches(start: int, goal: int, enrolls: Mapping[int, Collection[int]]) -> bool:
    seen: set[int] = set()
    open_ends = [start]
    while open_ends:
        journey = open_ends.pop()
        if journey == goal:
            return True
        if journey not in seen:
            seen.add(journey)
            open_ends.extend(enrolls.get(journey, ()))
    return False


def _check_reach(steps: Sequence[Step], where: str, findings: Findings) -> bool:
    """Name what stands behind an end; True when the list never lets anybody past it."""
    closed = False
    for index, step in enumerate(steps):
        if closed:
            findings.add(f"{where}.{index}", "unreachable_step", "nobody can reach this step.", step.id)
        ends = [_check_reach(block, f"{where}.{index}.{key}", findings) for key, block in _blocks(step)]
        closed = closed or step.type is StepType.END or (bool(ends) and all(ends))
    return closed


def _check_loops(journey: JourneyFile, around: Surroundings, findings: Findings) -> None:
    """A step that fires the journey's own trigger at once would enroll the same person for ever."""
    if journey.settings.reentry_days != 0 or journey.trigger.on != "stage.changed":
        return
    wanted = journey.trigger.options.get("to")
    for where, step in _addressed(journey.steps, "steps"):
        if not step.after.is_zero or step.type is StepType.WAIT:
            return
        stage = (step.changes or {}).get("stage")
        if stage and wanted in (None, "", stage):
            sentence = "this starts the same journey again without any delay."
            findings.add(where, "zero_delay_loop", sentence, step.id)


def _blocks(step: Step) -> list[tuple[str, tuple[Step, ...]]]:
    if step.type is StepType.BRANCH:
        return [("then", step.then), ("else", step.otherwise)]
    return [(f"arms.{index}.steps", arm.steps) for index, arm in enumerate(step.arms)]


def _addressed(steps: Sequence[Step], where: str) -> list[tuple[str, Step]]:
    found: list[tuple[str, Step]] = []
    for index, step in enumerate(steps):
        found.append((f"{where}.{index}", step))
        for key, block in _blocks(step):
            found.extend(_addressed(block, f"{where}.{index}.{key}"))
    return found


_CHECKS: dict[StepType, Callable[[Step, Surroundings, Findings, str], None]] = {
    StepType.MESSAGE: _check_message,
    StepType.CHECK_IN: _check_check_in,
    StepType.JOB_ALERT: _check_job_alert,
    StepType.TASK: _check_task,
    StepType.WAIT: _check_wait,
    StepType.BRANCH: _check_branch,
    StepType.SPLIT: _check_split,
    StepType.UPDATE: _check_update,
    StepType.NOTIFY: _check_notify,
    StepType.ENROLL: _check_enroll,
}
