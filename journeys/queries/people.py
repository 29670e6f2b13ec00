"""What the scheduler must know about people: where they live, may we write, when they last heard from us."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.functions import Coalesce

from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, DoNotContact, Message, Workspace
from crm.policies import do_not_contact, reachability
from crm.queries.do_not_contact import marks_of
from journeys.policies.calendars import calendar_for
from journeys.policies.file_format import JourneyFile
from journeys.policies.pressure import Budget, budget_for
from journeys.policies.timing import Place, at_wall
from journeys.policies.zones import zone_for

_COLUMNS = (
    "pk", "email", "country", "city", "time_zone", "owner_id", "preferred_gap_days", "not_before",
    "topics_declined",
    "email_state", "consent", "consent_expires_at", "unsubscribed_at", "do_not_contact_at", "in_process",
    "archived_at", "anonymized_at", "merged_into_id", "current_company_folded",
)  # fmt: skip
# Longer than any gap a person can choose.
_MEMORY = timedelta(days=400)
_AUTOMATED = (Message.Kind.JOURNEY, Message.Kind.NEWSLETTER)
_NEVER_LEFT = (Message.State.FAILED, Message.State.CANCELED)


@dataclass(frozen=True, slots=True)
class House:
    """What the workspace says about time and pressure."""

    zone: ZoneInfo
    budget: Budget


@dataclass(frozen=True, slots=True)
class Person:
    """One person as the scheduler sees them; `block` is the strongest reason not to write, if any."""

    id: int
    email: str
    country: str
    zone: ZoneInfo
    owner_id: int | None
    block: str
    in_process: bool
    is_gone: bool
    topics_declined: tuple[str, ...]
    preferred_gap_days: int | None
    not_before: date | None
    # Topics a colleague closed for this person or their company, and what to read before writing.
    topics_closed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def place(self, holidays: str) -> Place:
        """Where the person lives, with the holidays a journey asks for."""
        return Place(self.zone, calendar_for(holidays, self.country))

    def window_place(self, journey: JourneyFile, house: House) -> Place:
        """The clock the journey's window is read on."""
        named = journey.settings.window.zone if journey.settings.window else "candidate"
        zone = self.zone
        if named != "candidate":
            zone = house.zone if named == "workspace" else ZoneInfo(named)
        return Place(zone, calendar_for(journey.settings.holidays, self.country))

    def budget(self, house: House) -> Budget:
        """How often this person may hear from us."""
        return budget_for(house.budget, self.preferred_gap_days)

    def earliest(self) -> datetime | None:
        """The start of the day the person asked to hear from us again."""
        return at_wall(self.not_before, time(0), self.zone) if self.not_before else None


def house() -> House:
    """The workspace in scope."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    budget = Budget(timedelta(days=workspace.minimum_gap_days), workspace.cap_messages, workspace.cap_days)
    return House(zone_for(workspace.time_zone, workspace.country, "", "UTC"), budget)


def people(ids: Iterable[int], at_home: House, *, now: datetime) -> dict[int, Person]:
    """These people by id; who does not exist here is left out."""
    wanted = list(ids)
    rows = list(Candidate.objects.filter(pk__in=wanted).values(*_COLUMNS))
    whom = {row["pk"]: (row["current_company_folded"], row["email"]) for row in rows}
    marks = marks_of(whom, now=now)
    return {row["pk"]: _person(row, at_home, marks[row["pk"]], now) for row in rows}


def heard_at(ids: Collection[int], *, now: datetime) -> dict[int, list[datetime]]:
    """When automated messages left for each of these people, or are about to, on the run's own clock."""
    found: dict[int, list[datetime]] = defaultdict(list)
    rows = (
        Message.objects.filter(candidate_id__in=ids, direction=Message.Direction.OUT, kind__in=_AUTOMATED)
        .exclude(state__in=_NEVER_LEFT)
        .annotate(left_at=Coalesce("step_runs__started_at", "sent_at", "due_at", "created_at"))
        .filter(left_at__gt=now - _MEMORY, left_at__lte=now)
        .values_list("candidate_id", "left_at")
    )
    for candidate_id, left_at in rows:
        found[candidate_id].append(left_at)
    return found


def _person(row: dict[str, Any], at_home: House, marks: list[DoNotContact], now: datetime) -> Person:
    facts = reachability.ContactFacts(
        email_state=row["email_state"],
        consent=row["consent"],
        consent_expires_at=row["consent_expires_at"],
        unsubscribed_at=row["unsubscribed_at"],
        is_do_not_contact=do_not_contact.blocks(marks, automated=True),
    )
    blocks = reachability.reasons(facts, now=now)
    return Person(
        id=row["pk"],
        email=row["email"],
        country=row["country"],
        zone=zone_for(row["time_zone"], row["country"], row["city"], at_home.zone.key or "UTC"),
        owner_id=row["owner_id"],
        block=blocks[0] if blocks else "",
        in_process=row["in_process"],
        is_gone=any(row[name] is not None for name in ("archived_at", "anonymized_at", "merged_into_id")),
        topics_declined=tuple(row["topics_declined"]),
        preferred_gap_days=row["preferred_gap_days"],
        not_before=row["not_before"],
        topics_closed=do_not_contact.topics(marks),
        warnings=tuple(do_not_contact.warnings(marks, automated=True)),
    )
