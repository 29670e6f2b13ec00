"""Who was picked for a requisition, and how long each list is."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from crm.models import Requisition, SearchCandidate
from talentpools.models import ShortlistEntry, ShortlistReview
from talentpools.queries import matches

NOT_JUDGED, APPROVED = "none", "approved"
VERDICTS = (APPROVED, "star", "yes", "no", NOT_JUDGED)
_NAMED = {NOT_JUDGED: ("",), APPROVED: ("star", "yes")}
_BEST_FIRST = {"star": 0, "yes": 1, "": 2, "no": 3}
_READ = ("candidate__first_name", "candidate__last_name", "candidate__current_title", "note")
_COLUMNS = {
    "added": ("added_at",),
    "name": ("candidate__last_name", "candidate__first_name"),
    "score": ("points",),
}


def entries(requisition: Requisition, *, verdict: str = "", text: str = "") -> QuerySet[ShortlistEntry]:
    """The people on the list with their candidates: stars first, then yes, unjudged, no.

    `verdict` narrows them: star, yes, no, approved (star or yes) or none (nobody judged them); so does
    `text`, of which every word stands in a name, a title or the note.
    """
    listed = ShortlistEntry.objects.filter(requisition=requisition, candidate__merged_into=None)
    if verdict:
        listed = listed.filter(verdict__in=_NAMED.get(verdict, (verdict,)))
    for word in text.split()[:8]:
        listed = listed.filter(reduce(or_, [Q(**{f"{name}__icontains": word}) for name in _READ]))
    return listed.select_related("candidate", "added_by").order_by(_rank(), "added_at", "pk")


def in_order(
    listed: QuerySet[ShortlistEntry], sort: str, requisition: Requisition, *, now: datetime
) -> QuerySet[ShortlistEntry]:
    """The same people by `verdict`, `score`, `name` or `added`, with `-` the other way round.

    Anything else leaves them as they are.
    """
    column, is_down = sort.removeprefix("-"), sort.startswith("-")
    if column == "verdict":
        order = _rank()
        return listed.order_by(order.desc() if is_down else order.asc(), "added_at", "pk")
    if column == "score":
        scored = SearchCandidate.objects.filter(pk=OuterRef("candidate_id"))
        points = matches.with_points(scored, requisition, now=now).values("points")
        listed = listed.annotate(points=Subquery(points))
    columns = _COLUMNS.get(column, ())
    if not columns:
        return listed
    ways = [F(name).desc(nulls_last=True) if is_down else F(name).asc() for name in columns]
    return listed.order_by(*ways, "pk")


def by_verdict(requisition: Requisition) -> list[tuple[str, str, int]]:
    """What the list can be narrowed to, as (value, words, people); nothing while nobody is judged."""
    listed = ShortlistEntry.objects.filter(requisition=requisition, candidate__merged_into=None).order_by()
    counts: dict[str, int] = dict(listed.values_list("verdict").annotate(Count("pk")))
    if not any(counts.get(value) for value in ShortlistEntry.Verdict.values):
        return []
    words = dict(ShortlistEntry.Verdict.choices) | {APPROVED: "Star or yes", NOT_JUDGED: "Not judged"}
    return [
        (value, str(words[value]), sum(counts.get(said, 0) for said in _NAMED.get(value, (value,))))
        for value in VERDICTS
    ]


def judged(requisition_ids: Collection[int]) -> dict[int, int]:
    """How many people of each list are judged, where a hiring manager was asked."""
    asked = ShortlistReview.objects.filter(requisition_id__in=requisition_ids, revoked_at=None)
    listed = ShortlistEntry.objects.filter(
        requisition_id__in=asked.values("requisition_id"), candidate__merged_into=None
    )
    said = Count("pk", filter=~Q(verdict=""))
    return dict(listed.order_by().values_list("requisition_id").annotate(n=said))


def sizes(requisition_ids: Collection[int]) -> dict[int, int]:
    """How many people each of these requisitions has on its list; those without are left out."""
    listed = ShortlistEntry.objects.filter(
        requisition_id__in=requisition_ids, candidate__merged_into=None
    ).order_by()
    return dict(listed.values_list("requisition_id").annotate(Count("pk")))


def _rank() -> Case:
    whens = [When(verdict=said, then=Value(rank)) for said, rank in _BEST_FIRST.items()]
    return Case(*whens, default=Value(9), output_field=IntegerField())
