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
from journeys.models import ContactBudget
from journeys.policies.persons import House, Person
from journeys.policies.pressure import Budget, Override, Overrides, Touch
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
# A mail by hand is heard as well as one that left by itself.
_HEARD = (Message.Kind.JOURNEY, Message.Kind.NEWSLETTER, Message.Kind.ONE_TO_ONE)
_NEVER_LEFT = (Message.State.FAILED, Message.State.CANCELED)


def house() -> House:
    """The workspace in scope."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    budget = Budget(timedelta(days=workspace.minimum_gap_days), workspace.cap_messages, workspace.cap_days)
    zone = zone_for(workspace.time_zone, workspace.country, "", "UTC")
    topics = overrides_of(None).get(None, {})
    return House(zone, budget, topics, workspace.sending_stopped_at is not None)


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
    paced = overrides_of({row[0] for row in asked}) if asked else {}
    zone = at_home.zone.key or "UTC"
    return {
        row[0]: _person(row, zone, marks.get(row[0], []), row[1] in refused, paced.get(row[0], {}))
        for row in rows
    }


def overrides_of(ids: Collection[int] | None) -> dict[int | None, Overrides]:
    """The numbers set for these people by topic; None asks for those of topics, which hold for everybody."""
    rows = (
        ContactBudget.objects.filter(candidate=None)
        if ids is None
        else ContactBudget.objects.filter(among("candidate_id", ids))
    )
    found: dict[int | None, dict[str, Override]] = defaultdict(dict)
    for candidate_id, topic, *numbers in rows.values_list(
        "candidate_id", "topic", "gap_days", "cap_messages", "cap_days"
    ):
        found[candidate_id][topic] = Override(*numbers)
    return dict(found)


def heard_at(ids: Collection[int], *, now: datetime) -> dict[int, list[Touch]]:
    """What left for each of these people, or is about to, and when, on the run's own clock."""
    found: dict[int, list[Touch]] = defaultdict(list)
    rows = (
        heard(now=now)
        .filter(among("candidate_id", ids))
        .values_list("candidate_id", "left_at", "topic", "step_runs__journey__name", "sender__name")
    )
    for candidate_id, left_at, topic, journey, sender in rows:
        found[candidate_id].append(Touch(left_at, topic, f"“{journey}”" if journey else sender or ""))
    return found


def heard(*, now: datetime) -> Any:
    """The mails that count in somebody's budget, each with when it left (`left_at`)."""
    return (
        Message.objects.filter(direction=Message.Direction.OUT, kind__in=_HEARD)
        .exclude(state__in=_NEVER_LEFT)
        .annotate(left_at=Coalesce("step_runs__started_at", "sent_at", "due_at", "created_at"))
        .filter(left_at__gt=now - _MEMORY, left_at__lte=now)
    )


def _until(marks: list[DoNotContact]) -> datetime | None:
    """Until when these marks stop automated mail; for good is the end of time."""
    stopping = [mark for mark in marks if do_not_contact.blocks([mark], automated=True)]
    return max((mark.expires_at or _FOR_GOOD for mark in stopping), default=None)


def _person(
    row: Row, house_zone: str, marks: list[DoNotContact], is_suppressed: bool, overrides: Overrides
) -> Person:
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
        overrides=overrides,
    )
