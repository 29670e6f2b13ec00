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
TEXT = {"first_name", "last_name", "email", "headline", "current_title", "current_company", "city", "source"}
FOLDING = {"ß": "ss", "ø": "o", "æ": "ae", "ł": "l"}


@dataclass
class Person:
    """A candidate with everything rules can ask about."""

    fields: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, dt.datetime, dict[str, Any]]] = field(default_factory=list)
    applications: list[dict[str, Any]] = field(default_factory=list)
    segments: set[int] = field(default_factory=set)
    pools: set[int] = field(default_factory=set)


@dataclass
class World:
    now: dt.datetime
    zone: ZoneInfo
    company_stops: set[str] = field(default_factory=set)


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
    return rule["segment"] in person.segments if "segment" in rule else rule["pool"] in person.pools


def _field(rule: dict[str, Any], person: Person, world: World) -> bool:
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
    return _compare(op, value, rule["value"], world)


def _compare(op: str, value: Any, wanted: Any, world: World) -> bool:  # noqa: PLR0911 - one per type
    if isinstance(value, list):
        held = [one.casefold() if isinstance(one, str) else one for one in value]
        asked = [one.casefold() for one in wanted]
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
    return _day(op, value.astimezone(world.zone).date(), wanted, world.now.date())


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


def _value(key: str, person: Person, world: World) -> Any:  # noqa: PLR0911 - one per field
    if key.startswith("custom."):
        return person.custom.get(key.removeprefix("custom."))
    found = person.fields
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
    return found["is_stopped"] or fold(found["current_company"]) in world.company_stops


def _activity(rule: dict[str, Any], person: Person, world: World) -> bool:
    counted = 0
    for kind, at, data in person.events:
        is_machine = kind in {"message.opened", "message.clicked"} and data.get("actor") != "human"
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


def _recent(at: dt.datetime | None, days: int, world: World) -> bool:
    return at is not None and _moment("in_last_days", at, days, world)


def fold(text: str) -> str:
    plain = "".join(FOLDING.get(letter, letter) for letter in text.lower())
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()
