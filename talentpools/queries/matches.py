"""Who fits a requisition, best first. One statement ranks everybody; the page's people get their reasons."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from crm.models import Application, CandidateSkill, Requisition, SearchCandidate, Skill
from crm.policies.do_not_contact import blocks
from crm.policies.rules.places import InvalidRules
from crm.queries import rules
from crm.queries.duplicates import folded_words
from crm.queries.engagement import level_q, scale
from crm.queries.reachability import marks_on
from talentpools.models import Pool, Segment, SegmentMember, ShortlistEntry
from talentpools.policies import matching, protected
from talentpools.queries import pools, reach


@dataclass(frozen=True, slots=True)
class MatchFilters:
    """What the people are narrowed to; an empty value lets everybody through."""

    role_family: str = ""
    stages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    pool: Pool | None = None
    segment: Segment | None = None
    rules: Any = None
    reach: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A person, how well they fit and why, and whether they are on the list already."""

    candidate: SearchCandidate
    fit: matching.Fit
    is_shortlisted: bool
    is_left_alone: bool = False


def wanted_by(requisition: Requisition) -> matching.Wanted:
    """What the requisition says it wants, in comparable words."""
    city = requisition.location.split(",")[0].strip()
    folded = folded_words([*requisition.skills, city])
    return matching.Wanted(
        skills=tuple(dict.fromkeys(folded[skill] for skill in requisition.skills if skill.strip())),
        seniority=requisition.seniority,
        city=folded[city],
        country=requisition.country,
        is_remote=requisition.is_remote,
        scale=scale(),
    )


def people(requisition: Requisition, filters: MatchFilters, *, now: datetime) -> QuerySet[SearchCandidate]:
    """Living people who pass the filters and are not in this requisition's process already.

    Raises InvalidRules, also for rules that ask who somebody is.
    """
    applied = Application.objects.filter(
        requisition=requisition, candidate_id=OuterRef("pk"), outcome="active"
    )
    found = SearchCandidate.objects.filter(~Exists(applied))
    if filters.role_family:
        found = found.filter(role_family=filters.role_family)
    if filters.stages:
        found = found.filter(stage__in=filters.stages)
    for skill in folded_words(filters.skills).values():
        having = CandidateSkill.objects.filter(candidate_id=OuterRef("pk"), skill__folded=skill)
        found = found.filter(Exists(having))
    if filters.levels:
        found = found.filter(level_q(filters.levels, now=now, scale=scale()))
    return _within(found, filters, now)


def ranked(
    requisition: Requisition, filters: MatchFilters, *, now: datetime, limit: int, offset: int = 0
) -> list[Match]:
    """One page of people, the best fit first; equal scores in the order they came to us."""
    scored = with_points(people(requisition, filters, now=now), requisition, now=now)
    page = list(scored.order_by(F("points").desc(), "pk")[offset : offset + limit])
    return explain(page, requisition, now=now)


def with_points(
    found: QuerySet[SearchCandidate], requisition: Requisition, *, now: datetime
) -> QuerySet[Any]:
    """These people, each with `points`, the score before rounding."""
    return found.annotate(points=_points(wanted_by(requisition), now))


def explain(page: Sequence[SearchCandidate], requisition: Requisition, *, now: datetime) -> list[Match]:
    """These people with their scores and reasons, in the order given; three statements."""
    wanted = wanted_by(requisition)
    skills = _skills_of(page, wanted)
    listed = ShortlistEntry.objects.filter(requisition=requisition, candidate_id__in=[one.pk for one in page])
    on_list = set(listed.values_list("candidate_id", flat=True))
    marks = marks_on(page, now=now)
    return [
        Match(
            one,
            matching.fit(_seen(one, skills[one.pk]), wanted, now=now),
            one.pk in on_list,
            blocks(marks[one.pk], automated=False),
        )
        for one in page
    ]


def of_people(candidate_ids: Sequence[int], requisition: Requisition, *, now: datetime) -> dict[int, Match]:
    """Those of these people who are still there, by id, with their scores and reasons."""
    living = SearchCandidate.objects.in_bulk(candidate_ids)
    return {found.candidate.pk: found for found in explain(list(living.values()), requisition, now=now)}


