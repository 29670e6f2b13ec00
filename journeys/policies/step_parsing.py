"""The steps of a journey document: which keys each type takes, and what they may hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from journeys.policies.file_format import Arm, Delay, Step, StepType, Unit
from journeys.policies.reading import Findings, Reader, read_user

_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")
MAX_DEPTH = 6
MAX_STEPS = 200


class StepParser:
    """Reads step lists; knows how deep it is and which ids it has met."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.depth = 0
        self.count = 0
        self.seen: set[str] = set()

    def steps(self, parent: Reader, key: str) -> tuple[Step, ...]:
        if self.depth >= MAX_DEPTH:
            parent.fault(key, "too_deep", f"Branches nest at most {MAX_DEPTH} deep.")
            return ()
        self.depth += 1
        found = [self.step(parent, key, index, raw) for index, raw in enumerate(parent.items(key))]
        self.depth -= 1
        return tuple(step for step in found if step is not None)

    def step(self, parent: Reader, key: str, index: int, raw: object) -> Step | None:
        where = f"{key}.{index}"
        if not isinstance(raw, dict):
            parent.fault(where, "wrong_type", "A step is a JSON object.")
            return None
        step_id = raw.get("id") if isinstance(raw.get("id"), str) else ""
        reader = Reader(raw, parent.address(where), self.findings, step_id or "")
        self._identify(reader)
        step_type = reader.choice("type", list(StepType), "")
        if not step_type:
            return None
        read = _READERS[StepType(step_type)]
        reader.refuse_unknown(("id", "type", "after", *_STEP_KEYS[StepType(step_type)]))
        common: dict[str, Any] = {
            "id": step_id,
            "type": StepType(step_type),
            "after": reader.delay("after") or Delay(),
        }
        return Step(**common, **read(self, reader))

    def _identify(self, reader: Reader) -> None:
        self.count += 1
        if self.count == MAX_STEPS + 1:
            reader.fault("", "too_many", f"A journey has at most {MAX_STEPS} steps.")
        step_id = reader.document.get("id")
        if not isinstance(step_id, str) or not _ID.match(step_id):
            reader.fault("id", "wrong_id", "A step needs an id of letters, digits, - and _, at most 40.")
        elif step_id in self.seen:
            reader.fault("id", "duplicate_id", f"the id “{step_id}” is used twice.")
        else:
            self.seen.add(step_id)

    def message(self, reader: Reader) -> dict[str, Any]:
        return {
            "template": reader.text("template", required=True),
            "thread": reader.flag("thread"),
            "topic": reader.text("topic", limit=60),
        }

    def check_in(self, reader: Reader) -> dict[str, Any]:
        return self.message(reader) | {"form": reader.text("form", required=True)}

    def job_alert(self, reader: Reader) -> dict[str, Any]:
        return {
            "template": reader.text("template", "job-alert"),
            "topic": reader.text("topic", limit=60),
            "limit": reader.number("limit", 2, 1, 10),
            "if_none": reader.choice("if_none", ("skip", "wait"), "skip"),
            "retry": reader.delay("retry", Delay(Unit.WEEKS, 1)),
        }

    def task(self, reader: Reader) -> dict[str, Any]:
        return {
            "title": reader.text("title", required=True),
            "note": reader.text("note", limit=2000),
            "assignee": read_user(reader, "assignee"),
            "due": reader.delay("due"),
            "hold": reader.flag("hold"),
        }

    def wait(self, reader: Reader) -> dict[str, Any]:
        if "after" not in reader.document:
            reader.fault("after", "required", "a wait has to say how long, under “after”.")
        return {}

    def branch(self, reader: Reader) -> dict[str, Any]:
        condition = reader.inner("if")
        if condition is None:
            reader.fault("if", "required", "a branch needs a condition, under “if”.")
        return {
            "condition": dict(condition.document) if condition else None,
            "wait": reader.delay("wait"),
            "then": self.steps(reader, "then"),
            "otherwise": self.steps(reader, "else"),
        }

    def split(self, reader: Reader) -> dict[str, Any]:
        arms = tuple(self._arm(reader, index, raw) for index, raw in enumerate(reader.items("arms")))
        if len(arms) < 2:
            reader.fault("arms", "required", "a split needs two arms or more.")
        return {"arms": arms}

    def _arm(self, parent: Reader, index: int, raw: object) -> Arm:
        if not isinstance(raw, dict):
            parent.fault(f"arms.{index}", "wrong_type", "An arm is a JSON object.")
            return Arm("", 1, ())
        reader = Reader(raw, parent.address(f"arms.{index}"), self.findings, parent.step)
        reader.refuse_unknown(("name", "weight", "steps"))
        weight = reader.number("weight", 1, 1, 1000) or 1
        return Arm(reader.text("name", required=True, limit=40), weight, self.steps(reader, "steps"))

    def update(self, reader: Reader) -> dict[str, Any]:
        inner = Reader(
            {key: value for key, value in reader.document.items() if key in _CHANGES},
            reader.where,
            self.findings,
            reader.step,
        )
        if not inner.document:
            reader.fault("fields", "required", f"an update changes at least one of {', '.join(_CHANGES)}.")
        inner.inner("fields")
        for key in ("add_tags", "remove_tags"):
            if any(not isinstance(tag, str) or not tag.strip() for tag in inner.items(key)):
                inner.fault(key, "wrong_type", "Tags are texts.")
        inner.text("stage", limit=60)
        for key in ("add_to_pool", "remove_from_pool"):
            inner.number(key, None, 1, 2**62)
        return {"changes": dict(inner.document)}

    def notify(self, reader: Reader) -> dict[str, Any]:
        return {"to": read_user(reader, "to"), "text": reader.text("text", required=True, limit=500)}

    def enroll(self, reader: Reader) -> dict[str, Any]:
        return {"journey": reader.number("journey", 0, 1, 2**62)}

    def end(self, reader: Reader) -> dict[str, Any]:
        return {}


_CHANGES = ("fields", "add_tags", "remove_tags", "stage", "add_to_pool", "remove_from_pool")
_STEP_KEYS: dict[StepType, tuple[str, ...]] = {
    StepType.MESSAGE: ("template", "thread", "topic"),
    StepType.CHECK_IN: ("template", "thread", "topic", "form"),
    StepType.JOB_ALERT: ("template", "topic", "limit", "if_none", "retry"),
    StepType.TASK: ("title", "note", "assignee", "due", "hold"),
    StepType.WAIT: (),
    StepType.BRANCH: ("if", "wait", "then", "else"),
    StepType.SPLIT: ("arms",),
    StepType.UPDATE: _CHANGES,
    StepType.NOTIFY: ("to", "text"),
    StepType.ENROLL: ("journey",),
    StepType.END: (),
}
_READERS: dict[StepType, Callable[[StepParser, Reader], dict[str, Any]]] = {
    StepType.MESSAGE: StepParser.message,
    StepType.CHECK_IN: StepParser.check_in,
    StepType.JOB_ALERT: StepParser.job_alert,
    StepType.TASK: StepParser.task,
    StepType.WAIT: StepParser.wait,
    StepType.BRANCH: StepParser.branch,
    StepType.SPLIT: StepParser.split,
    StepType.UPDATE: StepParser.update,
    StepType.NOTIFY: StepParser.notify,
    StepType.ENROLL: StepParser.enroll,
    StepType.END: StepParser.end,
}
