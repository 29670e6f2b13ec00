"""The rule builder: a form of forms, each rule's inputs chosen by its field and operator."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import QueryDict

from crm.kernel.tenancy import current_workspace_id
from crm.models import Application, HiringStage, Membership, RoleFamily, Skill, Tag
from crm.policies.rules import words
from crm.policies.rules.catalogue import ACTIVITY_KINDS, Field
from crm.policies.rules.relations import Language
from talentpools.policies import rule_drafts
from talentpools.policies.rule_drafts import Node

_INPUTS = (
    "value", "from", "to", "count", "days", "state", "exit_reason_in", "was",
    *rule_drafts.APPLICATION_WORDS, *rule_drafts.APPLICATION_LISTS,
    *rule_drafts.APPLICATION_NUMBERS,
)  # fmt: skip
Options = list[tuple[str, str]]
_COUNTS = {"at_least": "at least", "at_most": "at most", "exactly": "exactly"}
_ANY: Options = [("", "any")]
_RELATIONS: Options = [
    ("segment", "In segment"), ("pool", "In pool"),
    ("journey", "In journey"), ("message", "Message"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A node as the page shows it."""

    name: str
    node: Node
    shape: str
    subjects: list[tuple[str, Options]]
    operators: Options
    choices: Options
    faults: list[str]
    rows: tuple["Row", ...] = ()

    @property
    def inputs(self) -> dict[str, str]:
        """The text of every single-valued input."""
        return {name: self.node.one(name) for name in _INPUTS}

    @property
    def lines(self) -> str:
        return ", ".join(self.node.inputs.get("value", ()))

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(self.node.inputs.get("value", ()))

    @property
    def is_outermost(self) -> bool:
        return "-" not in self.name


class RuleBuilder:
    """The tree under construction, read from a stored tree or from the posted form."""

    def __init__(self, root: Node, language: Language, *, related: Mapping[str, Options]) -> None:
        self.root, self.language, self.related = root, language, related

    @property
    def tree(self) -> dict[str, Any]:
        return rule_drafts.to_tree(self.root, self.language.fields)

    def row(self, faults: Mapping[str, str] | None = None) -> Row:
        """Everything the page needs, with each fault beside the rule it is about."""
        return self._row(self.root, "n", "", dict(faults or {}))

    def _row(self, node: Node, name: str, path: str, faults: dict[str, str]) -> Row:
        inside = _join(path, "not") if node.negated else path
        rows = tuple(
            self._row(one, f"{name}-{index}", _join(inside, f"rules.{index}"), faults)
            for index, one in enumerate(node.items)
        )
        # The rules inside have taken theirs; what is left below this path is about this one.
        mine = [
            key for key in faults if key == (path or "rules") or key.startswith(f"{path}." if path else "")
        ]
        said = [faults.pop(key) for key in mine]
        fields = self.language.fields
        shape = rule_drafts.shape(node.subject, node.op, fields) if node.kind == "rule" else ""
        return Row(
            name, node, shape, self._subjects(), self._operators(node), self._choices(node), said, rows
        )

    def _subjects(self) -> list[tuple[str, Options]]:
        fields = self.language.fields.values()
        own = [field for field in fields if field.is_custom]
        groups = [
            ("Person", _named(field for field in fields if not field.is_custom)),
            ("Own fields", _named(own)),
            ("Activity", [(f"activity:{key}", said.capitalize()) for key, said in ACTIVITY_KINDS.items()]),
            ("Hiring history", [("application", "Application")]),
            ("Groups", [one for one in _RELATIONS if one[0] in self.related]),
        ]
        return [(label, options) for label, options in groups if options]

    def _operators(self, node: Node) -> Options:
        offered = rule_drafts.operators(node.subject, self.language.fields)
        return [(op, _COUNTS.get(op) or words.OPERATORS[op]) for op in offered]

    def _choices(self, node: Node) -> Options:
        if node.subject in self.related:
            return self.related[node.subject]
        field = self.language.fields.get(node.subject.removeprefix("field:"))
        if field is None:
            return []
        if field.key in _LOOKED_UP:
            return _LOOKED_UP[field.key]()
        known = list(field.choices)
        unlisted = [(one, one) for one in node.inputs.get("value", ()) if one not in dict(known)]
        return known + unlisted if known else []


def read(posted: QueryDict, language: Language) -> Node:
    """The tree as the form holds it, after the press of one of its buttons (`do`)."""
    root = _read(posted, "n", language.fields)
    return rule_drafts.changed(root, posted.get("do", ""))


def focus(root: Node, order: str) -> str:
    """What the keyboard goes on with after that press: the rule that came, or the group one left."""
    verb, _, address = order.partition(":")
    if verb not in ("add", "group", "remove"):
        return ""
    if verb == "remove":
        return f"{address.rpartition('-')[0]}-match"
    node = root
    for step in address.split("-")[1:]:
        node = node.items[int(step)]
    new = f"{address}-{len(node.items) - 1}"
    return f"{new}-match" if verb == "group" else f"{new}-subject"


def conditions() -> dict[str, Options]:
    """What the selects of an application rule offer."""
    stages = [*_ANY, *HiringStage.choices]
    return {
        "stages": stages,
        "outcomes": [*_ANY, *Application.Outcome.choices],
        "families": [*_ANY, *RoleFamily.choices],
        "states": [("", "is or was inside"), *((one, one) for one in ("active", "completed", "exited"))],
        "became": [(one, one) for one in ("sent", "delivered", "opened", "clicked", "replied")],
    }


def _read(posted: QueryDict, name: str, fields: Mapping[str, Field]) -> Node:
    negated = bool(posted.get(f"{name}.not"))
    kind = posted.get(f"{name}.kind", "group")
    if kind == "group":
        items, index = [], 0
        while f"{name}-{index}.kind" in posted and index < 100:
            items.append(_read(posted, f"{name}-{index}", fields))
            index += 1
        return Node("group", negated, posted.get(f"{name}.match", "all"), tuple(items))
    if kind == "raw":
        return Node("raw", negated, raw=posted.get(f"{name}.raw", ""))
    subject = posted.get(f"{name}.subject", rule_drafts.FIRST_SUBJECT)
    offered = rule_drafts.operators(subject, fields)
    op = posted.get(f"{name}.op", "")
    inputs = {key: tuple(posted.getlist(f"{name}.{key}")) for key in _INPUTS if f"{name}.{key}" in posted}
    if posted.get(f"{name}.before", subject) != subject:
        inputs = {}
    return Node(
        "rule", negated, subject=subject, op=op if op in offered else next(iter(offered), ""), inputs=inputs
    )


def _named(fields: Iterable[Field]) -> Options:
    return [(f"field:{field.key}", field.label) for field in fields]


def _members() -> Options:
    here = Membership.objects.filter(workspace_id=current_workspace_id(), deactivated_at=None)
    members = here.select_related("user").order_by("user__name")
    return [(str(member.user_id), str(member.user)) for member in members]


def _words(names: Any) -> Options:
    return [(name, name) for name in names.objects.order_by("name").values_list("name", flat=True)[:500]]


_LOOKED_UP: Mapping[str, Callable[[], Options]] = {
    "owner": _members,
    "skills": partial(_words, Skill),
    "tags": partial(_words, Tag),
}


def _join(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step
