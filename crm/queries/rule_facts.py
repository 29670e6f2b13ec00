"""Conditions on what happened to a person: activities and applications."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BooleanField,
    Count,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from crm.models import HIRING_STAGE_ORDER, Application, Event, StageEntry
from crm.policies.engagement import ONLY_WHEN_HUMAN
from crm.policies.rules.relations import Clock
from crm.policies.rules.tree import ActivityRule, ApplicationRule, Days, Stay


def activity(rule: ActivityRule, clock: Clock, *, is_wanted: bool) -> Q:
    """So many times, or not so many; at most and exactly count people with none."""
    happened = events(rule, clock)
    is_often = _at_least(happened, rule.count)
    if rule.op == "at_least":
        return is_often if is_wanted else ~is_often
    is_more = _at_least(happened, rule.count + 1)
    if rule.op == "at_most" or rule.count == 0:
        return ~is_more if is_wanted else is_more
    return is_often & ~is_more if is_wanted else ~is_often | is_more


def events(rule: ActivityRule, clock: Clock) -> QuerySet[Event]:
    """The events an activity rule counts, of everybody."""
    happened = Event.objects.filter(kind=rule.kind, candidate_id__isnull=False)
    if rule.kind in ONLY_WHEN_HUMAN:
        happened = happened.filter(Q(data__actor="human") | Q(data__human__in=[True, "human"]))
    if rule.within_days is not None:
        happened = happened.filter(_last_days("occurred_at", rule.within_days, clock))
    if rule.between is not None:
        happened = happened.filter(within("occurred_at", rule.between, clock.zone))
    return happened


def application(rule: ApplicationRule, clock: Clock) -> Q:
    """Some application for which all conditions hold together."""
    return Q(Exists(applications(rule, clock).filter(candidate_id=OuterRef("pk"))))


def applications(rule: ApplicationRule, clock: Clock) -> QuerySet[Application]:
    """The applications a rule means, of everybody."""
    found = Application.objects.filter(_plain(rule))
    if rule.furthest_stage_at_least is not None:
        found = found.filter(furthest_rank__gte=HIRING_STAGE_ORDER[rule.furthest_stage_at_least])
    if rule.ended_within_days is not None:
        found = found.filter(_last_days("ended_at", rule.ended_within_days, clock))
    if rule.applied_within_days is not None:
        found = found.filter(_last_days("applied_at", rule.applied_within_days, clock))
    if rule.entered_stage is not None:
        found = found.filter(Exists(_entries(rule.entered_stage, clock, is_stay=False)))
    if rule.was_in_stage is not None:
        found = found.filter(Exists(_entries(rule.was_in_stage, clock, is_stay=True)))
    return found


def within(column: str, days: Days, zone: ZoneInfo) -> Q:
    """The moment lies on one of these days, both ends included, as days go in the zone."""
    start, end = days
    found = Q()
    if start is not None:
        found &= Q(**{f"{column}__gte": midnight(start, zone)})
    if end is not None:
        found &= Q(**{f"{column}__lt": midnight(end + timedelta(days=1), zone)})
    return found


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _plain(rule: ApplicationRule) -> Q:
    conditions: dict[str, Any] = {
        "requisition_id": rule.requisition,
        "requisition__role_family__in": rule.role_family_in,
        "requisition__department__in": rule.department_in,
        "outcome": rule.outcome,
        "rejection_reason__in": rule.rejection_reason_in,
    }
    return Q(**{lookup: value for lookup, value in conditions.items() if value is not None})


def _entries(stay: Stay, clock: Clock, *, is_stay: bool) -> QuerySet[StageEntry]:
    """Entries of the outer application into the stage; a stay counts on every day it lasted."""
    found = StageEntry.objects.filter(application_id=OuterRef("pk"), stage=stay.stage)
    if stay.during is None:
        return found
    if not is_stay:
        return found.filter(within("entered_at", stay.during, clock.zone))
    start, end = stay.during
    if end is not None:
        found = found.filter(entered_at__lt=midnight(end + timedelta(days=1), clock.zone))
    if start is not None:
        # Without a time of leaving they stayed until the application ended, or are there still.
        still = Value(clock.now)
        left = Coalesce("left_at", OuterRef("ended_at"), still, output_field=DateTimeField())
        found = found.alias(until=left).filter(until__gte=midnight(start, clock.zone))
    return found


def _last_days(column: str, days: int, clock: Clock) -> Q:
    return Q(**{f"{column}__gte": clock.now - timedelta(days=days), f"{column}__lte": clock.now})


def _at_least(happened: QuerySet[Event], count: int) -> Q:
    if count == 0:
        return Q(Value(True))
    if count == 1:
        return Q(Exists(happened.filter(candidate_id=OuterRef("pk"))))
    often = happened.order_by().values("candidate_id").annotate(times=Count("*")).filter(times__gte=count)
    return Q(_IsAmong(Subquery(often.values("candidate_id")), F("pk")))


class _IsAmong(Func):
    """EXISTS over a grouped subquery: a join in one pass, negated too, where NOT IN would not be."""

    template = "EXISTS(SELECT 1 FROM %(expressions)s)"
    arg_joiner = " AS counted (candidate_id) WHERE counted.candidate_id = "
    output_field = BooleanField()
