"""Random rules: one strategy for each field with each of its operators, each kind and each relation."""

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from crm.policies.rules import catalogue
from crm.policies.rules.catalogue import Field, Type
from tests.crm.queries.evaluator import STAGES
from tests.crm.queries.rule_values import COUNTRIES, DATES, FAMILIES, KINDS, NAMES, REASONS, WAS
from tests.crm.queries.rule_world import Named

Tree = dict[str, Any]
Shape = tuple[str, str]
"""What a rule is about and how it asks: ("city", "contains"), ("activity", "note.added at_most")…"""
Strategy = st.SearchStrategy[Any]
PARTS = ["", "eng", "ÉLAN", "%", "_", "a_b", "lead", "strasse", "ẞ", "\\", " Engineer ", "İ", "izm", "i",
         "e\u0301l", "東", "x.EXAMPLE", "jose", "Ø", "zzz", "berlin", "csv"]  # fmt: skip
NUMBERS = st.sampled_from([-1, 0, 2.5, 5, 15, 30, 49.9, 100])
DAYS, STAGE = st.sampled_from(DATES), st.sampled_from(STAGES)
SPANS = st.sampled_from([0, 1, 3, 7, 30, 500])
PERIODS = st.tuples(st.none() | DAYS, st.none() | DAYS).filter(any).map(list)
CHOICES = {
    "country": COUNTRIES[1:], "role_family": FAMILIES[1:], "seniority": ["senior", "élite", "Élite"],
    "stage": ["screening", "offer_ready"], "availability": ["open", "not_looking"],
    "consent": ["granted", "pending", "withdrawn", "expired", "none"], "custom.size": ["s", "m"],
    "engagement_level": ["none", "cold", "warm", "hot"],
}  # fmt: skip
SETS = {"languages": ["en", "de", "fr"], "custom.topics": ["Böse", "bose", "b"]}
CONDITIONS = (
    "requisition", "role_family_in", "department_in", "furthest_stage_at_least", "was_in_stage",
    "entered_stage", "outcome", "rejection_reason_in", "ended_within_days", "applied_within_days",
)  # fmt: skip


def shapes(fields: dict[str, Field], named: Named) -> dict[Shape, Strategy]:
    """Every field with every operator of its type, every kind, condition and relation."""
    found: dict[Shape, Strategy] = {}
    for key, field in fields.items():
        for op in catalogue.OPERATORS[field.type]:
            found[key, op] = _field(field, op, named)
    for kind in KINDS:
        for op in ("at_least", "at_most", "exactly"):
            found["activity", f"{kind} {op}"] = _activity(kind, op)
    for condition in CONDITIONS:
        found["application", condition] = _application(condition, named)
    return found | _relations(named)


def trees(leaves: list[Tree]) -> st.SearchStrategy[Tree]:
    """Any tree over these rules, each used once, nested up to five deep."""
    if len(leaves) == 1:
        return st.sampled_from([leaves[0], {"not": leaves[0]}])
    half = len(leaves) // 2
    return st.builds(
        lambda match, is_negated, left, right: _joined(match, [left, right], is_negated=is_negated),
        st.sampled_from(["all", "any", "none"]),
        st.booleans(),
        trees(leaves[:half]),
        trees(leaves[half:]),
    )


def shapes_of(tree: Tree) -> Iterator[Shape]:
    """The shapes a tree holds."""
    for inner in [*tree.get("rules", ()), *([tree["not"]] if "not" in tree else ())]:
        yield from shapes_of(inner)
    if "field" in tree:
        yield tree["field"], tree["op"]
    elif "activity" in tree:
        yield "activity", f"{tree['activity']} {tree['op']}"
    elif noun := next(
        (one for one in ("application", "journey", "message", "segment", "pool") if one in tree), ""
    ):
        asked = tree[noun] if isinstance(tree[noun], dict) else tree
        yield from ((noun, key) for key in asked)
        yield noun, str(asked.get("state", asked.get("was", "")))


def _joined(match: str, rules: list[Tree], *, is_negated: bool) -> Tree:
    group = {"match": match, "rules": rules}
    return {"not": group} if is_negated else group


