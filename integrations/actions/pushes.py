"""Putting shortlisted people into the ATS: look first, then one action, a receipt per person."""

from collections.abc import Collection
from contextlib import closing
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import Requisition, User
from integrations.actions import connections
from integrations.actions.outgoing import look_up, person_of
from integrations.models import ExternalRef, Push, PushItem
from integrations.policies import preflight as policy
from integrations.policies.preflight import Judgment
from integrations.providers import registry
from integrations.providers.base import Connector, Person, Retryable, VendorFault
from integrations.queries.pushes import requisition_ref
from talentpools.models import ShortlistEntry

# Fewer people than this are not worth another worker.
PER_LANE = 5
State, Verdict = PushItem.State, PushItem.Verdict
TASKS: dict[str, str] = {
    State.CHECKING: "integrations.check_push",
    State.WAITING: "integrations.deliver_push",
    State.UNDOING: "integrations.undo_push",
}


CHOSEN = "To candidate {external_id}, as somebody here chose."
TAKEN_OFF = "Taken off the shortlist since the pre-flight."


class NotFromAts(DomainError):
    """This requisition is not connected to an ATS."""

    code = "no_connection"


class NobodyToPush(DomainError):
    """Nobody is on the shortlist."""

    code = "nobody"


class NoSuchMatch(DomainError):
    """The ATS named nobody like this for the person."""

    code = "no_such_match"


class NotReady(DomainError):
    """The pre-flight has not finished yet."""

    code = "not_ready"
    status = 409


@transaction.atomic
def prepare(
    *, requisition: Requisition, candidate_ids: Collection[int] | None = None, by: User | None
) -> Push:
    """Write down a pre-flight of the shortlist (or these people on it). Nothing is sent.

    What the same person looked at before and never confirmed is dropped; a colleague's pre-flight stays
    theirs. Pressed twice it is the one that is being asked about already.
    """
    ref = requisition_ref(requisition)
    if ref is None:
        raise NotFromAts
    entries = ShortlistEntry.objects.filter(requisition=requisition, candidate__merged_into=None)
    if candidate_ids is not None:
        entries = entries.filter(candidate_id__in=candidate_ids)
    people = list(entries.values_list("candidate_id", flat=True))
    if not people:
        raise NobodyToPush("Nobody of these is on the shortlist." if candidate_ids else "")
    mine = Push.objects.filter(requisition=requisition, created_by=by).select_for_update()
    for earlier in mine.filter(state__in=[Push.State.CHECKING, Push.State.READY]):
        asked = set(earlier.items.values_list("candidate_id", flat=True))
        if earlier.state == Push.State.CHECKING and asked == set(people):
            return earlier
        earlier.delete()
    push = Push.objects.create(connection=ref.connection, requisition=requisition, created_by=by)
    due = timezone.now() + timedelta(seconds=30)
    PushItem.objects.bulk_create([PushItem(push=push, candidate_id=pk, due_at=due) for pk in people])
    enqueue("integrations.check_push", push_id=push.pk)
    return push


def check(*, workspace_id: int, push_id: int, patience: float = 20.0) -> None:
    """Ask the ATS about every person of the pre-flight. Opens its own scopes: never inside one."""
    with workspace_scope(workspace_id):
        push = Push.objects.select_related("connection", "requisition").filter(pk=push_id).first()
        if push is None or push.state != Push.State.CHECKING:
            return
        access = connections.access_of(push.connection)
        people = {item.pk: person_of(item) for item in push.items.select_related("candidate")}
        external_id = _external_requisition(push)
    try:
        connector = registry.connector(push.connection.kind, access, lane="push", patience=patience)
        with closing(connector):
            closed = _closed(connector, external_id)
            judged = {pk: closed or _judgment(connector, who, external_id) for pk, who in people.items()}
    except Retryable as fault:
        with workspace_scope(workspace_id):
            again = timezone.now() + timedelta(seconds=20)
            waiting = PushItem.objects.filter(push=push_id, state=State.CHECKING)
            waiting.update(failure=fault.sentence[:300], due_at=again)
        raise
    with workspace_scope(workspace_id):
        for pk, judgment in judged.items():
            told = {
                "verdict": judgment.verdict,
                "detail": judgment.detail[:300],
                "matches": list(judgment.matches) or None,
                "state": State.CHECKED,
                "failure": "",
            }
            PushItem.objects.filter(pk=pk, state=State.CHECKING).update(**told, due_at=None)
        Push.objects.filter(pk=push_id, state=Push.State.CHECKING).update(state=Push.State.READY)


