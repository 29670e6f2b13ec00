"""Who was picked for a requisition, and how long each list is."""

from collections.abc import Collection

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from crm.models import Requisition
from talentpools.models import ShortlistEntry, ShortlistReview

NOT_JUDGED = "none"
_BEST_FIRST = {"star": 0, "yes": 1, "": 2, "no": 3}


def entries(requisition: Requisition, *, verdict: str = "") -> QuerySet[ShortlistEntry]:
    """The people on the list with their candidates: stars first, then yes, unjudged, no.

    `verdict` (star, yes, no, or none for those nobody judged) narrows them.
    """
    listed = ShortlistEntry.objects.filter(requisition=requisition, candidate__merged_into=None)
    if verdict:
        listed = listed.filter(verdict="" if verdict == NOT_JUDGED else verdict)
    whens = [When(verdict=said, then=Value(rank)) for said, rank in _BEST_FIRST.items()]
    rank = Case(*whens, default=Value(9), output_field=IntegerField())
    return listed.select_related("candidate", "added_by").order_by(rank, "added_at", "pk")


def verdict_counts(requisition: Requisition) -> dict[str, int]:
    """How many people have which verdict; '' are those nobody judged."""
    listed = ShortlistEntry.objects.filter(requisition=requisition, candidate__merged_into=None).order_by()
    return dict(listed.values_list("verdict").annotate(Count("pk")))


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
