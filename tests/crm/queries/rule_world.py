"""A workspace full of edge cases, once as rows and once as the evaluator's records; and random rules."""

import datetime as dt
import random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from crm.models import (
    Application,
    Candidate,
    CandidateSkill,
    CandidateTag,
    CustomField,
    DoNotContact,
    Event,
    Requisition,
    Skill,
    StageEntry,
    Tag,
    Workspace,
)
from crm.queries.rule_columns import folded
from tests.crm.queries.evaluator import STAGES, Person, World

NOW = dt.datetime(2026, 6, 15, 9, 0, tzinfo=dt.UTC)
ZONE = ZoneInfo("America/New_York")
DAY = dt.timedelta(days=1)
# 04:00 UTC is midnight in New York in summer: both sides of it, and of the hour 24 h × n ago.
MOMENTS = [
    NOW,
    NOW - 7 * DAY,
    NOW - 7 * DAY - dt.timedelta(microseconds=1),
    NOW - 30 * DAY,
    NOW - 400 * DAY,
    NOW + 3 * DAY,
    dt.datetime(2026, 6, 1, 4, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 6, 1, 3, 59, 59, tzinfo=dt.UTC),
    dt.datetime(2026, 6, 2, 3, 59, 59, tzinfo=dt.UTC),
]
MOMENTS_OR_NONE: list[dt.datetime | None] = [None, *MOMENTS]
DATES = ["2026-05-31", "2026-06-01", "2026-06-02", "2026-06-15", "2025-01-01"]
WORDS = [
    "",
    "Engineer",
    "Élan",
    "elan",
    "Sales 100%",
    "a_b",
    "axb",
    "Straße",
    "back\\slash",
    "engineering lead",
]
PARTS = ["", "eng", "ÉLAN", "%", "_", "a_b", "lead", "strasse", "\\", " Engineer ", "zzz"]
FAMILIES = ["", "engineering", "sales"]
COUNTRIES = ["", "DE", "FR"]
NAMES = ["python", "django", "go"]
KINDS = ["event.attended", "message.clicked", "message.replied"]
REASONS = ["", "timing", "runner_up"]
TEXTS = ["first_name", "headline", "current_title", "current_company", "source", "custom.note"]
MOMENT_FIELDS = ["created_at", "last_contacted_at", "last_replied_at"]
PEOPLE = 80


def build(workspace: Workspace) -> tuple[dict[int, Person], World]:
    """The rows, and who they are to the evaluator, by candidate id."""
    workspace.time_zone = ZONE.key
    workspace.save()
    chance = random.Random(7)
    _custom_fields()
    DoNotContact.objects.create(company_folded=folded("Élan"))
    DoNotContact.objects.create(company_folded="a_b", expires_at=NOW - DAY)
    world = World(NOW, ZONE, {"elan"})
    skills = [Skill.objects.create(name=name.title(), folded=name) for name in NAMES]
    tags = [Tag.objects.create(name=name.title(), folded=name) for name in NAMES]
    requisitions = [
        Requisition.objects.create(
            title=f"R{n}", role_family=FAMILIES[n], department=["Tech", "Field"][n % 2]
        )
        for n in range(3)
    ]
    people: dict[int, Person] = {}
    for number in range(PEOPLE):
        person = _person(number, chance)
        row = _row(person)
        people[row.pk] = person
        _links(row, person, chance, skills, tags)
        _facts(row, person, chance, requisitions)
    return people, world


def _custom_fields() -> None:
    kinds = {
        "note": "text",
        "level": "number",
        "since": "date",
        "remote": "bool",
        "size": "choice",
        "topics": "set",
    }
    for key, kind in kinds.items():
        choices = ["s", "m"] if kind == "choice" else []
        CustomField.objects.create(key=key, label=key.title(), kind=kind, choices=choices)


