"""How deep a group of people really is: how many could be written to now, before anybody is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from crm.kernel.tenancy import current_workspace_id
from crm.models import ConsentState, EmailState, Message, SearchCandidate, Workspace
from crm.queries.do_not_contact import do_not_contact_q

_AUTOMATED = (Message.Kind.JOURNEY, Message.Kind.NEWSLETTER)


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


SENTENCES = {
    "bad_address": "no working address",
    "unsubscribed": "unsubscribed",
    "no_consent": "no consent in force",
    "do_not_contact": "do not contact",
    "in_process": "in a process already",
    "capped": "written to as often as they may be",
}


def depth(people: QuerySet[SearchCandidate], *, now: datetime) -> Depth:
    """The people by what stands in the way, strongest first; one statement."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    whens = [When(condition, then=Value(code)) for code, condition in _conditions(workspace, now)]
    hindrance = Case(*whens, default=Value("reachable"), output_field=CharField())
    found = people.annotate(automated=_automated(workspace, now), hindrance=hindrance)
    counts: dict[str, int] = dict(found.order_by().values_list("hindrance").annotate(Count("pk")))
    return Depth(
        people=sum(counts.values()),
        reachable=counts.get("reachable", 0),
        hindrances=tuple(Hindrance(code, text, counts.get(code, 0)) for code, text in SENTENCES.items()),
    )


def _conditions(workspace: Workspace, now: datetime) -> list[tuple[str, Any]]:
    in_force = Q(consent=ConsentState.GRANTED) & (Q(consent_expires_at=None) | Q(consent_expires_at__gt=now))
    recently = Q(last_contacted_at__gt=now - timedelta(days=workspace.minimum_gap_days))
    return [
        ("bad_address", ~Q(email_state=EmailState.OK)),
        ("unsubscribed", Q(unsubscribed_at__isnull=False)),
        ("no_consent", ~in_force),
        ("do_not_contact", do_not_contact_q(now=now, automated=True)),
        ("in_process", Q(in_process=True)),
        ("capped", recently | Q(automated__gte=workspace.cap_messages)),
    ]


def _automated(workspace: Workspace, now: datetime) -> Any:
    """How many automated messages each person got within the window of the cap."""
    since = now - timedelta(days=workspace.cap_days)
    sent = Message.objects.filter(
        candidate_id=OuterRef("pk"),
        direction=Message.Direction.OUT,
        kind__in=_AUTOMATED,
        sent_at__gt=since,
        sent_at__lte=now,
    )
    counted = sent.order_by().values("candidate_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0))
