"""Compiles a rule tree into one query over the workspace's people (docs/rules.md).

Everything here is two-valued: a rule and its negation split the people exactly. Negations are pushed down to
the single rules, because PostgreSQL turns NOT EXISTS into an anti-join only where it stands in an AND.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Count, Func, Q, QuerySet, Value
from django.utils.module_loading import import_string

from crm.kernel.tenancy import current_workspace_id
from crm.models import SearchCandidate, Workspace
from crm.policies.rules import catalogue, parsing
from crm.policies.rules.relations import Clock, Language, Relation
from crm.policies.rules.tree import (
    ActivityRule,
    ApplicationRule,
    FieldRule,
    Group,
    Not,
    RelationRule,
    Rule,
)
from crm.queries import rule_facts, rule_fields
from crm.queries.arrays import among
from crm.queries.engagement import scale_of
from crm.queries.people import custom_fields

SAMPLE = 10
_EVERYONE, _NOBODY = Q(Value(True)), Q(Value(False))


@dataclass(frozen=True, slots=True)
class Preview:
    """How many people match, exactly, and some of them."""

    count: int
    sample: tuple[SearchCandidate, ...]

    @property
    def more(self) -> int:
        """How many match beside the sample."""
        return self.count - len(self.sample)


def language() -> Language:
    """What may be said in the workspace in scope."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    return Language(
        fields=catalogue.fields(custom_fields().values()),
        relations={name: _relation(path) for name, path in settings.RULE_RELATIONS.items()},
        zone=ZoneInfo(workspace.time_zone),
        scale=scale_of(workspace),
    )


def parse(tree: Any, spoken: Language | None = None, *, at: tuple[str, ...] = ()) -> Rule:
    """The tree as stored or sent, read in this workspace's language. Raises InvalidRules."""
    return parsing.parse(tree, spoken or language(), at=at)


def people(rule: Rule, *, now: datetime, spoken: Language | None = None) -> QuerySet[SearchCandidate]:
    """The living people of this workspace for whom the rule holds at `now`."""
    spoken = spoken or language()
    return SearchCandidate.objects.filter(condition(rule, spoken, now=now))


def preview(tree: Any, *, now: datetime) -> Preview:
    """The exact count and ten people, for a tree that is still being written. Raises InvalidRules."""
    spoken = language()
    rule = parse(tree, spoken)
    inner = _complemented(rule)
    if inner is not None:
        return _rest_of(people(inner, now=now, spoken=spoken))
    matching = people(rule, now=now, spoken=spoken)
    found = matching.aggregate(count=Count("*"), ids=_First(ArrayAgg("pk")))
    return Preview(found["count"], _shown(found["ids"] or []))


def _complemented(rule: Rule) -> Rule | None:
    """The rule whose complement this is: few others are found by an index, most of everybody is not."""
    if isinstance(rule, Not):
        return rule.rule
    if isinstance(rule, Group) and rule.match == "none":
        return Group("any", rule.rules)
    if isinstance(rule, Group) and len(rule.rules) == 1:
        return _complemented(rule.rules[0])
    return None


def _rest_of(others: QuerySet[SearchCandidate]) -> Preview:
    """Everybody less the others, who are found once, for the count and for the sample."""
    try:
        inside, parameters = others.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        inside, parameters = "SELECT NULL::bigint WHERE false", ()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH others (id) AS MATERIALIZED ({inside}) "  # noqa: S608 - the query is Django's
            "SELECT (SELECT count(*) FROM crm_candidate_search WHERE workspace_id = %s)"
            "     - (SELECT count(*) FROM others),"
            " ARRAY(SELECT c.id FROM crm_candidate_search c WHERE c.workspace_id = %s"
            f"      AND c.id NOT IN (SELECT id FROM others) LIMIT {SAMPLE})",
            [*parameters, current_workspace_id(), current_workspace_id()],
        )
        count, ids = cursor.fetchone()
    return Preview(count, _shown(ids))


def _shown(ids: list[int]) -> tuple[SearchCandidate, ...]:
    return tuple(SearchCandidate.objects.filter(pk__in=ids).order_by("full_name_folded", "pk"))


class _First(Func):
    """The first few of an array, so that a count and a sample are one query."""

    template = f"(%(expressions)s)[1:{SAMPLE}]"
    output_field = ArrayField(BigIntegerField())


def matching_ids(tree: Any, candidate_ids: Iterable[int], *, now: datetime) -> set[int]:
    """Which of these people the tree matches; for branches, goals and triggers of journeys."""
    spoken = language()
    matching = people(parse(tree, spoken), now=now, spoken=spoken)
    return set(matching.filter(among("pk", candidate_ids)).values_list("pk", flat=True))


def condition(rule: Rule, spoken: Language, *, now: datetime) -> Q:
    """The rule as a condition on SearchCandidate that is never NULL."""
    return _Compiler(spoken, spoken.clock(now)).condition(rule, is_wanted=True)


@dataclass(frozen=True, slots=True)
class _Compiler:
    spoken: Language
    clock: Clock

    def condition(self, rule: Rule, *, is_wanted: bool) -> Q:
        """The rule, or its complement when it is not wanted."""
        if isinstance(rule, Not):
            return self.condition(rule.rule, is_wanted=not is_wanted)
        if isinstance(rule, Group):
            return self._group(rule, is_wanted=is_wanted)
        if isinstance(rule, FieldRule):
            return rule_fields.condition(rule, self.clock, is_wanted=is_wanted)
        if isinstance(rule, ActivityRule):
            return rule_facts.activity(rule, self.clock, is_wanted=is_wanted)
        found = self._related(rule)
        return found if is_wanted else ~found

    def _group(self, group: Group, *, is_wanted: bool) -> Q:
        # none(a, b) is all(not a, not b); not all(a, b) is any(not a, not b).
        wanted_inside = is_wanted if group.match != "none" else not is_wanted
        is_all = (group.match == "all") == is_wanted if group.match != "none" else is_wanted
        found = _EVERYONE if is_all else _NOBODY
        for index, inner in enumerate(group.rules):
            part = self.condition(inner, is_wanted=wanted_inside)
            if index == 0:
                found = part
            else:
                found = found & part if is_all else found | part
        return found

    def _related(self, rule: ApplicationRule | RelationRule) -> Q:
        if isinstance(rule, ApplicationRule):
            return rule_facts.application(rule, self.clock)
        return self.spoken.relations[rule.name].condition(rule.value, self.clock)


@cache
def _relation(path: str) -> Relation:
    relation: Relation = import_string(path)
    return relation
