"""What was looked at by override: for administrators who watch each other."""

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from crm.models import Event
from talentpools.models import AccessOverride

LOOKS = ("pool.seen_by_override", "segment.seen_by_override")


def history() -> QuerySet[AccessOverride]:
    """Every override, the latest first, with `looks`: how many pools and segments were opened by it."""
    about = Cast(KT("data__override"), IntegerField())
    seen = Event.objects.filter(kind__in=LOOKS).annotate(about=about).filter(about=OuterRef("pk"))
    counted = seen.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    found = AccessOverride.objects.select_related("user")
    return found.annotate(looks=Coalesce(Subquery(counted), Value(0))).order_by(F("opened_at").desc(), "-pk")