def _within(
    found: QuerySet[SearchCandidate], filters: MatchFilters, now: datetime
) -> QuerySet[SearchCandidate]:
    if filters.pool:
        found = found.filter(pk__in=pools.people(filters.pool).values("pk"))
    if filters.segment:
        inside = SegmentMember.objects.filter(segment=filters.segment, left_at=None, is_reviewed=True)
        found = found.filter(pk__in=inside.values("candidate_id"))
    if filters.rules or filters.segment:
        found = _ruled(found, filters, now)
    return reach.within(found, filters.reach, now=now) if filters.reach else found


def _ruled(
    found: QuerySet[SearchCandidate], filters: MatchFilters, now: datetime
) -> QuerySet[SearchCandidate]:
    spoken = rules.language()
    rule = rules.parse(filters.rules, spoken) if filters.rules else None
    asked = [{"segment": filters.segment.pk}] if filters.segment else []
    for tree in [*asked, filters.rules]:
        if faults := protected.refused(tree, spoken.fields, _rules_of):
            raise InvalidRules(next(iter(faults.values())), fields=faults)
    return found.filter(rules.condition(rule, spoken, now=now)) if rule else found


def _rules_of(segment_id: int) -> Any:
    return Segment.objects.filter(pk=segment_id).values_list("rules", flat=True).first()


def _points(wanted: matching.Wanted, now: datetime) -> Any:
    """The score of talentpools/policies/matching.py as one expression."""
    shares = {
        "skills": _skill_share(wanted),
        "seniority": _seniority_share(wanted),
        "location": _location_share(wanted),
        "stage": _cases([(Q(stage=stage), share) for stage, share in matching.STAGE_SHARES.items()]),
        "engagement": _cases(
            [
                (level_q([name], now=now, scale=wanted.scale), share)
                for name, share in matching.LEVEL_SHARES.items()
            ]
        ),
        "recency": _cases(
            [
                (Q(last_engaged_at__gte=now - timedelta(days=days)), share)
                for days, share in matching.RECENCY_SHARES
            ]
        ),
    }
    points: Any = Value(0.0)
    for criterion in wanted.criteria:
        points = points + shares[criterion] * Value(matching.WEIGHTS[criterion] * 100 / wanted.total)
    return points


def _skill_share(wanted: matching.Wanted) -> Any:
    ids = list(Skill.objects.filter(folded__in=wanted.skills).values_list("pk", flat=True))
    held = CandidateSkill.objects.filter(candidate_id=OuterRef("pk"), skill_id__in=ids).order_by()
    counted = held.values("candidate_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0)) / Value(float(max(1, len(wanted.skills))), FloatField())


def _seniority_share(wanted: matching.Wanted) -> Any:
    if wanted.seniority not in matching.LADDER:
        return Value(0.0)
    near = Q(seniority__in=matching.adjacent(wanted.seniority))
    return _cases([(Q(seniority=wanted.seniority), 1.0), (near, matching.NEXT_LEVEL_SHARE)])


def _location_share(wanted: matching.Wanted) -> Any:
    if wanted.is_remote:
        return Value(matching.REMOTE_SHARE)
    cases = [(Q(city_folded=wanted.city), 1.0)] if wanted.city else []
    if wanted.country:
        cases.append((Q(country=wanted.country), matching.COUNTRY_SHARE))
    return _cases([*cases, (Q(relocation=True), matching.RELOCATION_SHARE)])


def _cases(shares: Sequence[tuple[Q, float]]) -> Any:
    whens = [When(condition, then=Value(share)) for condition, share in shares]
    return Case(*whens, default=Value(0.0), output_field=FloatField())


def _skills_of(page: Sequence[SearchCandidate], wanted: matching.Wanted) -> dict[int, list[str]]:
    held = CandidateSkill.objects.filter(
        candidate_id__in=[one.pk for one in page], skill__folded__in=wanted.skills
    )
    found: dict[int, list[str]] = defaultdict(list)
    for candidate_id, name in held.order_by("skill__name").values_list("candidate_id", "skill__name"):
        found[candidate_id].append(name)
    return found


def _seen(one: SearchCandidate, skills: Sequence[str]) -> matching.Person:
    return matching.Person(
        skills=tuple(skills),
        seniority=one.seniority,
        city_folded=one.city_folded,
        country=one.country,
        would_relocate=bool(one.relocation),
        stage=one.stage,
        engagement_key=one.engagement_key,
        last_engaged_at=one.last_engaged_at,
    )
