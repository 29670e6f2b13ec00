"""How deep a group of people really is: how many could be written to now, before anybody is.

The same list of reasons, in the same order, as enrolling them in a journey (`journeys/queries/entry.py`); who
is capped would be enrolled and wait their turn.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from crm.kernel.tenancy import current_workspace_id
from crm.models import ConsentState, EmailState, Message, SearchCandidate, Workspace
from crm.queries.do_not_contact import do_not_contact_q

REACHABLE = "reachable"
SENTENCES = {
    "bad_address": "no working address",
    "unsubscribed": "unsubscribed",
    "no_consent": "no consent in force",
    "do_not_contact": "do not contact",
    "in_process": "in a process already",
    "capped": "heard from us as often as they may",
}
_AUTOMATED = (Message.Kind.JOURNEY, Message.Kind.NEWSLETTER)
_NEVER_LEFT = (Message.State.FAILED, Message.State.CANCELED)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What keeps some of the people from being written to; each is counted under the first that holds."""

    code: str
    sentence: str
    people: int


@dataclass(frozen=True, slots=True)
class Depth:
    """`people` = `reachable` + those of every hindrance."""

    people: int
    reachable: int
    hindrances: tuple[Hindrance, ...]

    def of(self, code: str) -> int:
        """How many are reachable, or kept by this hindrance; everybody for no code."""
        counts = {row.code: row.people for row in self.hindrances} | {REACHABLE: self.reachable}
        return counts[code] if code else self.people


def depth(people: QuerySet[SearchCandidate], *, now: datetime) -> Depth:
    """The people by what stands in the way, strongest first; one statement."""
    found = people.annotate(hindrance=_hindrance(now))
    counts: dict[str, int] = dict(found.order_by().values_list("hindrance").annotate(Count("pk")))
    return Depth(
        people=sum(counts.values()),
        reachable=counts.get(REACHABLE, 0),
        hindrances=tuple(Hindrance(code, text, counts.get(code, 0)) for code, text in SENTENCES.items()),
    )


def within(people: QuerySet[SearchCandidate], code: str, *, now: datetime) -> QuerySet[SearchCandidate]:
    """Those of the people whom `depth` counts under this code, `reachable` included."""
    return people.alias(hindrance=_hindrance(now)).filter(hindrance=code)


def _hindrance(now: datetime) -> Case:
    workspace = Workspace.objects.get(pk=current_workspace_id())
    in_force = Q(consent=ConsentState.GRANTED) & (Q(consent_expires_at=None) | Q(consent_expires_at__gt=now))
    conditions: list[tuple[str, Any]] = [
        ("bad_address", ~Q(email_state=EmailState.OK)),
        ("unsubscribed", Q(unsubscribed_at__isnull=False)),
        ("no_consent", ~in_force),
        ("do_not_contact", do_not_contact_q(now=now, automated=True)),
        ("in_process", Q(in_process=True)),
        ("capped", _capped(workspace, now)),
    ]
    whens = [When(condition, then=Value(code)) for code, condition in conditions]
    return Case(*whens, default=Value(REACHABLE), output_field=CharField())


def _capped(workspace: Workspace, now: datetime) -> Q:
    """Contact pressure: the gap since the last automated message, the person's own first, and the cap."""
    days = Coalesce(OuterRef("preferred_gap_days"), Value(workspace.minimum_gap_days))
    gap = Func(
        days, function="make_interval", template="%(function)s(days => %(expressions)s)",
        output_field=DurationField(),
    )  # fmt: skip
    free_at = ExpressionWrapper(F("left_at") + gap, output_field=DateTimeField())
    capped = Q(Exists(_sent(now).annotate(free_at=free_at).filter(free_at__gt=now)))
    if not workspace.cap_messages:
        return capped
    inside = _sent(now).filter(left_at__gt=now - timedelta(days=workspace.cap_days))
    counted = inside.values("candidate_id").annotate(n=Count("pk")).values("n")
    return capped | Q(Exists(counted.filter(n__gte=workspace.cap_messages)))


def _sent(now: datetime) -> Any:
    """The automated messages to one person that left, or are about to."""
    sent = Message.objects.filter(
        candidate_id=OuterRef("pk"), direction=Message.Direction.OUT, kind__in=_AUTOMATED
    ).exclude(state__in=_NEVER_LEFT)
    left_at = Coalesce("sent_at", "due_at", "created_at")
    return sent.order_by().annotate(left_at=left_at).filter(left_at__lte=now)
