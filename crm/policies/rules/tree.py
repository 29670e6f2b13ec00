"""What a rule tree is once it has been read: nothing in here can be wrong any more."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from crm.policies.rules.catalogue import Field

Match = Literal["all", "any", "none"]
# Both days included; None leaves that end open.
Days: TypeAlias = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Group:
    """`all`, `any` or `none` of its rules."""

    match: Match
    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everybody the rule does not match."""

    rule: "Rule"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field of the person compared with a value; `value` has the shape its operator takes."""

    field: Field
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class ActivityRule:
    """How often something happened to the person."""

    kind: str
    op: Literal["at_least", "at_most", "exactly"]
    count: int
    within_days: int | None = None
    between: Days | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A hiring stage an application was in, or entered, at any time or during some days."""

    stage: str
    during: Days | None = None


@dataclass(frozen=True, slots=True)
class ApplicationRule:
    """One application of the person for which every condition that is named holds."""

    requisition: int | None = None
    role_family_in: tuple[str, ...] | None = None
    department_in: tuple[str, ...] | None = None
    furthest_stage_at_least: str | None = None
    was_in_stage: Stay | None = None
    entered_stage: Stay | None = None
    outcome: str | None = None
    rejection_reason_in: tuple[str, ...] | None = None
    ended_within_days: int | None = None
    applied_within_days: int | None = None


@dataclass(frozen=True, slots=True)
class RelationRule:
    """Something another part of the product knows; `value` is whatever that relation's reader returned."""

    name: str
    value: Any


Rule: TypeAlias = Group | Not | FieldRule | ActivityRule | ApplicationRule | RelationRule
EVERYONE = Group("all", ())


def leaves(rule: Rule) -> tuple[Rule, ...]:
    """The rules of a tree that are not groups, in reading order."""
    if isinstance(rule, Group):
        return tuple(leaf for inner in rule.rules for leaf in leaves(inner))
    if isinstance(rule, Not):
        return leaves(rule.rule)
    return (rule,)


def size(rule: Rule) -> int:
    """How many rules a tree holds; a group inside another one is a rule too, the outermost is not."""
    if isinstance(rule, Not):
        return size(rule.rule)
    if isinstance(rule, Group):
        return sum(max(1, size(inner)) for inner in rule.rules)
    return 1
