"""Who was picked for a requisition, and how long each list is."""

from collections.abc import Collection

from django.db.models import Count, QuerySet

from crm.models import Requisition
from talentpools.models import ShortlistEntry


def entries(requisition: Requisition) -> QuerySet[ShortlistEntry]:
    """The people on the list with their candidates, in the order they were added."""
    listed = ShortlistEntry.objects.filter(requisition=requisition)
    return listed.select_related("candidate", "added_by").order_by("added_at", "pk")


def sizes(requisition_ids: Collection[int]) -> dict[int, int]:
    """How many people each of these requisitions has on its list; those without are left out."""
    listed = ShortlistEntry.objects.filter(requisition_id__in=requisition_ids).order_by()
    return dict(listed.values_list("requisition_id").annotate(Count("pk")))