def _field(field: Field, op: str, named: Named) -> Strategy:
    rule: Tree = {"field": field.key, "op": op}
    if op in ("is_empty", "is_not_empty", "is_true", "is_false"):
        return st.just(rule)
    value = _VALUES[field.type](field, op, named)
    return value.map(lambda given: rule | {"value": given})


def _text(_: Field, op: str, __: Named) -> Strategy:
    part = st.sampled_from(PARTS)
    return st.lists(part, max_size=3) if op in ("in", "not_in") else part


def _choice(field: Field, op: str, named: Named) -> Strategy:
    one = st.sampled_from([*named.owners, 999] if field.key == "owner" else CHOICES[field.key])
    return st.lists(one, max_size=2) if op in ("in", "not_in") else one


def _set(field: Field, _: str, __: Named) -> Strategy:
    words = SETS.get(field.key, [*NAMES, "elixir", " PYTHON", "rust"])
    return st.lists(st.sampled_from(words), min_size=1, max_size=3)


def _number(_: Field, op: str, __: Named) -> Strategy:
    return st.tuples(NUMBERS, NUMBERS).map(list) if op == "between" else NUMBERS


def _day(_: Field, op: str, __: Named) -> Strategy:
    if op == "between":
        return PERIODS
    return SPANS if op.endswith("_days") else DAYS


_VALUES: dict[Type, Callable[[Field, str, Named], Strategy]] = {
    Type.TEXT: _text, Type.CHOICE: _choice, Type.SET: _set, Type.NUMBER: _number, Type.DATE: _day,
    Type.DATETIME: _day,
}  # fmt: skip


def _activity(kind: str, op: str) -> Strategy:
    rule = {"activity": st.just(kind), "op": st.just(op), "count": st.integers(0, 3)}
    return st.fixed_dictionaries(rule, optional={"within_days": SPANS, "between": PERIODS})


def _application(wanted: str, named: Named) -> Strategy:
    plain: dict[str, Strategy] = {
        "requisition": st.sampled_from([one.pk for one in named.requisitions]),
        "role_family_in": st.lists(st.sampled_from(FAMILIES), max_size=2),
        "department_in": st.sampled_from([["Tech"], ["Field", "Tech"], []]),
        "furthest_stage_at_least": STAGE,
        "outcome": st.sampled_from(["active", "rejected", "withdrawn", "hired"]),
        "rejection_reason_in": st.lists(st.sampled_from(REASONS), max_size=2),
        "ended_within_days": SPANS,
        "applied_within_days": SPANS,
    }
    if wanted.endswith("_stage"):
        more = {"during": PERIODS, "outcome": plain["outcome"], "requisition": plain["requisition"]}
        asked = st.fixed_dictionaries({wanted: STAGE}, optional=more)
    else:
        asked = st.fixed_dictionaries({wanted: plain.pop(wanted)}, optional=plain)
    return asked.map(lambda one: {"application": one})


def _relations(named: Named) -> dict[Shape, Strategy]:
    journey = st.sampled_from(named.journeys)
    found: dict[Shape, Strategy] = {
        ("segment", ""): st.sampled_from(named.segments).map(lambda pk: {"segment": pk}),
        ("pool", ""): st.sampled_from(named.pools).map(lambda pk: {"pool": pk}),
        ("journey", ""): journey.map(lambda pk: {"journey": pk}),
    }
    for state in ("active", "completed", "exited"):
        found["journey", state] = st.fixed_dictionaries({"journey": journey, "state": st.just(state)})
    reasons = st.lists(st.sampled_from(["replied", "hired"]), min_size=1, max_size=2)
    found["journey", "exit_reason_in"] = st.fixed_dictionaries(
        {"journey": journey, "exit_reason_in": reasons}
    )
    for was in WAS:
        asked = {"was": st.just(was)}
        around = {"journey": journey, "step": st.sampled_from(["m1", "m2"])}
        mail = st.fixed_dictionaries(asked, optional=around)
        found["message", was] = mail.map(lambda one: {"message": one})
    return found
