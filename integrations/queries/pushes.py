"""Who a push sends, and what came of it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, When

from crm.models import Requisition
from integrations.models import ExternalRef, Push, PushItem
from integrations.policies import preflight

_FIELDS = {"first_name": "first name", "last_name": "last name", "email": "e-mail address"}


State, Verdict = PushItem.State, PushItem.Verdict
VERDICTS = {
    Verdict.CREATE: "New candidate",
    Verdict.ATTACH: "New application",
    Verdict.ALREADY_THERE: "Already there",
    Verdict.CONFLICT: "Several match",
    Verdict.MISSING: "Missing",
    Verdict.FORBIDDEN: "Not allowed",
}
_STATES = {
    "done": ("In the ATS", (State.DONE,)),
    "failed": ("Failed", (State.FAILED,)),
    "refused": ("Not sent", (State.REFUSED,)),
    "waiting": ("On their way", (State.CHECKED, State.WAITING, State.SENDING)),
    "undone": ("Taken back", (State.UNDOING, State.UNDONE)),
}
_IN_THE_WAY = (Verdict.CONFLICT, Verdict.MISSING, Verdict.FORBIDDEN)
_SMALL = IntegerField()
WORKING = (Push.State.CHECKING, Push.State.SENDING, Push.State.UNDOING)


def is_undoable(item: PushItem) -> bool:
    """Whether this receipt made something in the ATS that has not been taken back."""
    made = item.verdict in (Verdict.CREATE, Verdict.ATTACH)
    return made and item.state == PushItem.State.DONE


def requisition_ref(requisition: Requisition) -> ExternalRef | None:
    """Where the requisition stands in an ATS, if it came from one."""
    refs = ExternalRef.objects.filter(kind=ExternalRef.Kind.REQUISITION, object_id=requisition.pk)
    return refs.select_related("connection").order_by("-read_at").first()


def items_of(push: Push) -> QuerySet[PushItem]:
    """The people of a push in the order of their names."""
    return push.items.select_related("candidate").order_by(
        "candidate__last_name", "candidate__first_name", "pk"
    )


def pushes_of(requisition: Requisition) -> QuerySet[Push]:
    """Pushes that were sent, newest first."""
    sent = Push.objects.filter(
        requisition=requisition, state__in=[Push.State.SENDING, Push.State.FINISHED, Push.State.UNDOING]
    )
    return sent.select_related("created_by").order_by("-pk")[:10]


def told(push: Push) -> dict[str, Any]:
    """What the page of a push says of all its people: the counts, and what they can be narrowed to."""
    items = push.items.order_by().values_list("verdict", "state")
    rows = list(items.annotate(people=Count("pk"), settled=Count("finished_at")))
    by_state = _summed((state, people) for _, state, people, _ in rows)
    made = (Verdict.CREATE, Verdict.ATTACH)
    return {
        "push": push,
        "requisition": push.requisition,
        "connection": push.connection,
        "total": sum(by_state.values()),
        "sends": sum(people for verdict, _, people, _ in rows if verdict in preflight.SENDS),
        "settled": sum(settled for *_, settled in rows),
        "undoable": sum(n for verdict, state, n, _ in rows if verdict in made and state == State.DONE),
        "failed": by_state[State.FAILED],
        "done": by_state[State.DONE],
        "undone": by_state[State.UNDONE],
        "undoing": by_state[State.UNDOING],
        "groups": _groups(push, by_state, _summed((verdict, people) for verdict, _, people, _ in rows)),
        "is_working": push.state in WORKING,
    }


def listed(push: Push, group: str) -> QuerySet[PushItem]:
    """The people of a push, those who need somebody first; `group` (one of `told`'s) narrows them."""
    if is_preflight(push):
        found = push.items.filter(verdict=group) if group in Verdict.values else push.items.all()
    else:
        found = push.items.filter(state__in=_STATES[group][1]) if group in _STATES else push.items.all()
    attention = Case(
        When(state=State.FAILED, then=0),
        When(verdict__in=_IN_THE_WAY, then=1),
        default=2,
        output_field=_SMALL,
    )
    return found.select_related("candidate").order_by(
        attention, "candidate__last_name", "candidate__first_name", "pk"
    )


def is_preflight(push: Push) -> bool:
    """Whether nothing was sent yet."""
    return push.state in (Push.State.CHECKING, Push.State.READY)


def _groups(push: Push, by_state: Counter[str], by_verdict: Counter[str]) -> list[tuple[str, str, int]]:
    if is_preflight(push):
        return [(value, word, by_verdict[value]) for value, word in VERDICTS.items() if by_verdict[value]]
    sums = [
        (value, word, sum(by_state[state] for state in states)) for value, (word, states) in _STATES.items()
    ]
    return [group for group in sums if group[2]]


def _summed(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, people in pairs:
        found[name] += people
    return found


def receipt(push: Push) -> dict[str, Any]:
    """The push and each person's receipt, as the API shows it."""
    return {
        "id": push.pk,
        "requisition": push.requisition_id,
        "connection": push.connection_id,
        "state": push.state,
        "created_at": push.created_at.isoformat(),
        "finished_at": push.finished_at.isoformat() if push.finished_at else None,
        "items": [_line(item) for item in items_of(push)],
    }


def reason(item: PushItem) -> str:
    """Why the ATS would not take the person, or what was done instead, in words."""
    if item.verdict != Verdict.MISSING or item.state in (State.DONE, State.UNDONE):
        return item.detail
    return ", ".join(_FIELDS.get(field.strip(), field.strip()) for field in item.detail.split(","))


def _line(item: PushItem) -> dict[str, Any]:
    is_missing = item.verdict == Verdict.MISSING
    return {
        "candidate": item.candidate_id,
        "name": item.candidate.full_name,
        "verdict": item.verdict,
        "missing": [field.strip() for field in item.detail.split(",")] if is_missing else [],
        "detail": "" if is_missing else item.detail,
        "matches": item.matches or [],
        "state": item.state,
        "attempts": item.attempt,
        "external_candidate_id": item.external_candidate_id,
        "external_application_id": item.external_application_id,
        "url": item.url,
        "failure": item.failure,
        "finished_at": item.finished_at.isoformat() if item.finished_at else None,
    }
