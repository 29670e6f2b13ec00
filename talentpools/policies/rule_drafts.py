"""A rule tree while somebody writes it: as a form holds it, half-finished rules included.

A node's address is "n" for the outermost group and "n-0-2" for the third rule of its first group.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from crm.policies.rules.catalogue import OPERATORS, Field, Type

FIRST_SUBJECT = "field:role_family"
APPLICATION_LISTS = ("role_family_in", "department_in", "rejection_reason_in")
APPLICATION_NUMBERS = ("requisition", "ended_within_days", "applied_within_days")
APPLICATION_WORDS = ("furthest_stage_at_least", "outcome", "was_in_stage", "entered_stage")
_LISTS = frozenset({"in", "not_in", "any_of", "all_of", "none_of"})
_SPANS = frozenset({"in_last_days", "not_in_last_days", "in_next_days"})
_PLAIN = frozenset({"is_empty", "is_not_empty", "is_true", "is_false"})
_DATED = (Type.DATE, Type.DATETIME)
_BY_TYPE = {Type.NUMBER: "number", Type.DATE: "date", Type.DATETIME: "date"}
_BY_OPERATOR = {
    ("between", Type.NUMBER): "numbers",
    **{("between", dated): "dates" for dated in _DATED},
    **{(op, dated): "days" for op in _SPANS for dated in _DATED},
}


@dataclass(frozen=True, slots=True)
class Node:
    """A group, a single rule, or (`raw`) a rule this form has no inputs for and keeps as it is."""

    kind: str = "rule"
    negated: bool = False
    match: str = "all"
    items: tuple["Node", ...] = ()
    subject: str = FIRST_SUBJECT
    op: str = ""
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    raw: str = ""

    def one(self, name: str) -> str:
        """The only value of an input, or an empty text."""
        return next(iter(self.inputs.get(name, ())), "").strip()


def operators(subject: str, fields: Mapping[str, Field]) -> tuple[str, ...]:
    """The operators a subject offers, the first one chosen when it is new."""
    if subject.startswith("activity:"):
        return ("at_least", "at_most", "exactly")
    found = fields.get(subject.removeprefix("field:"))
    return OPERATORS[found.type] if subject.startswith("field:") and found else ()


def shape(subject: str, op: str, fields: Mapping[str, Field]) -> str:
    """Which inputs a rule needs: the name of a fragment, empty when it needs none."""
    found = fields.get(subject.removeprefix("field:"))
    if not subject.startswith("field:"):
        return subject.split(":")[0]
    if found is None or op in _PLAIN:
        return ""
    has_choices = found.type is Type.CHOICE and (found.choices or found.key == "owner")
    if op in _LISTS:
        return "choices" if has_choices else "lines"
    if has_choices:
        return "choice"
    return _BY_OPERATOR.get((op, found.type)) or _BY_TYPE.get(found.type, "text")


def changed(root: Node, order: str) -> Node:
    """The tree after one press: "add:n-0", "group:n", "remove:n-0-1"; anything else changes nothing."""
    verb, _, address = order.partition(":")
    steps = [int(step) for step in address.split("-")[1:] if step.isdecimal()]
    if verb == "add":
        return _at(root, steps, lambda node: replace(node, items=(*node.items, Node())))
    if verb == "group":
        inner = Node("group", match="any", items=(Node(),))
        return _at(root, steps, lambda node: replace(node, items=(*node.items, inner)))
    if verb == "remove" and steps:
        gone = steps[-1]
        return _at(root, steps[:-1], lambda node: replace(node, items=_without(node.items, gone)))
    return root


def _at(node: Node, steps: list[int], change: Any) -> Node:
    if not steps:
        found: Node = change(node)
        return found
    if steps[0] >= len(node.items):
        return node
    items = list(node.items)
    items[steps[0]] = _at(items[steps[0]], steps[1:], change)
    return replace(node, items=tuple(items))


def _without(items: tuple[Node, ...], gone: int) -> tuple[Node, ...]:
    return (*items[:gone], *items[gone + 1 :])


def to_tree(node: Node, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The node as a rule; what is missing or misspelled in it is left for the parser to fault."""
    if node.kind == "group":
        found: dict[str, Any] = {"match": node.match, "rules": [to_tree(one, fields) for one in node.items]}
    elif node.kind == "raw":
        found = _loaded(node.raw)
    else:
        found = _rule(node, fields)
    return {"not": found} if node.negated else found


def _rule(node: Node, fields: Mapping[str, Field]) -> dict[str, Any]:
    kind, _, key = node.subject.partition(":")
    if kind == "activity":
        return _activity(node, key)
    if kind == "application":
        return {"application": _application(node)}
    if kind in _MEMBERSHIPS:
        return _MEMBERSHIPS[kind](node)
    op = node.op
    found = {"field": key, "op": op}
    return found if op in _PLAIN else found | {"value": _value(node, fields.get(key), op)}


def _value(node: Node, about: Field | None, op: str) -> Any:
    kind = shape(node.subject, op, {about.key: about} if about else {})
    if kind in ("numbers", "dates"):
        ends = [node.one("from"), node.one("to")]
        return [_number(end) if kind == "numbers" else end or None for end in ends]
    if kind == "lines":
        lines = "\n".join(node.inputs.get("value", ())).replace(",", "\n").splitlines()
        return [line.strip() for line in lines if line.strip()]
    if kind == "choices":
        return [_id(about, one) for one in node.inputs.get("value", ())]
    if kind in ("number", "days"):
        return _number(node.one("value"))
    return _id(about, node.one("value"))


