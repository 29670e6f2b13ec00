"""A stored tree as sentences, for pages."""

from dataclasses import dataclass
from typing import Any

from crm.kernel.errors import DomainError
from crm.policies.rules import words
from crm.policies.rules.relations import Language
from crm.policies.rules.tree import Group, Not, Rule
from crm.queries import rules
from crm.queries.rule_traces import name_of


@dataclass(frozen=True, slots=True)
class Reading:
    """One rule aloud; a group or a negation carries those inside."""

    sentence: tuple[words.Part, ...]
    match: str = ""
    rules: tuple["Reading", ...] = ()


def read(tree: Any, spoken: Language | None = None) -> Reading | None:
    """The tree as sentences; None when it can no longer be read."""
    spoken = spoken or rules.language()
    try:
        return _reading(rules.parse(tree, spoken), spoken)
    except DomainError:
        return None


def _reading(rule: Rule, spoken: Language) -> Reading:
    said = words.sentence(rule, spoken.relations, name_of)
    if isinstance(rule, Group):
        return Reading(said, rule.match, tuple(_reading(inner, spoken) for inner in rule.rules))
    if isinstance(rule, Not) and isinstance(rule.rule, Group):
        return Reading(said, "not", (_reading(rule.rule, spoken),))
    return Reading(said)
