"""Who may see a pool or a segment, and an administrator's recorded look at what was not shared with them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import Membership, Team, User
from talentpools.models import AccessOverride, Pool, PoolGuest, PoolTeam, Segment, SegmentGuest, SegmentTeam
from talentpools.queries import visibility

OVERRIDE_LASTS = timedelta(hours=1)


class NotTheOwner(DomainError):
    """Only the owner decides who may see this."""

    code = "not_the_owner"
    status = 403


class ReasonMissing(DomainError):
    """Say why you need to look at what was not shared with you."""

    code = "reason_missing"


@transaction.atomic
def name_guests(
    *, kept: Pool | Segment, user_ids: Collection[int], team_ids: Collection[int] = (), by: User | None
) -> None:
    """Exactly these colleagues and teams, beside the owner, may see the pool or segment if it is not open.

    Refuses anybody but the owner once it is not open. People and teams of elsewhere are passed over.
    """
    guests, teams, key = _tables(kept)
    here = Membership.objects.filter(workspace_id=current_workspace_id(), user_id__in=user_ids)
    users = set(here.values_list("user_id", flat=True))
    known_teams = set(Team.objects.filter(pk__in=team_ids).values_list("pk", flat=True))
    is_changed = _replace(guests, {key: kept.pk}, "user_id", users)
    is_changed |= _replace(teams, {key: kept.pk}, "team_id", known_teams)
    if is_changed:
        check_owner(kept, by)
        events.record(
            f"{key.removesuffix('_id')}.guests_named",
            by=by,
            data={key.removesuffix("_id"): kept.pk, "guests": len(users), "teams": len(known_teams)},
        )


def check_owner(kept: Pool | Segment, by: User | None) -> None:
    """Refuse somebody who may see what is not open but does not own it; an open override lets them."""
    if by is None or kept.owner_id in (None, by.pk) or kept.visibility == Pool.Visibility.WORKSPACE:
        return
    if visibility.open_override(by.pk) is None:
        raise NotTheOwner(f"Only {kept.owner} decides who may see “{kept}”.")


@transaction.atomic
def override(*, reason: str, by: User, now: datetime) -> AccessOverride:
    """Let an administrator see every pool and segment for an hour; each one looked at is recorded."""
    if not reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.__doc__ or ""})
    opened = AccessOverride.objects.create(
        user=by, reason=reason.strip()[:400], opened_at=now, expires_at=now + OVERRIDE_LASTS
    )
    events.record("access.override_opened", by=by, at=now, data={"override": opened.pk})
    return opened


@transaction.atomic
def end_override(*, opened: AccessOverride, by: User, now: datetime) -> None:
    """Close it before its hour is over. Twice is once."""
    if AccessOverride.objects.filter(pk=opened.pk, expires_at__gt=now).update(expires_at=now):
        events.record("access.override_closed", by=by, at=now, data={"override": opened.pk})


@transaction.atomic
def note_look(*, kept: Pool | Segment, by: User) -> AccessOverride | None:
    """Record that what is about to be shown was reached by an override; None when it was not. Once each."""
    opened = visibility.open_override(by.pk)
    if opened is None or visibility.is_named(kept, user_id=by.pk):
        return None
    noun = "segment" if isinstance(kept, Segment) else "pool"
    data = {noun: kept.pk, "override": opened.pk}
    events.record(f"{noun}.seen_by_override", by=by, ref=f"{opened.pk}:{kept.pk}", data=data)
    return opened


def _tables(kept: Pool | Segment) -> tuple[Any, Any, str]:
    if isinstance(kept, Segment):
        return SegmentGuest, SegmentTeam, "segment_id"
    return PoolGuest, PoolTeam, "pool_id"


def _replace(model: Any, of: dict[str, int], column: str, wanted: set[int]) -> bool:
    """Make the rows exactly the wanted ones; whether anything changed."""
    known = set(model.objects.filter(**of).values_list(column, flat=True))
    model.objects.filter(**of, **{f"{column}__in": known - wanted}).delete()
    model.objects.bulk_create([model(**of, **{column: pk}) for pk in sorted(wanted - known)])
    return known != wanted
