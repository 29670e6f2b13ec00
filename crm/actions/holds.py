"""Times a requisition was on hold, as an ATS tells them: in full, or only that it is on hold now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.actions import events
from crm.actions.events import NewEvent
from crm.models import RequisitionHold


@dataclass(frozen=True, slots=True)
class Told:
    """What the ATS says about one requisition: its holds, or whether it is held, as of a moment."""

    holds: Sequence[tuple[datetime, datetime | None]]
    is_held: bool
    at: datetime


def save_holds(told: Mapping[int, Told]) -> None:
    """Bring the holds of these requisitions up to date; telling the same twice changes nothing."""
    known: dict[int, dict[datetime, RequisitionHold]] = {pk: {} for pk in told}
    for hold in RequisitionHold.objects.filter(requisition__in=list(told)):
        known[hold.requisition_id][hold.started_at] = hold
    new: list[RequisitionHold] = []
    changed: list[RequisitionHold] = []
    for pk, word in told.items():
        for start, end in word.holds or _from_now(known[pk], word):
            held = known[pk].get(start)
            if held is None:
                new.append(RequisitionHold(requisition_id=pk, started_at=start, ended_at=end))
            elif held.ended_at != end:
                held.ended_at = end
                changed.append(held)
    RequisitionHold.objects.bulk_create(new)
    RequisitionHold.objects.bulk_update(changed, ["ended_at"])
    events.record_many(
        NewEvent(
            "requisition.held",
            None,
            None,
            hold.started_at,
            f"{hold.requisition_id}:{hold.started_at.isoformat()}",
            {"requisition": hold.requisition_id},
        )
        for hold in new
    )


def _from_now(
    known: Mapping[datetime, RequisitionHold], word: Told
) -> list[tuple[datetime, datetime | None]]:
    """Only the state is told: a hold begins or ends when the ATS last touched the requisition."""
    running = [hold.started_at for hold in known.values() if hold.ended_at is None]
    if word.is_held:
        return [] if running else [(word.at, None)]
    return [(start, max(start, word.at)) for start in running]
