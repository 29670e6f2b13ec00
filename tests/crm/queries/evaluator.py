"""The rule language a second time, in plain Python over plain records: what the compiled SQL must agree with.

Written from the specification alone; it shares no code with crm.policies.rules or crm.queries.
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

STAGES = ["applied", "screening", "interview", "final_interview", "offer", "hired"]
NEGATIVE = {
    "neq": "eq", "not_contains": "contains", "not_in": "in", "none_of": "any_of", "is_false": "is_true",
    "not_in_last_days": "in_last_days", "is_not_empty": "is_empty",
}  # fmt: skip
# Codes and lists that are compared as they are; skills and tags are words people type.
EXACT = {"country", "role_family", "seniority", "stage", "availability", "languages", "custom.size",
         "custom.topics"}  # fmt: skip
FOLDING = {"ß": "ss", "ẞ": "ss", "ø": "o", "æ": "ae", "ł": "l", "ﬁ": "fi"}


@dataclass
class Person:
    """A candidate with everything rules can ask about."""

    fields: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, dt.datetime, dict[str, Any]]] = field(default_factory=list)
    applications: list[dict[str, Any]] = field(default_factory=list)
    segments: set[int] = field(default_factory=set)
    pools: set[int] = field(default_factory=set)
    journeys: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class World:
    now: dt.datetime
    zone: ZoneInfo
    stops: list[dict[str, Any]] = field(default_factory=list)


def matches(rule: dict[str, Any], person: Person, world: World) -> bool:  # noqa: PLR0911 - one per kind
    if "match" in rule:
        held = [matches(inner, person, world) for inner in rule["rules"]]
        return {"all": all(held), "any": any(held), "none": not any(held)}[rule["match"]]
    if "not" in rule:
        return not matches(rule["not"], person, world)
    if "field" in rule:
        return _field(rule, person, world)
    if "activity" in rule:
        return _activity(rule, person, world)
    if "application" in rule:
        return any(_application(rule["application"], one, world) for one in person.applications)
    if "journey" in rule:
        return any(_journey(rule, one) for one in person.journeys)
    if "message" in rule:
        return any(_message(rule["message"], one) for one in person.messages)
    return rule["segment"] in person.segments if "segment" in rule else rule["pool"] in person.pools


def _field(rule: dict[str, Any], person: Person, world: World) -> bool:  # noqa: PLR0911 - one per state
    op = rule["op"]
    if op in NEGATIVE:
        return not _field(rule | {"op": NEGATIVE[op]}, person, world)
    value = _value(rule["field"], person, world)
    if op == "is_empty":
        return value in (None, "", [])
    if op == "is_true":
        return value is True
    if value in (None, "", []):
        return False
    if rule["field"] in EXACT:
        return _same(op, value, rule["value"])
    return _compare(op, value, rule["value"], world)


def _same(op: str, value: Any, wanted: Any) -> bool:
    held: dict[str, bool] = {
        "eq": value == wanted,
        "in": value in wanted,
        "any_of": any(one in value for one in wanted),
        "all_of": all(one in value for one in wanted),
    }
    return held[op]


def _compare(op: str, value: Any, wanted: Any, world: World) -> bool:  # noqa: PLR0911 - one per type
    if isinstance(value, list):
        held = [fold(one) for one in value]
        asked = [fold(one.strip()) for one in wanted]
        return any(one in held for one in asked) if op == "any_of" else all(one in held for one in asked)
    if isinstance(value, dt.datetime):
        return _moment(op, value, wanted, world)
    if isinstance(value, dt.date):
        return _day(op, value, wanted, world.now.astimezone(world.zone).date())
    if isinstance(value, str):
        return _text(op, fold(value), wanted)
    if op == "between":
        return bool(wanted[0] <= value <= wanted[1])
    if op == "in":
        return value in wanted
    held_by_op: dict[str, bool] = {
        "eq": value == wanted,
        "gt": value > wanted,
        "gte": value >= wanted,
        "lt": value < wanted,
        "lte": value <= wanted,
    }
    return held_by_op[op]


def _text(op: str, value: str, wanted: Any) -> bool:
    if op == "in":
        return value in {fold(one.strip()) for one in wanted}
    text = fold(wanted.strip())
    return {
        "eq": value == text,
        "contains": text in value,
        "starts_with": value.startswith(text),
        "ends_with": value.endswith(text),
    }[op]


def _moment(op: str, value: dt.datetime, wanted: Any, world: World) -> bool:
    if op == "in_last_days":
        return world.now - dt.timedelta(hours=24 * wanted) <= value <= world.now
    if op == "in_next_days":
        return world.now <= value <= world.now + dt.timedelta(hours=24 * wanted)
    return _day(op, value.astimezone(world.zone).date(), wanted, world.now.astimezone(world.zone).date())


def _day(op: str, day: dt.date, wanted: Any, today: dt.date) -> bool:
    if op == "in_last_days":
        return today - dt.timedelta(days=wanted) <= day <= today
    if op == "in_next_days":
        return today <= day <= today + dt.timedelta(days=wanted)
    if op == "between":
        return _inside(day, wanted)
    asked = dt.date.fromisoformat(wanted)
    return {"before": day < asked, "after": day > asked, "on": day == asked}[op]


def _inside(day: dt.date, ends: list[str | None]) -> bool:
    start, end = (one and dt.date.fromisoformat(one) for one in ends)
    return (not start or day >= start) and (not end or day <= end)


def _value(key: str, person: Person, world: World) -> Any:  # noqa: C901, PLR0911 - one per field
    if key.startswith("custom."):
        return person.custom.get(key.removeprefix("custom."))
    found = person.fields
    if key == "full_name":
        return f"{found['first_name']} {found['last_name']}".strip(" ")
    if key == "engagement":
        return _score(found, world)
    if key == "engagement_level":
        return _level(_score(found, world))
    if key == "consent":
        return _consent(found, world)
    if key == "unsubscribed":
        return found["unsubscribed_at"] is not None
    if key == "do_not_contact":
        return _is_stopped(found, world)
    if key == "reachable":
        return (
            found["email_state"] == "ok"
            and found["unsubscribed_at"] is None
            and _consent(found, world) == "granted"
            and not _is_stopped(found, world)
        )
    return found[key]


def _score(found: dict[str, Any], world: World) -> float | None:
    if found["engagement_key"] is None:
        return None
    raw = 2 ** (found["engagement_key"] - world.now.timestamp() / 86_400 / 60)
    return float(100 * (1 - 2 ** (-raw / 40)))


def _level(score: float | None) -> str:
    if score is None:
        return "none"
    return "cold" if score < 15 else "warm" if score < 50 else "hot"


def _consent(found: dict[str, Any], world: World) -> str:
    is_over = found["consent_expires_at"] is not None and found["consent_expires_at"] <= world.now
    return "expired" if found["consent"] == "granted" and is_over else str(found["consent"])


def _is_stopped(found: dict[str, Any], world: World) -> bool:
    """A mark in force that stops everything and concerns the person, or where they work."""
    company, domain = fold(found["current_company"]), found["email"].partition("@")[2]
    around = [
        mark
        for mark in world.stops
        if (mark["company"] and mark["company"] == company) or (mark["domain"] and mark["domain"] == domain)
    ]
    return any(
        mark["stops"] and (mark["until"] is None or mark["until"] > world.now)
        for mark in [*around, *found["marks"]]
    )


def _activity(rule: dict[str, Any], person: Person, world: World) -> bool:
    counted = 0
    for kind, at, data in person.events:
        is_human = data.get("actor") == "human" or data.get("human") is True
        is_machine = kind in {"message.opened", "message.clicked"} and not is_human
        if kind != rule["activity"] or is_machine:
            continue
        if "within_days" in rule and not _moment("in_last_days", at, rule["within_days"], world):
            continue
        if "between" in rule and not _inside(at.astimezone(world.zone).date(), rule["between"]):
            continue
        counted += 1
    asked = rule["count"]
    held: dict[str, bool] = {
        "at_least": counted >= asked,
        "at_most": counted <= asked,
        "exactly": counted == asked,
    }
    return held[rule["op"]]


def _application(asked: dict[str, Any], one: dict[str, Any], world: World) -> bool:
    during = asked.get("during", [None, None])
    held = [
        "requisition" not in asked or one["requisition"] == asked["requisition"],
        "role_family_in" not in asked or one["role_family"] in asked["role_family_in"],
        "department_in" not in asked or one["department"] in asked["department_in"],
        "outcome" not in asked or one["outcome"] == asked["outcome"],
        "rejection_reason_in" not in asked or one["rejection_reason"] in asked["rejection_reason_in"],
        "furthest_stage_at_least" not in asked
        or one["furthest_stage"] in STAGES[STAGES.index(asked["furthest_stage_at_least"]) :],
        "ended_within_days" not in asked or _recent(one["ended_at"], asked["ended_within_days"], world),
        "applied_within_days" not in asked or _recent(one["applied_at"], asked["applied_within_days"], world),
        "entered_stage" not in asked
        or any(
            stage == asked["entered_stage"] and _inside(entered.astimezone(world.zone).date(), during)
            for stage, entered, _ in one["entries"]
        ),
        "was_in_stage" not in asked
        or any(
            stage == asked["was_in_stage"]
            and _touches(entered, left or one["ended_at"] or world.now, during, world)
            for stage, entered, left in one["entries"]
        ),
    ]
    return all(held)


def _touches(entered: dt.datetime, left: dt.datetime, during: list[str | None], world: World) -> bool:
    start, end = (one and dt.date.fromisoformat(one) for one in during)
    first, last = entered.astimezone(world.zone).date(), left.astimezone(world.zone).date()
    return (not end or first <= end) and (not start or last >= start)


def _journey(rule: dict[str, Any], stay: dict[str, Any]) -> bool:
    """A hold-out was never inside."""
    return (
        stay["journey"] == rule["journey"]
        and stay["state"] != "holdout"
        and rule.get("state", stay["state"]) == stay["state"]
        and ("exit_reason_in" not in rule or stay["reason"] in rule["exit_reason_in"])
    )


def _message(asked: dict[str, Any], mail: dict[str, Any]) -> bool:
    return (
        asked.get("journey", mail["journey"]) == mail["journey"]
        and asked.get("step", mail["step"]) == mail["step"]
        and (asked["was"] == "sent" or asked["was"] in mail["was"])
    )


def _recent(at: dt.datetime | None, days: int, world: World) -> bool:
    return at is not None and _moment("in_last_days", at, days, world)


def fold(text: str) -> str:
    plain = "".join(FOLDING.get(letter, letter) for letter in text.lower())
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()
