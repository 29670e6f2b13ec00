"""Conditions on what is derived from several columns at a moment: engagement, consent, reachability."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q, Value

from crm.models import ConsentState, SearchCandidate
from crm.policies import engagement, reachability
from crm.policies.rules.relations import Clock
from crm.queries.do_not_contact import do_not_contact_q
from crm.queries.reachability import reachable_q

_NOBODY = Q(Value(False))
_SIGNALED = Q(engagement_key__isnull=False)
_COMPARE = {"gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte", "eq": "exact"}


def _engagement(op: str, value: Any, clock: Clock) -> Q:
    """The score now, as a range of the stored key; people without any signal have none."""
    if op == "is_empty":
        return ~_SIGNALED
    if op == "between":
        return _score("gte", value[0], clock) & _score("lte", value[1], clock)
    return _score(op, value, clock)


def _score(op: str, score: float, clock: Clock) -> Q:
    """A score is above 0 and below 100, so that beyond those the answer is all with a score or nobody."""
    key = engagement.key_for_score(score, clock.now, clock.scale)
    if key is not None and math.isfinite(key):
        return Q(**{f"engagement_key__{_COMPARE[op]}": key})
    is_all = op in {"gt", "gte"} if key is None else op in {"lt", "lte"}
    return _SIGNALED if is_all else _NOBODY


def _level(op: str, value: Any, clock: Clock) -> Q:
    scale = clock.scale
    warm, hot = (engagement.key_for_score(score, clock.now, scale) for score in (scale.warm, scale.hot))
    levels = {
        "none": ~_SIGNALED,
        "cold": Q(engagement_key__lt=warm),
        "warm": Q(engagement_key__gte=warm, engagement_key__lt=hot),
        "hot": Q(engagement_key__gte=hot),
    }
    return _one_of(op, value, levels)


def _consent(op: str, value: Any, clock: Clock) -> Q:
    states = {state: Q(consent=state) for state in ConsentState.values}
    states["granted"] = _granted(clock)
    states["expired"] = Q(consent=ConsentState.GRANTED, consent_expires_at__lte=clock.now)
    return _one_of(op, value, states)


def _reachable(_op: str, _value: Any, clock: Clock) -> Q:
    return reachable_q(now=clock.now)


def _unsubscribed(_op: str, _value: Any, _clock: Clock) -> Q:
    return Q(unsubscribed_at__isnull=False)


def _do_not_contact(_op: str, _value: Any, clock: Clock) -> Q:
    return do_not_contact_q(now=clock.now)


def _granted(clock: Clock) -> Q:
    is_in_force = Q(consent_expires_at=None) | Q(consent_expires_at__gt=clock.now)
    return Q(consent=ConsentState.GRANTED) & is_in_force


def _one_of(op: str, value: Any, states: Mapping[str, Q]) -> Q:
    found = _NOBODY
    if op != "is_empty":
        for state in value if op == "in" else [value]:
            found = states[state] if found is _NOBODY else found | states[state]
    return found


STATES: Mapping[str, Callable[[str, Any, Clock], Q]] = {
    "engagement": _engagement,
    "engagement_level": _level,
    "consent": _consent,
    "reachable": _reachable,
    "unsubscribed": _unsubscribed,
    "do_not_contact": _do_not_contact,
}


def value(key: str, person: SearchCandidate, clock: Clock) -> Any:
    """What explain shows for one of these states."""
    now, scale = clock.now, clock.scale
    if key == "engagement":
        is_scored = person.engagement_key is not None
        return round(engagement.score_at(person.engagement_key, now, scale), 1) if is_scored else None
    if key == "engagement_level":
        return engagement.level_at(person.engagement_key, now, scale)
    if key == "consent":
        return reachability.consent_state(person.consent, person.consent_expires_at, now=now)
    is_true = STATES[key]("is_true", None, clock)
    return SearchCandidate.objects.filter(is_true, pk=person.pk).exists()
