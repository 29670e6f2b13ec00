"""What each figure leaves out or counts with a reservation: how many, and over which rows they are read."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analytics.policies.asking import FILTERS
from analytics.policies.definitions import DEFINITIONS
from analytics.policies.exclusions import EXCLUSIONS
from analytics.policies.questions import Filters, Question
from analytics.queries import contacts, fills, hires, offers, pool_growth, pool_health, replies, velocity
from analytics.queries.statements import Relation, counting, rows


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Which rows `p` of a relation, with the dates that are listed of them."""

    relation: Relation
    condition: str
    dates: tuple[str, ...]
    order: str
    days: str = ""
    given: Callable[[Question], Mapping[str, Any]] = lambda question: {}


_SUPERSEDED_OFFER = "p.is_superseded AND coalesce(p.extended_at, p.resolved_at) >= %(start)s"
_SUPERSEDED_HIRE = "p.is_superseded AND p.status = 'accepted' AND p.resolved_at >= %(start)s"


def _hire(condition: str) -> Exclusion:
    dates = ("applied_at", "accepted_at")
    return Exclusion(hires.TIMED, condition, dates, "p.accepted_at DESC, p.application_id", "days_to_hire")


def _offer(condition: str) -> Exclusion:
    dates = ("applied_at", "extended_at", "resolved_at")
    return Exclusion(offers.LEFT_OUT, condition, dates, "p.application_id DESC, p.version")


def _answer(condition: str) -> Exclusion:
    dates = ("extended_at", "resolved_at")
    return Exclusion(offers.OFFERS, condition, dates, "p.extended_at DESC, p.application_id")


def _opening(relation: Relation, condition: str) -> Exclusion:
    dates = ("opened_at", "filled_at")
    return Exclusion(relation, condition, dates, "p.opened_at, p.requisition_id", "days_to_fill")


def _contact(condition: str, relation: Relation = contacts.PROGRESS) -> Exclusion:
    dates = ("contacted_at", "delivered_at", "replied_at")
    return Exclusion(relation, condition, dates, "p.contacted_at DESC, p.candidate_id")


def _delivery(condition: str, relation: Relation = replies.FIRST_DELIVERIES) -> Exclusion:
    dates = ("delivered_at", "auto_replied_at", "replied_at")
    return Exclusion(relation, condition, dates, "p.delivered_at DESC, p.candidate_id")


def _stay(condition: str, relation: Relation = velocity.STAYS) -> Exclusion:
    dates = ("entered_at", "left_at", "archived_at")
    return Exclusion(relation, condition, dates, "p.entered_at DESC, p.candidate_id", "days")


def _member(condition: str) -> Exclusion:
    return Exclusion(
        pool_health.LEFT_OUT,
        condition,
        ("entered_at", "archived_at"),
        "p.entered_at DESC, p.candidate_id",
        given=lambda question: {"known": pool_growth.known(question)},
    )


_HIRES = {name: _hire(condition) for name, condition in hires.EXCLUSIONS.items()}
_OF_HIRES = {**_HIRES, "superseded": _offer(_SUPERSEDED_HIRE)}
_CONTACTS = {name: _contact(condition) for name, condition in contacts.EXCLUSIONS.items()}
_OF_CONTACTS = {**_CONTACTS, "contacted_before": _contact("true", contacts.EARLIER)}
_READ: dict[str, dict[str, Exclusion]] = {
    "time_to_hire": _OF_HIRES,
    "time_to_accept": _OF_HIRES,
    "relationship_age": _HIRES,
    "share_of_hires_from_crm": _OF_HIRES,
    "cost_per_hire": _OF_HIRES,
    "time_to_fill": {
        **{name: _opening(fills.FILLED, condition) for name, condition in fills.EXCLUSIONS.items()},
        "still_open": _opening(fills.UNFILLED, "p.status = 'open'"),
        "on_hold": _opening(fills.UNFILLED, "p.status = 'on_hold'"),
        "closed_unfilled": _opening(fills.UNFILLED, "p.status NOT IN ('open', 'on_hold')"),
    },
    "conversion_to_screening": _OF_CONTACTS,
    "drop_off": _OF_CONTACTS,
    "reply_rate": {
        "delivered_before": _delivery("true", replies.EARLIER_DELIVERIES),
        "undelivered": _CONTACTS["undelivered"],
        **{name: _delivery(condition) for name, condition in replies.EXCLUSIONS.items()},
    },
    "offer_acceptance": {
        "superseded": _offer(_SUPERSEDED_OFFER),
        "undated": _offer("NOT p.is_superseded"),
        **{name: _answer(condition) for name, condition in offers.EXCLUSIONS.items()},
    },
    "velocity": {
        "entered_before": _stay("p.left_at IS NULL OR p.left_at >= %(start)s", velocity.EARLIER_STAYS),
        **{name: _stay(condition) for name, condition in velocity.EXCLUSIONS.items()},
    },
    "pool_health": {
        "archived": _member("p.is_reviewed"),
        "unreviewed": _member("NOT p.is_reviewed"),
    },
}
Known = Mapping[str, Mapping[str, int]]
"""By the name of a relation and of an exclusion."""
EXCLUDED = {key: {name: _READ[key][name] for name in words} for key, words in EXCLUSIONS.items()}
"""By key and name, in the order they are told in."""


def excluded(
    question: Question, keys: Iterable[str], known: Known | None = None
) -> dict[str, dict[str, int]]:
    """How many each figure leaves out or counts with a reservation; each relation is read once.

    `known` spares the counting of what was counted with the figures.
    """
    known = known or {}
    found: dict[tuple[str, str], int] = {}
    by_relation: dict[str, list[tuple[str, str, Exclusion]]] = defaultdict(list)
    for key in keys:
        is_same = question_of(key, question) == question
        for name, one in EXCLUDED[key].items():
            if is_same and name in known.get(one.relation.name, {}):
                found[key, name] = known[one.relation.name][name]
            else:
                by_relation[f"{one.relation.name} {is_same}"].append((key, name, one))
    for together in by_relation.values():
        found |= _counted(question_of(together[0][0], question), together)
    return {key: {name: found[key, name] for name in EXCLUDED[key]} for key in keys}


def ignores_filters(key: str) -> bool:
    """Whether no filter narrows the figure."""
    return key in DEFINITIONS and set(DEFINITIONS[key].ignores) == set(FILTERS)


def question_of(key: str, question: Question) -> Question:
    """The question as the figure answers it: without filters where it ignores them all."""
    return replace(question, filters=Filters()) if ignores_filters(key) else question


def _counted(question: Question, together: list[tuple[str, str, Exclusion]]) -> dict[tuple[str, str], int]:
    """The exclusions of one relation."""
    conditions = list(dict.fromkeys(one.condition for _, _, one in together))
    counts = counting({f"n{place}": condition for place, condition in enumerate(conditions)})
    relation = together[0][2].relation
    [row] = rows(
        f"SELECT {counts} FROM {relation.name} p",  # noqa: S608 - conditions of our own
        reads=[relation],
        question=question,
        extra=together[0][2].given(question),
    )
    return {(key, name): row[f"n{conditions.index(one.condition)}"] for key, name, one in together}
