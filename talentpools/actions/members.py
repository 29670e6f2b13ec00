"""Putting people into pools and taking them out, many at a time, with a receipt that can be undone."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crm.actions import event_sets
from crm.kernel.errors import DomainError
from crm.models import SearchCandidate, User
from crm.queries.merged import merged_into
from talentpools.models import Member, Pool, Receipt

BATCH = 5_000


class AlreadyUndone(DomainError):
    """This was undone before."""

    code = "already_undone"
    status = 409


@transaction.atomic
def add(*, pool: Pool, candidate_ids: Sequence[int], by: User | None) -> Receipt:
    """Put the people in the pool. Those already in, archived or unknown are counted as unchanged."""
    wanted = set(candidate_ids)
    living = SearchCandidate.objects.filter(pk__in=wanted).values_list("pk", flat=True)
    present = Member.objects.filter(pool=pool, left_at=None, candidate_id__in=wanted)
    new = sorted(set(living) - set(present.values_list("candidate_id", flat=True)))
    now = timezone.now()
    _enter(pool, new, by, now)
    return _receipt(Receipt.Kind.POOL_ADD, pool, new, len(wanted) - len(new), (by, now))


@transaction.atomic
def remove(*, pool: Pool, candidate_ids: Sequence[int], by: User | None) -> Receipt:
    """Take the people out of the pool; the stay is kept as history. Those not in are unchanged."""
    wanted = set(candidate_ids)
    gone = _leave(pool, sorted(wanted), by)
    return _receipt(Receipt.Kind.POOL_REMOVE, pool, gone, len(wanted) - len(gone), (by, timezone.now()))


@transaction.atomic
def undo(*, receipt: Receipt, by: User | None) -> Receipt:
    """Take an addition or removal back. Refuses the second time; people moved since then stay as they are."""
    now = timezone.now()
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if receipt.undone_at is not None:
        raise AlreadyUndone
    pool = Pool.objects.get(pk=receipt.target_id)
    ids: list[int] = receipt.undo["candidates"]
    called = merged_into(ids)
    if receipt.kind == Receipt.Kind.POOL_ADD:
        # Somebody merged since left their stay to whoever they are now.
        theirs = Member.objects.filter(
            pool=pool, candidate_id__in=called.values(), entered_at=receipt.made_at, left_at=None
        )
        _leave(pool, [*ids, *theirs.values_list("candidate_id", flat=True)], by)
    else:
        ids = [called.get(pk, pk) for pk in ids]
        living = SearchCandidate.objects.filter(pk__in=ids).values_list("pk", flat=True)
        present = Member.objects.filter(pool=pool, left_at=None, candidate_id__in=ids)
        _enter(pool, sorted(set(living) - set(present.values_list("candidate_id", flat=True))), by, now)
    receipt.undone_at = now
    receipt.save(update_fields=["undone_at"])
    return receipt


def _enter(pool: Pool, candidate_ids: Sequence[int], by: User | None, now: datetime) -> None:
    stays = [Member(pool=pool, candidate_id=pk, added_by=by, entered_at=now) for pk in candidate_ids]
    Member.objects.bulk_create(stays, batch_size=BATCH)
    event_sets.record_for(candidate_ids, "pool.candidate_added", by=by, at=now, data={"pool": pool.pk})


def _leave(pool: Pool, candidate_ids: Sequence[int], by: User | None) -> list[int]:
    now = timezone.now()
    stays = Member.objects.filter(pool=pool, left_at=None, candidate_id__in=candidate_ids)
    gone = sorted(stays.select_for_update(of=("self",)).values_list("candidate_id", flat=True))
    stays.update(left_at=now)
    event_sets.record_for(gone, "pool.candidate_removed", by=by, at=now, data={"pool": pool.pk})
    return gone


def _receipt(
    kind: str, pool: Pool, changed: Sequence[int], unchanged: int, made: tuple[User | None, datetime]
) -> Receipt:
    return Receipt.objects.create(
        kind=kind,
        target_id=pool.pk,
        changed=len(changed),
        unchanged=unchanged,
        undo={"candidates": list(changed)},
        made_by=made[0],
        made_at=made[1],
    )
