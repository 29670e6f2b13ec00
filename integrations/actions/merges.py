"""References to the ATS of two records of one person, when they become one and two again."""

from django.db import transaction

from crm.actions import carrying, events
from crm.actions.carrying import Parting
from integrations.models import ExternalRef

APP = "integrations"
SUBSCRIBER = "integrations.follow_merges"


@transaction.atomic
def follow() -> int:
    """Let the ATS ids of merged people stand for the one kept, and back again. Twice is once.

    Returns how many merges and splits were followed. Applications and offers keep their references: they
    move with the person, under their own ids.
    """
    taken = events.take(SUBSCRIBER)
    merged = list(carrying.merges_among(taken, app=APP))
    for parting in merged:
        moved = carrying.carry(app=APP, keep=parting.keep, other=parting.other)
        carrying.note_carried(parting, app=APP, data={"moved": moved, "refs": _point(parting)})
    split = list(carrying.splits_among(taken, app=APP))
    for parting in split:
        given = parting.carried or {}
        carrying.give_back(app=APP, moved=given["moved"], keep=parting.keep, other=parting.other)
        refs = ExternalRef.objects.filter(pk__in=given["refs"], object_id=parting.keep)
        refs.update(object_id=parting.other)
        carrying.note_returned(parting, app=APP)
    return len(merged) + len(split)


def _point(parting: Parting) -> list[int]:
    refs = ExternalRef.objects.filter(kind=ExternalRef.Kind.CANDIDATE, object_id=parting.other)
    ids = list(refs.order_by("pk").values_list("pk", flat=True))
    ExternalRef.objects.filter(pk__in=ids).update(object_id=parting.keep)
    return ids
