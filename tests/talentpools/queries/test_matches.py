import datetime as dt
import random
from typing import Any

from crm.models import Candidate, CandidateSkill, Requisition, Seniority, Skill, Stage, Workspace
from crm.policies import engagement
from talentpools.models import Member, Pool, Segment, SegmentMember, ShortlistEntry
from talentpools.queries import matches
from talentpools.queries.matches import MatchFilters
from talentpools.queries.reach import depth
from tests.factories import (
    ApplicationFactory,
    CandidateFactory,
    MessageFactory,
    RequisitionFactory,
    SkillFactory,
)

NOW = dt.datetime(2026, 6, 15, 9, 0, tzinfo=dt.UTC)


def _days_ago(days: int) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def _with_skills(person: Candidate, *skills: Skill) -> Candidate:
    for skill in skills:
        CandidateSkill.objects.create(candidate=person, skill=skill)
    return person


def _ids(requisition: Requisition, **filters: Any) -> list[int]:
    found = matches.people(requisition, MatchFilters(**filters), now=NOW)
    return sorted(found.values_list("pk", flat=True))


def test_ranking_agrees_with_the_reasons(scope: Workspace) -> None:
    dice = random.Random(7)
    skills = [SkillFactory.create(name=name) for name in ("Python", "Django", "Go", "Café")]
    requisition = RequisitionFactory.create(
        skills=["python", "Cafe", "GO", "Rust"], seniority="senior", location="Zürich, CH", country="CH"
    )
    for _ in range(25):
        level = dice.choice([None, 10, 20, 60])
        person = CandidateFactory.create(
            seniority=dice.choice(["", *Seniority.values]),
            city=dice.choice(["Zurich", "Bern", ""]),
            country=dice.choice(["CH", "DE", ""]),
            relocation=dice.choice([True, False, None]),
            stage=dice.choice(["", *Stage.values]),
            engagement_key=level and engagement.key_for_score(level, NOW),
            last_engaged_at=dice.choice([None, _days_ago(1), _days_ago(60), _days_ago(400)]),
        )
        _with_skills(person, *dice.sample(skills, dice.randint(0, 3)))

    found = matches.ranked(requisition, MatchFilters(), now=NOW, limit=50)
    points = [sum(reason.points for reason in match.fit.reasons) for match in found]
    ranked = [float(match.candidate.points) for match in found]  # type: ignore[attr-defined]

    assert len(found) == 25
    assert [round(value, 6) for value in ranked] == [round(value, 6) for value in points]
    assert points == sorted(points, reverse=True)
    assert len(set(points)) > 5


def test_people_are_narrowed_by_every_filter(scope: Workspace) -> None:
    requisition = RequisitionFactory.create()
    go = SkillFactory.create(name="Go")
    one = _with_skills(CandidateFactory.create(role_family="sales", stage="screening"), go)
    two = CandidateFactory.create(engagement_key=engagement.key_for_score(20, NOW))
    pool = Pool.objects.create(name="Sales")
    segment = Segment.objects.create(name="Inside", pool=pool, rules={})
    Member.objects.create(pool=pool, candidate=one, entered_at=NOW)
    SegmentMember.objects.create(segment=segment, candidate=two, entered_at=NOW)

    assert _ids(requisition) == [one.pk, two.pk]
    assert _ids(requisition, role_family="sales") == [one.pk]
    assert _ids(requisition, stages=("screening", "offer_ready")) == [one.pk]
    assert _ids(requisition, skills=("gO",)) == [one.pk]
    assert _ids(requisition, levels=("warm", "hot")) == [two.pk]
    assert _ids(requisition, levels=("none",)) == [one.pk]
    assert _ids(requisition, segment=segment) == [two.pk]
    assert _ids(requisition, pool=pool) == [one.pk, two.pk]
    rules = {"match": "all", "rules": [{"field": "stage", "op": "eq", "value": "screening"}]}
    assert _ids(requisition, rules=rules) == [one.pk]


