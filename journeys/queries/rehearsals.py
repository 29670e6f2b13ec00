"""Rehearsals as pages, files and the API show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from journeys.models import Journey, Rehearsal, RehearsedPerson
from journeys.policies import editing, exits, refusals, wording
from journeys.policies.rehearsal_record import instant
from journeys.queries import templates

FIRST = 100
HELD = ("no_basis", "missing_value", "no_address", "overdue", "task", "unknown", "failed")
SHOWN: dict[str, Q] = {
    "held": Q(state="active", code__in=HELD),
    "collisions": Q(collisions__gt=0),
    "refused": Q(state__in=("refused", "holdout")),
    "left": Q(state="exited"),
}
_WORDS = {
    "sent": "Gets the message", "passed": "Passes", "completed": "Has been through", "exited": "Leaves",
    "held": "Is held back", "refused": "Does not get it", "slid": "Slides",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a path in words."""

    at: datetime
    journey_id: int
    step: str
    what: str
    words: str
    code: str
    why: str
    until: datetime | None = None
    rival_id: int = 0

    @property
    def days(self) -> float:
        """By how much it slides."""
        return round((self.until - self.at).total_seconds() / 86_400, 1) if self.until else 0.0


def people(rehearsal: Rehearsal, show: str = "") -> QuerySet[RehearsedPerson]:
    """The rehearsed people, narrowed to one list."""
    rows = RehearsedPerson.objects.filter(SHOWN.get(show, Q()), rehearsal=rehearsal)
    return rows.select_related("candidate", "rehearsal").defer("candidate__search_text")


def moments(row: RehearsedPerson) -> list[Moment]:
    """The path in words."""
    return [_moment(*entry) for entry in row.path]


def why(row: RehearsedPerson) -> str:
    """What stands in the way of this person at the end, as a sentence."""
    for entry in reversed(row.path):
        if entry[3] in ("held", "refused") and entry[4] == row.code:
            return str(entry[5])
    return sentence_for(row.code)


def sentence_for(code: str) -> str:
    """A code of any kind as people read it."""
    return refusals.refusal(code).sentence if code in refusals.CODES else exits.sentence_for(code)


def told(row: RehearsedPerson) -> dict[str, Any]:
    """One person as the API tells it."""
    return {
        "candidate": row.candidate_id,
        "state": row.state,
        "code": row.code or None,
        "why": why(row) if row.code else "",
        "sent": row.sent,
        "collisions": row.collisions,
        "path": [
            {
                "at": moment.at.isoformat(),
                "journey": moment.journey_id,
                "step": moment.step,
                "what": moment.what,
                "code": moment.code or None,
                "why": moment.why,
                "until": moment.until.isoformat() if moment.until else None,
                "slides_for": moment.rival_id or None,
            }
            for moment in moments(row)
        ],
    }


def figures(rehearsal: Rehearsal) -> dict[str, Any]:
    """A rehearsal: how far it is, what was assumed, and its figures once it is finished."""
    until = rehearsal.starts_at + timedelta(days=rehearsal.days)
    stated = {name: value for name, value in rehearsal.assumptions.items() if name != "entering"}
    return {
        "id": rehearsal.pk,
        "journey": rehearsal.journey_id,
        "state": rehearsal.state,
        "progress": rehearsal.progress,
        "failure": rehearsal.failure or None,
        "from": rehearsal.starts_at.isoformat(),
        "until": until.isoformat(),
        "days": rehearsal.days,
        "assumptions": stated,
        "result": rehearsal.result or None,
        "created_at": rehearsal.created_at.isoformat(),
        "finished_at": rehearsal.finished_at.isoformat() if rehearsal.finished_at else None,
    }


def lists(rehearsal: Rehearsal) -> dict[str, Any]:
    """The first people of each list that asks for attention."""
    return {
        show: [told(row) for row in people(rehearsal, show).order_by("pk")[:FIRST]]
        for show in ("held", "collisions", "refused")
    }


def lines(rehearsal: Rehearsal) -> Iterator[list[str]]:
    """The whole rehearsal as a table: a line per moment of each person."""
    names = dict(Journey.objects.values_list("pk", "name"))
    yield ["candidate", "name", "at", "journey", "step", "what", "code", "why", "until"]
    for row in people(rehearsal).order_by("pk").iterator(chunk_size=500):
        who = [str(row.candidate_id), row.candidate.full_name]
        if not row.path:
            yield [*who, "", names.get(rehearsal.journey_id, ""), "", row.state, row.code, why(row), ""]
        for moment in moments(row):
            until = moment.until.isoformat() if moment.until else ""
            journey = names.get(moment.journey_id, "")
            yield [
                *who,
                moment.at.isoformat(),
                journey,
                moment.step,
                moment.what,
                moment.code,
                moment.why,
                until,
            ]


def _moment(at: int, journey_id: int, step: str, what: str, code: str, more: Any) -> Moment:
    words = _WORDS.get(what, what)
    if what == "slid":
        return Moment(
            instant(at), journey_id, step, what, words, code, sentence_for(code), instant(more[0]), more[1]
        )
    return Moment(
        instant(at),
        journey_id,
        step,
        what,
        words,
        code,
        str(more) or sentence_for(code) if code else str(more),
    )


def titles(rehearsal: Rehearsal) -> dict[str, str]:
    """What the steps of the rehearsed journey are called, by their id."""
    names = dict(templates.living().values_list("key", "name"))
    found: dict[str, str] = {}
    for spot in editing.spots(rehearsal.journey.draft):
        found[str(spot.step["id"])] = wording.title(spot.step, names, found)
    return found


def first_dates(row: RehearsedPerson) -> list[tuple[str, datetime]]:
    """The messages of the rehearsed journey and their instants, in order."""
    return [
        (entry[2], instant(entry[0]))
        for entry in row.path
        if entry[3] == "sent" and entry[1] == row.rehearsal.journey_id
    ]
