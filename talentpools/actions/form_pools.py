"""Which form fills which pool, and the filling of it when somebody sends one."""

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction

from crm.actions import events
from crm.models import CaptureForm, User
from talentpools.actions import members
from talentpools.models import FormPool, Pool

FOLLOWER = "talentpools.follow_forms"


@transaction.atomic
def choose(*, form: CaptureForm, pools: Collection[Pool], by: User | None) -> None:
    """From now on whoever sends the form joins these pools; people who joined others stay there."""
    standing = FormPool.objects.filter(form=form)
    standing.exclude(pool__in=pools).delete()
    kept = set(standing.values_list("pool_id", flat=True))
    FormPool.objects.bulk_create(
        FormPool(form=form, pool=pool, added_by=by) for pool in pools if pool.pk not in kept
    )
    data = {"form": form.slug, "form_id": form.pk, "pools": sorted(pool.pk for pool in pools)}
    events.record("form.pools_chosen", by=by, data=data)


@transaction.atomic
def follow() -> int:
    """Put those who sent forms into the pools of these; returns how many submissions there were."""
    sent: dict[int, list[int]] = defaultdict(list)
    taken = events.take(FOLLOWER)
    for event in taken:
        form_id = event.data.get("form_id")
        if event.candidate_id and isinstance(form_id, int):
            sent[form_id].append(event.candidate_id)
    wanted = FormPool.objects.filter(form_id__in=sent, pool__archived_at=None).select_related("pool")
    for choice in wanted.order_by("pool_id", "pk"):
        members.add(pool=choice.pool, candidate_ids=sent[choice.form_id], by=choice.added_by)
    return len(taken)
