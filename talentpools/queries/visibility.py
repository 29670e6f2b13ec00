"""Who may know of which pool and segment: the one place that says it. Everything else asks here."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Now
from django.db.models.lookups import In

from crm.kernel.reading import current_reader
from crm.queries.teams import team_ids_of
from talentpools.models import AccessOverride, Pool, PoolGuest, PoolTeam, Segment, SegmentGuest, SegmentTeam

_NAMED = (Pool.Visibility.SHARED, Pool.Visibility.CONFIDENTIAL)


def visible_pools(user_id: int | None) -> QuerySet[Pool]:
    """The living pools this user may know of; for None (a key without a person) the open ones."""
    return Pool.objects.filter(_pools(user_id), archived_at=None).order_by("name", "pk")


def visible_segments(user_id: int | None) -> QuerySet[Segment]:
    """The segments this user may know of: a sub-segment with its pool, one that stands alone by itself."""
    alone = Q(pool=None) & _open_to(user_id, SegmentGuest, SegmentTeam, "segment_id")
    return Segment.objects.filter(alone | Q(pool__in=visible_pools(user_id).values("pk"))).order_by(
        "name", "pk"
    )


def pools_of_reader() -> QuerySet[Pool]:
    """The pools whoever reads may know of; the system itself knows of all."""
    reader = current_reader()
    return Pool.objects.filter(archived_at=None) if reader is None else visible_pools(reader.user_id)


def segments_of_reader() -> QuerySet[Segment]:
    """The segments whoever reads may know of; the system itself knows of all."""
    reader = current_reader()
    return Segment.objects.all() if reader is None else visible_segments(reader.user_id)


def hidden_events(user_id: int | None) -> Q:
    """The facts about pools and segments this user may not know of (settings.EVENT_FENCES)."""
    kept = [
        model.objects.exclude(visibility=Pool.Visibility.WORKSPACE).order_by() for model in (Pool, Segment)
    ]
    if not kept[0].values("pk").union(kept[1].values("pk"), all=True)[:1]:
        # The long question below is dear to put together, and here everything is open.
        return Q(pk__in=[])
    pools = Pool.objects.exclude(_pools(user_id))
    segments = Segment.objects.exclude(pk__in=visible_segments(user_id).order_by().values("pk"))
    return _about("pool", pools) | _about("segment", segments)


def _about(noun: str, kept: QuerySet[Any]) -> Q:
    # Compared as text: a fact may hold anything under this word.
    ids = kept.order_by().annotate(key=Cast("pk", TextField())).values("key")
    named = In(Coalesce(KT(f"data__{noun}"), Value(""), output_field=TextField()), ids)
    return Q(kind__startswith=f"{noun}.") & Q(named)


def is_open(kept: Pool | Segment) -> bool:
    """Whether everybody here may see it."""
    governs = kept.pool if isinstance(kept, Segment) and kept.pool else kept
    return governs.visibility == Pool.Visibility.WORKSPACE


def is_named(kept: Pool | Segment, *, user_id: int) -> bool:
    """Whether the user may see this pool or segment in their own right, without any override."""
    if isinstance(kept, Segment):
        if kept.pool is not None:
            return is_named(kept.pool, user_id=user_id)
        may = _in_own_right(user_id, SegmentGuest, SegmentTeam, "segment_id")
        return Segment.objects.filter(may, pk=kept.pk).exists()
    return Pool.objects.filter(_in_own_right(user_id, PoolGuest, PoolTeam, "pool_id"), pk=kept.pk).exists()


def open_override(user_id: int) -> AccessOverride | None:
    """The override this user has open now, if any."""
    found = AccessOverride.objects.filter(user_id=user_id, expires_at__gt=Now())
    return found.order_by("-opened_at").first()


def _pools(user_id: int | None) -> Q:
    return _open_to(user_id, PoolGuest, PoolTeam, "pool_id")


def _open_to(user_id: int | None, guests: Any, teams: Any, key: str) -> Q:
    may = _in_own_right(user_id, guests, teams, key)
    reader = current_reader()
    if user_id is not None and reader and reader.is_present and reader.user_id == user_id:
        # An override is a person's; a program in their name has none.
        open_now = AccessOverride.objects.filter(user_id=user_id, expires_at__gt=Now())
        may |= Q(Exists(open_now))
    return may


def _in_own_right(user_id: int | None, guests: Any, teams: Any, key: str) -> Q:
    everybody = Q(visibility=Pool.Visibility.WORKSPACE)
    if user_id is None:
        return everybody
    by_name = Exists(guests.objects.filter(**{key: OuterRef("pk")}, user_id=user_id))
    by_team = Exists(teams.objects.filter(**{key: OuterRef("pk")}, team_id__in=team_ids_of(user_id)))
    named = Q(visibility__in=_NAMED) & (Q(by_name) | Q(by_team))
    return everybody | Q(owner_id=user_id) | named