def _person(number: int, chance: random.Random) -> Person:
    pick = chance.choice
    key_now = NOW.timestamp() / 86_400 / 60
    fields: dict[str, Any] = {
        name: pick(WORDS) for name in ("first_name", "headline", "current_title", "source")
    }
    fields |= {
        "current_company": pick(WORDS),
        "email": pick(["", f"person{number}@élan.example"]),
        "country": pick(COUNTRIES),
        "role_family": pick(FAMILIES),
        "stage": pick(["", "screening", "offer_ready"]),
        "years_experience": pick([None, 0.0, 2.5, 5.0]),
        "notice_days": pick([None, 0, 30]),
        "relocation": pick([None, True, False]),
        "languages": pick([[], ["en"], ["en", "de"]]),
        "email_state": pick(["ok", "ok", "bounced"]),
        "consent": pick(["none", "granted", "granted", "withdrawn", "pending"]),
        "consent_expires_at": pick(MOMENTS_OR_NONE),
        "unsubscribed_at": pick([None, None, NOW]),
        "is_stopped": pick([False, False, False, True]),
        "engagement_key": pick([None, key_now - 3, key_now + 2, key_now + 4.5, key_now + 6]),
        "created_at": pick(MOMENTS),
        "last_contacted_at": pick(MOMENTS_OR_NONE),
        "last_replied_at": pick(MOMENTS_OR_NONE),
    }
    custom = {
        "note": pick([None, *WORDS]),
        "level": pick([None, 0, 2.5, 5]),
        "since": pick([None, *(dt.date.fromisoformat(day) for day in DATES)]),
        "remote": pick([None, True, False]),
        "size": pick([None, "", "s", "m"]),
        "topics": pick([None, [], ["a"], ["a", "b"]]),
    }
    return Person(fields, {key: value for key, value in custom.items() if value is not None})


def _row(person: Person) -> Candidate:
    custom = {
        key: value.isoformat() if isinstance(value, dt.date) else value
        for key, value in person.custom.items()
    }
    columns = {key: value for key, value in person.fields.items() if key != "is_stopped"}
    row = Candidate.objects.create(**columns, custom=custom)
    ends = NOW + DAY if person.fields["is_stopped"] else NOW - DAY
    DoNotContact.objects.create(candidate=row, expires_at=ends)
    Candidate.objects.filter(pk=row.pk).update(created_at=person.fields["created_at"])
    return row


def _links(
    row: Candidate, person: Person, chance: random.Random, skills: list[Skill], tags: list[Tag]
) -> None:
    choices: list[tuple[str, Any, Any]] = [("skills", skills, CandidateSkill), ("tags", tags, CandidateTag)]
    for key, names, link in choices:
        chosen = chance.sample(names, chance.randint(0, len(names)))
        person.fields[key] = [one.folded for one in chosen]
        for one in chosen:
            link.objects.create(candidate=row, **{key[:-1]: one})


def _facts(row: Candidate, person: Person, chance: random.Random, requisitions: list[Requisition]) -> None:
    for _ in range(chance.randint(0, 4)):
        at = chance.choice(MOMENTS)
        data = {"actor": chance.choice(["human", "machine"])}
        kind = chance.choice(KINDS)
        Event.objects.create(candidate=row, kind=kind, occurred_at=at, data=data)
        person.events.append((kind, at, data))
    for _ in range(chance.randint(0, 2)):
        person.applications.append(_application(row, chance, chance.choice(requisitions)))


def _application(row: Candidate, chance: random.Random, requisition: Requisition) -> dict[str, Any]:
    stage = chance.choice(["", *STAGES])
    outcome = chance.choice(["active", "rejected", "hired"])
    one: dict[str, Any] = {
        "applied_at": chance.choice(MOMENTS),
        "outcome": outcome,
        "rejection_reason": chance.choice(REASONS),
        "furthest_stage": stage,
        "ended_at": None if outcome == "active" else chance.choice(MOMENTS),
    }
    made = Application.objects.create(
        candidate=row, requisition=requisition, furthest_rank=STAGES.index(stage) if stage else -1, **one
    )
    entries = []
    for place in range(chance.randint(0, 2)):
        entered, left = chance.choice(MOMENTS), chance.choice(MOMENTS_OR_NONE)
        name = chance.choice(STAGES)
        StageEntry.objects.create(
            application=made, stage=name, vendor_stage=str(place), entered_at=entered, left_at=left
        )
        entries.append((name, entered, left))
    about = {"requisition": requisition.pk, "role_family": requisition.role_family}
    return one | about | {"department": requisition.department, "entries": entries}


# --- random rules -------------------------------------------------------------------------------


