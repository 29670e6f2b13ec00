"""A journey document (JSON) becomes a ``JourneyFile``, or a list of faults with their addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from journeys.policies.file_format import (
    DAYS,
    DEFAULT_EXITS,
    EXIT_REASONS,
    FORMAT,
    TRIGGERS,
    Delay,
    Fault,
    JourneyFile,
    Settings,
    Trigger,
    Window,
)
from journeys.policies.reading import Findings, Reader, read_user
from journeys.policies.step_parsing import StepParser

_SETTINGS = (
    "window",
    "holidays",
    "priority",
    "reentry",
    "sender",
    "holdout_percent",
    "goal",
    "exit_on",
)
_TRIGGER_KEYS: dict[str, tuple[str, ...]] = {
    "manual": (),
    "segment.entered": ("segment",),
    "stage.changed": ("from", "to"),
    "application.rejected": ("rules",),
    "event.attended": ("event",),
    "form.submitted": ("form",),
    "date": ("field", "offset"),
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What came of reading: the journey when its shape is right, and every fault.

    `sketch`: the shape is right but for ids used twice, so that all else that is wrong can be named as well.
    """

    journey: JourneyFile | None
    faults: tuple[Fault, ...]
    sketch: JourneyFile | None = None


def parse(document: object) -> Parsed:
    """Read a journey document; nothing is guessed and no unknown key passes."""
    findings = Findings()
    if not isinstance(document, dict):
        findings.add("", "wrong_type", "A journey file is a JSON object.")
        return Parsed(None, tuple(findings.faults))
    reader = Reader(document, "", findings)
    reader.refuse_unknown(("format", "name", "trigger", "settings", "steps"))
    if document.get("format") != FORMAT:
        reader.fault("format", "unknown_format", f"The format has to be {FORMAT}.")
    journey = JourneyFile(
        name=reader.text("name", required=True),
        trigger=_trigger(reader),
        settings=_settings(reader),
        steps=StepParser(findings).steps(reader, "steps"),
    )
    has_shape = all(fault.code == "duplicate_id" for fault in findings.faults)
    return Parsed(
        None if findings.faults else journey, tuple(findings.faults), journey if has_shape else None
    )


def read_offset(document: object) -> Delay:
    """The offset of a date trigger; negative amounts lie before the date."""
    if not isinstance(document, dict):
        return Delay()
    return Reader(document, "offset", Findings()).as_delay(lowest=-3650)


def _trigger(reader: Reader) -> Trigger:
    inner = reader.inner("trigger")
    if inner is None:
        reader.fault("trigger", "required", "“trigger” is missing; a journey without one says manual.")
        return Trigger("manual", {})
    on = inner.choice("on", TRIGGERS, "manual")
    inner.refuse_unknown(("on", *_TRIGGER_KEYS[on]))
    if on == "segment.entered":
        inner.number("segment", 0, 1, 2**62)
    for key in ("from", "to", "event", "form", "field"):
        if key in _TRIGGER_KEYS[on]:
            inner.text(key, required=key == "field")
    if on == "application.rejected":
        inner.inner("rules")
    if on == "date" and (offset := inner.inner("offset")):
        offset.as_delay(lowest=-3650)
    return Trigger(on, {key: value for key, value in inner.document.items() if key != "on"})


def _settings(reader: Reader) -> Settings:
    inner = reader.inner("settings")
    if inner is None:
        return Settings()
    inner.refuse_unknown(_SETTINGS)
    goal = inner.inner("goal")
    return Settings(
        window=_window(inner),
        holidays=_holidays(inner),
        priority=inner.number("priority", 50, 0, 1000) or 0,
        reentry_days=_reentry(inner),
        sender=read_user(inner, "sender"),
        holdout_percent=inner.number("holdout_percent", 0, 0, 90) or 0,
        goal=dict(goal.document) if goal else None,
        exit_on=_exits(inner),
    )


def _holidays(reader: Reader) -> str:
    value = reader.text("holidays", limit=20) if reader.document.get("holidays") is not None else ""
    if value in ("", "none"):
        return ""
    if value == "candidate_country" or re.fullmatch(r"[A-Z]{2}", value):
        return value
    reader.fault(
        "holidays", "unknown_value", "“holidays” is candidate_country, none, or a country such as DE."
    )
    return ""


def _reentry(reader: Reader) -> int | None:
    inner = reader.inner("reentry")
    if inner is None:
        return None
    inner.refuse_unknown(("after_days",))
    return inner.number("after_days", 0, 0, 3650)


def _exits(reader: Reader) -> frozenset[str]:
    if "exit_on" not in reader.document:
        return frozenset(DEFAULT_EXITS)
    chosen = [item for item in reader.items("exit_on") if isinstance(item, str)]
    for item in reader.items("exit_on"):
        if item not in EXIT_REASONS:
            reader.fault("exit_on", "unknown_value", f"“{item}” is not a reason to exit.")
    return frozenset(chosen)


def _window(reader: Reader) -> Window | None:
    inner = reader.inner("window")
    if inner is None:
        return None
    inner.refuse_unknown(("days", "ranges", "zone"))
    days = inner.items("days") if "days" in inner.document else list(DAYS)
    for day in days:
        if day not in DAYS:
            inner.fault(
                "days",
                "unknown_value",
                f"“{day}” is not a weekday; write mon, tue, wed, thu, fri, sat or sun.",
            )
    if not days:
        inner.fault("days", "required", "A window without a day never opens.")
    zone = inner.text("zone", "candidate", limit=60)
    return Window(frozenset(DAYS.index(day) for day in days if day in DAYS), _ranges(inner), zone)


def _ranges(reader: Reader) -> tuple[tuple[time, time], ...]:
    if "ranges" not in reader.document:
        return ((time(0), time(0)),)
    found: list[tuple[time, time]] = []
    for index, pair in enumerate(reader.items("ranges")):
        key = f"ranges.{index}"
        if not isinstance(pair, list) or len(pair) != 2:
            reader.fault(key, "wrong_type", "A range is a start and an end, such as [“09:00”, “12:00”].")
            continue
        start, end = reader.as_clock(key, pair[0]), reader.as_clock(key, pair[1])
        if start is not None and end is not None:
            found.append((start, end))
    if not found:
        reader.fault("ranges", "required", "A window without a range never opens.")
    return tuple(found)
