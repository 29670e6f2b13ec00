"""Explains one person: each rule with the person's value and its verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Value, When

from crm.models import Application, CandidateSkill, CandidateTag, Event, SearchCandidate, User
from crm.policies.countries import country_name
from crm.policies.rules import words
from crm.policies.rules.relations import Clock, Language
from crm.policies.rules.tree import ActivityRule, ApplicationRule, FieldRule, Group, Not, Rule, leaves
from crm.queries import rule_facts, rule_states, rules


@dataclass(frozen=True, slots=True)
class Trace:
    """A rule, what it said, what the person's value is, and whether it holds. Groups carry their rules.

    `source` is the rule as it was written.
    """

    sentence: tuple[words.Part, ...]
    matches: bool
    value: Any = None
    match: str = ""
    rules: tuple["Trace", ...] = ()
    source: Any = None

    @property
    def is_single(self) -> bool:
        """Whether this is one rule, or one rule negated: said in one line."""
        return not self.match or (self.match == "not" and not self.rules[0].match)

    @property
    def own_value(self) -> Any:
        """The person's value for one rule, negated or not."""
        return self.rules[0].value if self.match == "not" else self.value


@dataclass(frozen=True, slots=True)
class Explanation:
    """`is_living` is false for archived, merged and anonymized people: no rule ever matches them."""

    matches: bool
    is_living: bool
    trace: Trace


def explain(tree: Any, *, candidate_id: int, now: datetime) -> Explanation:
    """Why the person matches the tree, or why not. Raises InvalidRules."""
    spoken = rules.language()
    rule = rules.parse(tree, spoken)
    person = SearchCandidate.objects.filter(pk=candidate_id).first()
    verdicts = _verdicts(leaves(rule), spoken, candidate_id, now)
    trace = _Tracer(spoken, spoken.clock(now), candidate_id, person, iter(verdicts)).trace(rule, tree)
    return Explanation(bool(person) and trace.matches, person is not None, trace)


def _verdicts(single: tuple[Rule, ...], spoken: Language, candidate_id: int, now: datetime) -> list[bool]:
    """The verdict of each single rule, in one query, by the same SQL that fills segments."""
    columns = [
        Case(
            When(rules.condition(rule, spoken, now=now), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        for rule in single
    ]
    if not columns:
        return []
    found = SearchCandidate.objects.filter(pk=candidate_id).values_list(*columns).first()
    return list(found) if found else [False] * len(single)


@dataclass(frozen=True, slots=True)
class _Tracer:
    spoken: Language
    clock: Clock
    candidate_id: int
    person: SearchCandidate | None
    verdicts: Iterator[bool]

    def trace(self, rule: Rule, source: Any) -> Trace:
        said = words.sentence(rule, self.spoken.relations, name_of)
        if isinstance(rule, Group):
            inner = tuple(map(self.trace, rule.rules, source["rules"]))
            held = [one.matches for one in inner]
            matches = {"all": all(held), "any": any(held), "none": not any(held)}[rule.match]
            return Trace(said, matches, match=rule.match, rules=inner, source=source)
        if isinstance(rule, Not):
            negated = self.trace(rule.rule, source["not"])
            return Trace(said, not negated.matches, match="not", rules=(negated,), source=source)
        return Trace(said, next(self.verdicts), self._value(rule), source=source)

    def _value(self, rule: Rule) -> Any:
        if isinstance(rule, FieldRule):
            return self._field(rule)
        if isinstance(rule, ActivityRule):
            return self._activity(rule)
        if isinstance(rule, ApplicationRule):
            return self._applications(rule)
        assert not isinstance(rule, Group | Not)
        return self.spoken.relations[rule.name].evidence(rule.value, self.candidate_id, self.clock)

    def _field(self, rule: FieldRule) -> Any:
        field = rule.field
        if self.person is None:
            return None
        if field.key in ("skills", "tags"):
            return self._linked(field.key)
        if field.key in rule_states.STATES:
            return rule_states.value(field.key, self.person, self.clock)
        is_owner = field.key == "owner"
        found = getattr(
            self.person, "owner_id" if is_owner else field.key, self.person.custom.get(field.name)
        )
        if isinstance(found, datetime):
            return found.astimezone(self.clock.zone).isoformat(timespec="seconds")
        return None if found == "" else found

    def _linked(self, key: str) -> list[str]:
        if key == "skills":
            skills = CandidateSkill.objects.filter(candidate_id=self.candidate_id)
            return list(skills.order_by("skill__name").values_list("skill__name", flat=True))
        tags = CandidateTag.objects.filter(candidate_id=self.candidate_id)
        return list(tags.order_by("tag__name").values_list("tag__name", flat=True))

    def _activity(self, rule: ActivityRule) -> dict[str, Any]:
        counted = rule_facts.events(rule, self.clock).filter(candidate_id=self.candidate_id)
        ever = Event.objects.filter(kind=rule.kind, candidate_id=self.candidate_id)
        last = ever.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
        return {"count": counted.count(), "last_at": last.isoformat() if last else None}

    def _applications(self, rule: ApplicationRule) -> list[dict[str, Any]]:
        """The person's applications, those that satisfy the rule first."""
        satisfying = set(
            rule_facts.applications(rule, self.clock)
            .filter(candidate_id=self.candidate_id)
            .values_list("pk", flat=True)
        )
        found = Application.objects.filter(candidate_id=self.candidate_id).select_related("requisition")
        rows = [
            {
                "application": one.pk,
                "requisition": one.requisition.title,
                "furthest_stage": one.furthest_stage or None,
                "outcome": one.outcome,
                "rejection_reason": one.rejection_reason or None,
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                "satisfies": one.pk in satisfying,
            }
            for one in found.order_by("-applied_at", "pk")[:20]
        ]
        return sorted(rows, key=lambda row: not row["satisfies"])


def name_of(key: str, value: Any) -> str:
    """What people call a stored value: an owner's id is their name, a country's code too."""
    if key == "country":
        return country_name(str(value))
    if key == "owner":
        user = User.objects.filter(pk=value).first()
        return str(user) if user else f"#{value}"
    return str(value)