def _activity(node: Node, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {"activity": kind, "op": node.op, "count": _number(node.one("count") or "1")}
    if node.one("days"):
        found["within_days"] = _number(node.one("days"))
    if node.one("from") or node.one("to"):
        found["between"] = [node.one("from") or None, node.one("to") or None]
    return found


def _application(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {key: node.one(key) for key in APPLICATION_WORDS if node.one(key)}
    for key in APPLICATION_LISTS:
        if words := _words(node, key):
            found[key] = words
    found |= {key: _number(node.one(key)) for key in APPLICATION_NUMBERS if node.one(key)}
    if node.one("from") or node.one("to"):
        found["during"] = [node.one("from") or None, node.one("to") or None]
    return found


def _stay(node: Node) -> dict[str, Any]:
    given = {"state": node.one("state"), "exit_reason_in": _words(node, "exit_reason_in")}
    return {"journey": _number(node.one("value"))} | {key: said for key, said in given.items() if said}


def _mail(node: Node) -> dict[str, Any]:
    journey, _, step = node.one("value").partition(":")
    found: dict[str, Any] = {"was": node.one("was") or "sent"}
    if journey:
        found["journey"] = _number(journey)
    return {"message": found | ({"step": step} if step else {})}


def _words(node: Node, key: str) -> list[str]:
    return [word.strip() for text in node.inputs.get(key, ()) for word in text.split(",") if word.strip()]


_MEMBERSHIPS: Mapping[str, Callable[[Node], dict[str, Any]]] = {
    "segment": lambda node: {"segment": _number(node.one("value"))},
    "pool": lambda node: {"pool": _number(node.one("value"))},
    "journey": _stay,
    "message": _mail,
}


def _number(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _id(about: Field | None, text: str) -> Any:
    return _number(text) if about and about.key == "owner" else text


def _loaded(raw: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def from_tree(tree: Any) -> Node:
    """The outermost group of a stored tree; a single rule gets a group around it."""
    node = _node(tree)
    return node if node.kind == "group" else Node("group", items=(node,))


def _node(tree: Any, *, negated: bool = False) -> Node:
    if isinstance(tree, dict):
        if "not" in tree:
            return _node(tree["not"], negated=not negated)
        for key, reader in _READERS.items():
            if key in tree:
                return reader(tree, negated)
    return _raw(tree, negated)


def _raw(tree: Any, negated: bool) -> Node:
    return Node("raw", negated=negated, raw=json.dumps(tree))


def _from_group(tree: dict[str, Any], negated: bool) -> Node:
    return Node("group", negated, tree["match"], tuple(_node(one) for one in tree.get("rules", [])))


def _from_membership(tree: dict[str, Any], negated: bool) -> Node:
    kind = "segment" if "segment" in tree else "pool"
    if set(tree) != {kind}:
        return _raw(tree, negated)
    return Node(negated=negated, subject=kind, inputs={"value": (str(tree[kind]),)})


def _from_stay(tree: dict[str, Any], negated: bool) -> Node:
    inputs = {"value": _texts(tree["journey"]), "state": _texts(tree.get("state"))}
    if reasons := tree.get("exit_reason_in"):
        inputs["exit_reason_in"] = (", ".join(map(str, reasons)),)
    return Node(negated=negated, subject="journey", inputs=inputs)


def _from_mail(tree: dict[str, Any], negated: bool) -> Node:
    mail = tree["message"]
    if not isinstance(mail, dict) or ("step" in mail and "journey" not in mail):
        return _raw(tree, negated)
    place = ":".join(str(mail[key]) for key in ("journey", "step") if key in mail)
    return Node(
        negated=negated, subject="message", inputs={"value": (place,), "was": _texts(mail.get("was"))}
    )


def _from_field(tree: dict[str, Any], negated: bool) -> Node:
    value = tree.get("value")
    inputs: dict[str, tuple[str, ...]] = {"value": _texts(value)}
    if tree["op"] == "between" and isinstance(value, list):
        inputs = _ends(value)
    return Node(negated=negated, subject=f"field:{tree['field']}", op=tree["op"], inputs=inputs)


def _from_activity(tree: dict[str, Any], negated: bool) -> Node:
    inputs = {"count": _texts(tree["count"]), "days": _texts(tree.get("within_days"))}
    inputs |= _ends(tree.get("between") or [None, None])
    return Node(negated=negated, subject=f"activity:{tree['activity']}", op=tree["op"], inputs=inputs)


def _from_application(tree: dict[str, Any], negated: bool) -> Node:
    conditions = tree["application"]
    if not isinstance(conditions, dict) or any(isinstance(value, dict) for value in conditions.values()):
        return _raw(tree, negated)
    inputs = {key: _texts(value) for key, value in conditions.items() if key != "during"}
    inputs |= {key: (", ".join(inputs[key]),) for key in APPLICATION_LISTS if key in inputs}
    inputs |= _ends(conditions.get("during") or [None, None])
    return Node(negated=negated, subject="application", inputs=inputs)


def _ends(value: list[Any]) -> dict[str, tuple[str, ...]]:
    return {"from": _texts(value[0]), "to": _texts(value[1])}


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)


_READERS: Mapping[str, Callable[[dict[str, Any], bool], Node]] = {
    "match": _from_group,
    "field": _from_field,
    "activity": _from_activity,
    "application": _from_application,
    "segment": _from_membership,
    "pool": _from_membership,
    "journey": _from_stay,
    "message": _from_mail,
}
