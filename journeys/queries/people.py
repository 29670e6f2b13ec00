"""What the scheduler must know about people: where they live, may we write, when they last heard from us."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models.functions import Coalesce

from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, DoNotContact, EmailState, Message, Workspace
from crm.policies import do_not_contact
from crm.policies.reachability import ContactFacts
from crm.queries import suppressions
from crm.queries.arrays import among
from crm.queries.do_not_contact import marks_of
from journeys.policies.persons import House, Person
from journeys.policies.pressure import Budget
from journeys.policies.zones import zone_for

Row = tuple[Any, ...]
_COLUMNS = (
    "pk", "email", "country", "city", "time_zone", "owner_id", "preferred_gap_days", "not_before",
    "topics_declined",
    "email_state", "consent", "consent_expires_at", "unsubscribed_at", "in_process",
    "archived_at", "anonymized_at", "merged_into_id", "current_company_folded",
)  # fmt: skip
_FOR_GOOD = datetime.max.replace(tzinfo=UTC)
# Longer than any gap a person can choose.
_MEMORY = timedelta(days=400)
_AUTOMATED = (Message.Kind.JOURNEY, Message.Kind.NEWSLETTER)
_NEVER_LEFT = (Message.State.FAILED, Message.State.CANCELED)


def house() -> House:
    """The workspace in scope."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    budget = Budget(timedelta(days=workspace.minimum_gap_days), workspace.cap_messages, workspace.cap_days)
    return House(zone_for(workspace.time_zone, workspace.country, "", "UTC"), budget)


def people(
    ids: Iterable[int], at_home: House, *, now: datetime, judged: Collection[int] | None = None
) -> dict[int, Person]:
    """These people by id; who does not exist here is left out.

    Marks and suppressed addresses are looked up for those in `judged` alone, who may be written to now.
    """
    wanted = list(ids)
    rows = list(Candidate.objects.filter(among("pk", wanted)).values_list(*_COLUMNS))
    asked = rows if judged is None else [row for row in rows if row[0] in judged]
    marks = marks_of({row[0]: (row[-1], row[1]) for row in asked}, now=now) if asked else {}
    refused = suppressions.suppressed({row[1] for row in asked if row[1]}) if asked else {}
    zone = at_home.zone.key or "UTC"
    return {row[0]: _person(row, zone, marks.get(row[0], []), row[1] in refused) for row in rows}


def heard_at(ids: Collection[int], *, now: datetime) -> dict[int, list[datetime]]:
    """When automated messages left for each of these people, or are about to, on the run's own clock."""
    found: dict[int, list[datetime]] = defaultdict(list)
    rows = (
        Message.objects.filter(
            among("candidate_id", ids), direction=Message.Direction.OUT, kind__in=_AUTOMATED
        )
        .exclude(state__in=_NEVER_LEFT)
        .annotate(left_at=Coalesce("step_runs__started_at", "sent_at", "due_at", "created_at"))
        .filter(left_at__gt=now - _MEMORY, left_at__lte=now)
        .values_list("candidate_id", "left_at")
    )
    for candidate_id, left_at in rows:
        found[candidate_id].append(left_at)
    return found


def _until(marks: list[DoNotContact]) -> datetime | None:
    """Until when these marks stop automated mail; for good is the end of time."""
    stopping = [mark for mark in marks if do_not_contact.blocks([mark], automated=True)]
    return max((mark.expires_at or _FOR_GOOD for mark in stopping), default=None)


def _person(row: Row, house_zone: str, marks: list[DoNotContact], is_suppressed: bool) -> Person:
    (pk, email, country, city, own_zone, owner_id, gap_days, not_before, topics,
     email_state, consent, expires_at, unsubscribed_at, in_process, *gone, _) = row  # fmt: skip
    return Person(
        id=pk,
        email=email,
        country=country,
        zone=zone_for(own_zone, country, city, house_zone),
        owner_id=owner_id,
        contact=ContactFacts(
            email_state=EmailState.SUPPRESSED if is_suppressed else email_state,
            consent=consent,
            consent_expires_at=expires_at,
            unsubscribed_at=unsubscribed_at,
        ),
        left_alone_until=_until(marks),
        in_process=in_process,
        is_gone=any(moment is not None for moment in gone),
        topics_declined=tuple(topics),
        preferred_gap_days=gap_days,
        not_before=not_before,
        topics_closed=do_not_contact.topics(marks),
        warnings=tuple(do_not_contact.warnings(marks, automated=True)),
    )
