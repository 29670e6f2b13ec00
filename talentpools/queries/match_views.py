"""The log of scores that were shown: as a page reads it, and as rows of a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from crm.models import Candidate, Event, Requisition
from talentpools.models import ShortlistReview
from talentpools.policies import matching
from talentpools.policies.matching import WEIGHTS

HEAD = ("seen_at", "seen_by", "seen_on", "model", "candidate", "score", *WEIGHTS, "input_digest")


@dataclass(frozen=True, slots=True)
class Scored:
    """One score of a view, and whether it comes out the same when it is computed again from its parts."""

    candidate_id: int
    name: str
    score: int
    points: list[tuple[str, float | None]]
    is_same: bool


@dataclass(frozen=True, slots=True)
class View:
    """Who saw which scores, when and where."""

    event: Event
    who: str
    on: str
    people: list[Scored]


def views(requisition: Requisition) -> QuerySet[Event]:
    """Every time scores of this requisition were shown, the latest first."""
    seen = Event.objects.filter(kind="matches.viewed", data__requisition=requisition.pk)
    return seen.select_related("actor").order_by("-occurred_at", "-pk")


def told(page: Sequence[Event]) -> list[View]:
    """These views with the names of the people in them; two statements."""
    ids = {one["candidate"] for view in page for one in view.data["people"]}
    names = {person.pk: str(person) for person in Candidate.objects.filter(pk__in=ids)}
    reviewers = _reviewers(page)
    return [
        View(
            view,
            _who(view, reviewers),
            view.data.get("on", "matches"),
            [_scored(one, view.data, names) for one in view.data["people"]],
        )
        for view in page
    ]


def exported(requisition: Requisition) -> Iterator[tuple[object, ...]]:
    """One row per person and view, the latest view first; the head is the first row."""
    yield HEAD
    seen = list(views(requisition))
    reviewers = _reviewers(seen)
    for view in seen:
        for one in view.data["people"]:
            points = (one["points"].get(criterion, "") for criterion in WEIGHTS)
            yield (
                view.occurred_at.isoformat(), _who(view, reviewers), view.data.get("on", "matches"),
                view.data["model"], one["candidate"], one["score"], *points, view.data["digest"],
            )  # fmt: skip


def _reviewers(page: Sequence[Event]) -> dict[int, str]:
    ids = {view.data.get("review") for view in page} - {None}
    return dict(ShortlistReview.objects.filter(pk__in=ids).values_list("pk", "reviewer_email"))


def _who(view: Event, reviewers: dict[int, str]) -> str:
    if view.actor:
        return view.actor.email
    return reviewers.get(view.data.get("review") or 0, "")


def _scored(one: dict[str, Any], data: dict[str, Any], names: dict[int, str]) -> Scored:
    again = matching.rescored(one["shares"], data["weights"]) if "shares" in one else one["score"]
    return Scored(
        one["candidate"],
        names.get(one["candidate"], f"#{one['candidate']}"),
        one["score"],
        [(criterion, one["points"].get(criterion)) for criterion in WEIGHTS],
        again == one["score"],
    )