def trees(requisition_ids: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    """Any tree over this world."""
    single = st.one_of(_fields(), _activities(), _applications(requisition_ids))
    return st.recursive(
        single,
        lambda inner: st.one_of(
            st.builds(
                lambda match, rules: {"match": match, "rules": rules},
                st.sampled_from(["all", "any", "none"]),
                st.lists(inner, max_size=4),
            ),
            st.builds(lambda rule: {"not": rule}, inner),
        ),
        max_leaves=8,
    )


def _rule(
    fields: list[str], ops: list[str], values: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda name, op, value: {"field": name, "op": op, "value": value},
        st.sampled_from(fields),
        st.sampled_from(ops),
        values,
    )


def _plain(fields: list[str], ops: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    chosen = st.tuples(st.sampled_from(fields), st.sampled_from(ops))
    return chosen.map(lambda pair: {"field": pair[0], "op": pair[1]})


def _fields() -> st.SearchStrategy[dict[str, Any]]:
    empty, sets = ["is_empty", "is_not_empty"], ["any_of", "all_of", "none_of"]
    part, day = st.sampled_from(PARTS), st.sampled_from(DATES)
    number = st.sampled_from([-1, 0, 2.5, 5, 15, 49.9, 100])
    pair = st.tuples(number, number).map(list)
    numbers = ["years_experience", "notice_days", "custom.level", "engagement"]
    dated = [*MOMENT_FIELDS, "custom.since"]
    ends = st.tuples(st.none() | day, day).map(list)
    choices = {"country": COUNTRIES[1:], "role_family": FAMILIES[1:], "stage": ["screening", "offer_ready"],
               "consent": ["granted", "expired", "none", "withdrawn"], "custom.size": ["s", "m"],
               "engagement_level": ["none", "cold", "warm", "hot"]}  # fmt: skip
    chosen = [
        option
        for name, allowed in choices.items()
        for option in (
            _rule([name], ["eq", "neq"], st.sampled_from(allowed)),
            _rule([name], ["in", "not_in"], st.lists(st.sampled_from(allowed), max_size=2)),
        )
    ]
    lists = st.lists(st.sampled_from([*NAMES, "rust"]), min_size=1, max_size=3)
    return st.one_of(
        _rule(TEXTS, ["eq", "neq", "contains", "not_contains", "starts_with", "ends_with"], part),
        _rule(TEXTS, ["in", "not_in"], st.lists(part, max_size=3)),
        *chosen,
        _rule(["skills", "tags"], sets, lists),
        _rule(
            ["languages"], ["any_of", "all_of", "none_of"], st.sampled_from([["en"], ["de", "en"], ["fr"]])
        ),
        _rule(
            ["custom.topics"], ["any_of", "all_of", "none_of"], st.sampled_from([["a"], ["a", "b"], ["c"]])
        ),
        _rule(numbers, ["eq", "neq", "gt", "gte", "lt", "lte"], number),
        _rule(numbers, ["between"], pair),
        _rule(dated, ["before", "after", "on"], day),
        _rule(dated, ["between"], ends),
        _rule(
            dated, ["in_last_days", "not_in_last_days", "in_next_days"], st.sampled_from([0, 3, 7, 14, 500])
        ),
        _plain(
            ["relocation", "custom.remote", "reachable", "unsubscribed", "do_not_contact"],
            ["is_true", "is_false"],
        ),
        _plain([*TEXTS, *numbers, *dated, *choices, "skills", "tags", "languages", "custom.topics"], empty),
    )


def _activities() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "activity": st.sampled_from(KINDS),
            "op": st.sampled_from(["at_least", "at_most", "exactly"]),
            "count": st.integers(0, 3),
        },
        optional={
            "within_days": st.sampled_from([0, 7, 30]),
            "between": st.tuples(st.sampled_from(DATES), st.none() | st.sampled_from(DATES)).map(list),
        },
    )


def _applications(requisition_ids: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    during = st.tuples(st.sampled_from(DATES), st.none() | st.sampled_from(DATES)).map(list)
    stage = st.sampled_from(STAGES)
    plain: dict[str, st.SearchStrategy[Any]] = {
        "requisition": st.sampled_from(requisition_ids),
        "role_family_in": st.lists(st.sampled_from(FAMILIES), max_size=2),
        "department_in": st.sampled_from([["Tech"], ["Field", "Tech"], []]),
        "furthest_stage_at_least": stage,
        "outcome": st.sampled_from(["active", "rejected", "hired"]),
        "rejection_reason_in": st.lists(st.sampled_from(REASONS), max_size=2),
        "ended_within_days": st.sampled_from([0, 7, 30, 500]),
        "applied_within_days": st.sampled_from([0, 7, 30, 500]),
    }
    without = st.fixed_dictionaries({}, optional=plain)
    staying = st.fixed_dictionaries(
        {},
        optional={
            "outcome": plain["outcome"],
            "was_in_stage": stage,
            "entered_stage": stage,
            "during": during,
        },
    ).filter(lambda one: "during" not in one or "was_in_stage" in one or "entered_stage" in one)
    return st.one_of(without, staying).map(lambda one: {"application": one})