@transaction.atomic
def choose_match(*, item: PushItem, external_id: str, by: User | None) -> PushItem:
    """Say which of several candidates in the ATS this person is: they get the application. Another choice
    replaces the first.

    Raises NotReady outside a pre-flight, NoSuchMatch for anybody the ATS did not name.
    """
    push = Push.objects.select_for_update().get(pk=item.push_id)
    if push.state != Push.State.READY:
        raise NotReady
    if external_id not in (item.matches or ()):
        raise NoSuchMatch
    item.verdict, item.external_candidate_id = Verdict.ATTACH, external_id
    item.detail = CHOSEN.format(external_id=external_id)
    item.save(update_fields=["verdict", "external_candidate_id", "detail"])
    about = {"push": push.pk, "requisition": push.requisition_id, "external_id": external_id}
    ref = f"{item.pk}:{external_id}"
    events.record("push.match_chosen", candidate=item.candidate, by=by, ref=ref, data=about)
    return item


@transaction.atomic
def confirm(*, push: Push, by: User | None) -> Push:
    """Send everybody the pre-flight let through; the others are refused with its reason. Twice is once.

    Who was taken off the list since is not sent.
    """
    push = Push.objects.select_for_update().get(pk=push.pk)
    if push.state == Push.State.CHECKING:
        raise NotReady
    if push.state != Push.State.READY:
        return push
    checked = push.items.filter(state=State.CHECKED)
    listed = ShortlistEntry.objects.filter(requisition=push.requisition_id)
    here = listed.values("candidate_id")
    checked.exclude(Q(candidate__in=here) | Q(candidate__merged_into__in=here)).update(
        state=State.REFUSED, detail=TAKEN_OFF, finished_at=timezone.now()
    )
    checked.exclude(verdict__in=policy.SENDS).update(state=State.REFUSED, finished_at=timezone.now())
    count = push.items.filter(state=State.CHECKED).update(state=State.WAITING, due_at=None)
    Push.objects.filter(pk=push.pk).update(state=Push.State.SENDING)
    about = {"push": push.pk, "requisition": push.requisition_id}
    events.record("push.confirmed", by=by, ref=str(push.pk), data=about)
    _deliver(push, count)
    push.refresh_from_db()
    return push


@transaction.atomic
def send(*, requisition: Requisition, candidate_ids: Collection[int] | None = None, by: User | None) -> Push:
    """Push without stopping at the pre-flight; every person is still looked up before anything is written."""
    push = prepare(requisition=requisition, candidate_ids=candidate_ids, by=by)
    count = push.items.update(state=State.WAITING, due_at=None)
    Push.objects.filter(pk=push.pk).update(state=Push.State.SENDING)
    about = {"push": push.pk, "requisition": requisition.pk}
    events.record("push.confirmed", by=by, ref=str(push.pk), data=about)
    _deliver(push, count)
    push.refresh_from_db()
    return push


@transaction.atomic
def retry(*, push: Push) -> Push:
    """Try the failed people again; those delivered are left alone."""
    again = push.items.filter(state=State.FAILED)
    if count := again.update(state=State.WAITING, due_at=None, attempt=0, failure="", finished_at=None):
        Push.objects.filter(pk=push.pk).update(state=Push.State.SENDING, finished_at=None)
        _deliver(push, count)
    push.refresh_from_db()
    return push


@transaction.atomic
def wake() -> None:
    """Hint workers again about people of a push nobody is working on."""
    now = timezone.now()
    due = PushItem.objects.filter(state__in=TASKS).exclude(due_at__gt=now).exclude(lease_until__gt=now)
    stuck = PushItem.objects.filter(state=State.SENDING, lease_until__lte=now)
    for push_id, state in set((due | stuck).values_list("push_id", "state")):
        enqueue(TASKS.get(state, "integrations.deliver_push"), push_id=push_id)


def _deliver(push: Push, people: int) -> None:
    """Several workers at once, each person claimed by one of them; as many as the vendor bears."""
    lanes = registry.vendor(push.connection.kind).push_lanes
    for _ in range(max(1, min(lanes, people // PER_LANE))):
        enqueue("integrations.deliver_push", push_id=push.pk)


def _closed(connector: Connector, external_id: str) -> Judgment | None:
    try:
        if connector.is_open(external_id):
            return None
    except Retryable:
        raise
    except VendorFault as fault:
        return Judgment(Verdict.FORBIDDEN, fault.sentence)
    return Judgment(Verdict.FORBIDDEN, "The requisition is not open in the ATS.")


def _judgment(connector: Connector, person: Person, external_id: str) -> Judgment:
    try:
        return look_up(connector, person, external_id)[0]
    except Retryable:
        raise
    except VendorFault as fault:
        return Judgment(Verdict.FORBIDDEN, fault.sentence)


def _external_requisition(push: Push) -> str:
    ref = ExternalRef.objects.get(
        connection=push.connection, kind=ExternalRef.Kind.REQUISITION, object_id=push.requisition_id
    )
    return ref.external_id
