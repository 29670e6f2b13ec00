"""The journeys of two records of one person, when they become one and two again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from crm.actions import carrying, event_sets, rowsets
from crm.actions.carrying import Parting
from crm.models import Event
from journeys.models import Enrollment
from journeys.policies import exits

APP = "journeys"
REASON = "merged"
_INSIDE = (Enrollment.State.ACTIVE, Enrollment.State.HOLDOUT)
# What ending an enrollment writes over.
_STANDING = ("state", "exit_reason", "ended_at", "waits_for", "waits_why")


def follow(taken: Collection[Event], *, now: datetime) -> None:
    """Carry the enrollments of merged people, and give back those of undone merges. Twice is once.

    Step runs hang on their enrollment and mails on their person, so both stay attributed.
    """
    for parting in carrying.merges_among(taken, app=APP):
        _carry(parting, now)
    for parting in carrying.splits_among(taken, app=APP):
        _give_back(parting)


def _carry(parting: Parting, now: datetime) -> None:
    ended = _end_doubles(parting, now)
    moved = carrying.carry(app=APP, keep=parting.keep, other=parting.other)
    carrying.note_carried(parting, app=APP, data={"moved": moved, "ended": ended})


def _give_back(parting: Parting) -> None:
    given = parting.carried or {}
    carrying.give_back(app=APP, moved=given["moved"], keep=parting.keep, other=parting.other)
    still = Enrollment.objects.filter(
        pk__in=[row["id"] for row in given["ended"]], state=Enrollment.State.EXITED, exit_reason=REASON
    )
    ids = set(still.values_list("pk", flat=True))
    rowsets.update(Enrollment, [row for row in given["ended"] if row["id"] in ids])
    carrying.note_returned(parting, app=APP)


def _end_doubles(parting: Parting, now: datetime) -> Sequence[dict[str, Any]]:
    """Nobody walks through one journey twice at once: the way of the one kept goes on, the other ends.

    Returns the rows as they stood, for the undo.
    """
    beside = Enrollment.objects.filter(
        candidate_id=parting.keep, state__in=_INSIDE, journey=OuterRef("journey")
    )
    doubles = Enrollment.objects.filter(Exists(beside), candidate_id=parting.other, state__in=_INSIDE)
    rows = list(doubles.order_by("pk").values("id", "journey_id", *_STANDING))
    Enrollment.objects.filter(pk__in=[row["id"] for row in rows]).update(
        state=Enrollment.State.EXITED,
        exit_reason=REASON,
        ended_at=now,
        waits_for="",
        waits_why=exits.sentence_for(REASON),
    )
    for row in rows:
        data = {"journey": row.pop("journey_id"), "reason": REASON}
        event_sets.record_for([parting.keep], "journey.exited", at=now, data=data)
    return rows
