"""The queue of pairs that may be one person: what finds them, and what a person says about them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crm.actions import events, rowsets
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, DuplicatePair, Event, User, Workspace
from crm.policies import duplicates
from crm.queries.duplicates import queue as open_pairs
from crm.queries.likenesses import likenesses

# From so many changed people on, looking at everybody is cheaper.
MANY = 20_000
# A transaction may commit its events this much later than they are stamped.
_LATE = timedelta(minutes=5)
_CHANGES = ("candidate.created", "candidate.changed", "candidate.merged", "candidate.split")
_LIKELIER = """
    ON CONFLICT (workspace_id, first_id, second_id) DO UPDATE
    SET score = excluded.score, signs = excluded.signs
    WHERE crm_duplicatepair.state = 'open' AND crm_duplicatepair.score < excluded.score
"""


@transaction.atomic
def look(*, now: datetime, everybody: bool = False) -> int:
    """Queue pairs among people who are new or changed since the last look; returns how many pairs were seen.

    The first look, and one asked for with `everybody`, goes over all people. Twice is once.
    """
    workspace = Workspace.objects.get(pk=current_workspace_id())
    changed = None if everybody else _changed_since(workspace.duplicates_checked_at)
    if changed == set():
        return 0
    found = likenesses(changed)
    kept = {pair: signs for pair, signs in found.items() if _is_worth_asking(signs)}
    queue(kept, now=now)
    Workspace.objects.filter(pk=workspace.pk).update(duplicates_checked_at=now)
    return len(kept)


def queue(found: Mapping[tuple[int, int], Collection[str]], *, now: datetime) -> None:
    """Put pairs up for a person to decide; those decided before stay decided. One statement, and a count."""
    rows = [
        {"first_id": min(pair), "second_id": max(pair), "score": duplicates.likelihood(signs),
         "signs": sorted(signs), "state": "open", "found_at": now.isoformat(), "failure": ""}
        for pair, signs in found.items()
    ]  # fmt: skip
    if rowsets.insert(DuplicatePair, rows, on_conflict=_LIKELIER):
        recount()


def queue_conflict(record_ids: Iterable[int], *, signs: Collection[str], now: datetime) -> None:
    """Records that one address or profile belongs to: each is asked about beside the oldest."""
    oldest, *others = sorted(set(record_ids))
    queue({(oldest, other): signs for other in others}, now=now)


@transaction.atomic
def ask(*, one: Candidate, other: Candidate) -> DuplicatePair:
    """The question whether these two are one person; asked again if it was decided."""
    first, second = sorted((one.pk, other.pk))
    signs = likenesses([first]).get((first, second)) or {"name"}
    queue({(first, second): signs}, now=timezone.now())
    pair = DuplicatePair.objects.get(first_id=first, second_id=second)
    reopen(pair_ids=[pair.pk])
    return DuplicatePair.objects.get(pk=pair.pk)


@transaction.atomic
def dismiss(*, pair_ids: Collection[int], by: User | None = None) -> int:
    """These are different people, for good; returns the receipt with which `undo` asks again."""
    rows = DuplicatePair.objects.filter(pk__in=pair_ids, state=DuplicatePair.State.OPEN)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.filter(pk__in=ids).update(
        state=DuplicatePair.State.DISMISSED, decided_by=by, decided_at=timezone.now()
    )
    recount()
    receipt = events.record("duplicates.dismissed", by=by, data={"pairs": ids})
    assert receipt is not None
    return receipt.pk


@transaction.atomic
def undo(*, receipt: int, by: User | None = None) -> int:
    """Ask about these pairs again; returns how many."""
    given = events.taken_back(receipt=receipt, kind="duplicates.dismissed", by=by)
    return reopen(pair_ids=given["pairs"])


@transaction.atomic
def reopen(*, pair_ids: Collection[int]) -> int:
    """Pairs somebody said are different people are asked about again."""
    rows = DuplicatePair.objects.filter(pk__in=pair_ids, state=DuplicatePair.State.DISMISSED)
    count = rows.update(state=DuplicatePair.State.OPEN, decided_by=None, decided_at=None)
    recount()
    return count


def settle(*, keep_id: int, other_id: int, receipt: int, by: User | None) -> None:
    """The two were merged: the question about them is answered."""
    pair = DuplicatePair.objects.filter(first_id=min(keep_id, other_id), second_id=max(keep_id, other_id))
    if pair.update(
        state=DuplicatePair.State.MERGED, receipt_id=receipt, decided_by=by, decided_at=timezone.now()
    ):
        recount()


def ask_again(*, receipt: int) -> None:
    """The merge was undone: the question is open again."""
    if DuplicatePair.objects.filter(receipt_id=receipt).update(
        state=DuplicatePair.State.OPEN, receipt_id=None, decided_by=None, decided_at=None
    ):
        recount()


def recount() -> None:
    """Keep the number the navigation shows."""
    Workspace.objects.filter(pk=current_workspace_id()).update(duplicates_open=open_pairs().count())


def _is_worth_asking(signs: Collection[str]) -> bool:
    return duplicates.likelihood(signs) >= duplicates.LEAST_QUEUED


def _changed_since(last: datetime | None) -> set[int] | None:
    """Who changed; None for everybody."""
    if last is None:
        return None
    facts = Event.objects.filter(Q(kind__in=_CHANGES), occurred_at__gt=last - _LATE)
    found = facts.exclude(candidate=None).values_list("candidate_id", flat=True).distinct()[: MANY + 1]
    people = {pk for pk in found if pk is not None}
    return None if len(people) > MANY else people