def test_who_is_in_the_process_or_gone_is_no_match(scope: Workspace) -> None:
    requisition = RequisitionFactory.create()
    active = ApplicationFactory.create(requisition=requisition).candidate
    rejected = ApplicationFactory.create(requisition=requisition, outcome="rejected").candidate
    CandidateFactory.create(archived_at=NOW)

    assert _ids(requisition) == [rejected.pk]
    assert active.pk not in _ids(requisition)


def test_who_somebody_is_changes_no_score(scope: Workspace) -> None:
    requisition = RequisitionFactory.create(
        skills=["Go"], seniority="senior", location="Berlin", country="DE"
    )
    who: list[dict[str, Any]] = [
        {"first_name": "Fatima", "last_name": "Haddad", "email": "fatima1961@example.org"},
        {"first_name": "John", "last_name": "Smith", "email": "john2001@example.org"},
        {"languages": ["Arabic"], "current_title": "Chairwoman"},
        {"languages": ["English"], "current_title": "Chairman"},
        {"region": "Neukölln", "current_company": "Veterans United"},
    ]
    dice, pairs = random.Random(18), 1_000
    people = []
    for _ in range(pairs):
        same = {
            "seniority": dice.choice(Seniority.values),
            "city": dice.choice(["Berlin", "Lyon", ""]),
            "country": dice.choice(["DE", "FR", ""]),
            "stage": dice.choice(["", *Stage.values]),
            "last_engaged_at": dice.choice([None, _days_ago(20), _days_ago(300)]),
        }
        people += [Candidate(**same, **differing) for differing in dice.sample(who, 2)]
    made = Candidate.objects.bulk_create(people)
    go = SkillFactory.create(name="Go")
    skilled = [one for place, one in enumerate(made) if place // 2 % 3 == 0]
    CandidateSkill.objects.bulk_create([CandidateSkill(candidate=one, skill=go) for one in skilled])

    found = matches.ranked(requisition, MatchFilters(), now=NOW, limit=2 * pairs)

    fits = {match.candidate.pk: match.fit for match in found}
    assert len(fits) == 2 * pairs
    assert len({fit.score for fit in fits.values()}) > 10
    assert all(fits[one.pk] == fits[other.pk] for one, other in zip(made[::2], made[1::2], strict=True))


def test_a_shortlisted_person_is_marked(scope: Workspace) -> None:
    requisition = RequisitionFactory.create()
    person = CandidateFactory.create()
    ShortlistEntry.objects.create(requisition=requisition, candidate=person)

    [match] = matches.ranked(requisition, MatchFilters(), now=NOW, limit=5)
    assert match.is_shortlisted is True


def test_depth_counts_each_person_once_under_the_first_hindrance(scope: Workspace) -> None:
    CandidateFactory.create(consent="granted")
    CandidateFactory.create(consent="granted", email_state="bounced", unsubscribed_at=NOW)
    CandidateFactory.create(consent="granted", unsubscribed_at=NOW)
    CandidateFactory.create(consent="granted", consent_expires_at=_days_ago(1))
    CandidateFactory.create()
    CandidateFactory.create(consent="granted", in_process=True)
    by_hand = CandidateFactory.create(consent="granted", last_contacted_at=_days_ago(6))
    MessageFactory.create(candidate=by_hand, kind="one_to_one", sent_at=_days_ago(6))
    often = CandidateFactory.create(consent="granted", last_contacted_at=_days_ago(8))
    for days in (8, 16, 24):
        MessageFactory.create(candidate=often, kind="journey", sent_at=_days_ago(days))
    rarely = CandidateFactory.create(consent="granted", last_contacted_at=_days_ago(8))
    for days in (8, 16, 31):
        MessageFactory.create(candidate=rarely, kind="journey", sent_at=_days_ago(days))

    found = depth(matches.people(RequisitionFactory.create(), MatchFilters(), now=NOW), now=NOW)

    assert (found.people, found.reachable) == (9, 2)
    assert {row.code: row.people for row in found.hindrances} == {
        "bad_address": 1,
        "unsubscribed": 1,
        "no_consent": 2,
        "do_not_contact": 0,
        "in_process": 1,
        "capped": 2,
    }
