from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import contact_points, events, tags, upserts
from crm.actions.events import NewEvent
from crm.kernel.errors import DomainError
from crm.models import Candidate, Stage, User
from crm.policies import people
from crm.policies.people import Basis, InvalidPerson
from crm.queries import people as surroundings
from crm.queries.duplicates import same_people


class InvalidCandidate(DomainError):
    """Some values are not right."""

    code = "invalid"
    status = 400


class DuplicateCandidate(DomainError):
    """This person is already here."""

    code = "duplicate"
    status = 409


class CannotAdd(DomainError):
    """This person cannot be added."""


@transaction.atomic
def create(
    *, given: Mapping[str, Any], origin: str, by: User | None = None, basis: Basis | None = None
) -> Candidate:
    """A new candidate from values named as in the API; their lawful basis is recorded with them.

    Refuses values that cannot be stored (with each field's reason) and somebody who is here already.
    """
    person = _read(given, basis)
    if same := same_people(person):
        found = ", ".join(str(candidate.pk) for candidate in same)
        raise DuplicateCandidate(
            f"This person is already here (candidate {found}).", fields={"candidate": found}
        )
    outcome = upserts.Upsert([person], origin, timezone.now(), by).run()[0]
    if outcome.candidate_id is None:
        refusal = CannotAdd(outcome.reason)
        refusal.code = outcome.code
        raise refusal
    return Candidate.objects.get(pk=outcome.candidate_id)


@transaction.atomic
def change(*, candidate: Candidate, given: Mapping[str, Any], by: User | None = None) -> Candidate:
    """Set the fields given and no others; each is stamped, so that older ATS values never overwrite it.

    `email` becomes the primary address; `emails`, `phones`, `links`, `skills` and `tags` say the whole list.
    """
    person = _read(given, None)
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    changed = _set_columns(locked, person.columns) | _set_custom(locked, person.custom)
    _stamp(locked, changed)
    contact_points.replace(candidate=locked, given=given, contacts=person.contacts)
    if "skills" in given:
        tags.replace_skills(candidate=locked, names=person.skills)
    if "tags" in given:
        tags.replace_tags(candidate=locked, names=person.tags)
    changed |= given.keys() & {"email", "phone", "link", "emails", "phones", "links", "skills", "tags"}
    if changed:
        events.record(
            "candidate.changed",
            candidate=locked,
            by=by,
            data={"fields": sorted(name.removesuffix("_id") for name in changed)},
        )
    return Candidate.objects.get(pk=locked.pk)


def set_stage(*, candidate_ids: Collection[int], stage: str, by: User | None = None, means: str = "") -> int:
    """Move people to a CRM stage; returns the receipt, with which `undo_stages` puts them back.

    Those in the stage already are left alone. `means` says what moved them when it was not a hand: reply or
    journey. Raises InvalidCandidate for an unknown stage.
    """
    if stage not in Stage.values:
        raise InvalidCandidate(fields={"stage": f"One of {', '.join(Stage.values)}."})
    with transaction.atomic():
        people_ = Candidate.objects.select_for_update().filter(pk__in=candidate_ids, anonymized_at=None)
        before = dict(people_.exclude(stage=stage).order_by("pk").values_list("pk", "stage"))
        _move(dict.fromkeys(before, stage), before, by, means)
        return _receipt("candidates.stage_set", {"stage": stage, "before": _grouped(before)}, by)


@transaction.atomic
def undo_stages(*, receipt: int, by: User | None = None) -> int:
    """Put people back where the receipt found them, but for those moved on since; returns how many."""
    given = events.taken_back(receipt=receipt, kind="candidates.stage_set", by=by)
    before = {pk: stage for stage, ids in given["before"].items() for pk in ids}
    people_ = Candidate.objects.select_for_update().filter(pk__in=before, stage=given["stage"])
    still = list(people_.values_list("pk", flat=True))
    _move({pk: before[pk] for pk in still}, dict.fromkeys(still, given["stage"]), by)
    return len(still)


def archive(*, candidate_ids: Collection[int], by: User | None = None) -> int:
    """Take people out of lists, segments and searches; nothing is deleted. Twice is once."""
    return _set_archived(candidate_ids, timezone.now(), "candidate.archived", by)


def restore(*, candidate_ids: Collection[int], by: User | None = None) -> int:
    """Bring archived people back into lists and searches."""
    return _set_archived(candidate_ids, None, "candidate.restored", by)


def _read(given: Mapping[str, Any], basis: Basis | None) -> people.Person:
    try:
        return people.read(
            given,
            custom_fields=surroundings.custom_fields() if given.get("custom") else {},
            members=surroundings.member_ids() if given.get("owner") else {},
            basis=basis,
        )
    except InvalidPerson as wrong:
        raise InvalidCandidate(fields=wrong.fields) from wrong


def _set_columns(candidate: Candidate, columns: Mapping[str, Any]) -> set[str]:
    changed = {name for name, value in columns.items() if _stored(getattr(candidate, name)) != value}
    if "stage" in changed:
        moved = {"from": candidate.stage, "to": columns["stage"]}
        events.record("stage.changed", candidate=candidate, data=moved)
    for name in changed:
        setattr(candidate, name, columns[name])
    return changed


def _set_custom(candidate: Candidate, custom: Mapping[str, Any]) -> set[str]:
    changed = {key for key, value in custom.items() if candidate.custom.get(key) != value}
    merged = candidate.custom | dict(custom)
    candidate.custom = {key: value for key, value in merged.items() if value is not None}
    return {f"custom.{key}" for key in changed}


def _stamp(candidate: Candidate, changed: Collection[str]) -> None:
    if not changed:
        return
    moment = timezone.now().isoformat()
    candidate.edited_fields = candidate.edited_fields | {n.removesuffix("_id"): moment for n in changed}
    columns = {"custom" if name.startswith("custom.") else name.removesuffix("_id") for name in changed}
    candidate.save(update_fields=[*columns, "edited_fields", "updated_at"])


def _move(stages: Mapping[int, str], before: Mapping[int, str], by: User | None, means: str = "") -> None:
    now = timezone.now()
    for stage, ids in _grouped(stages).items():
        Candidate.objects.filter(pk__in=ids).update(stage=stage, updated_at=now)
    actor, how = by.pk if by else None, {"by": means} if means else {}
    events.record_many(
        NewEvent("stage.changed", pk, actor, now, data={"from": before[pk], "to": stage} | how)
        for pk, stage in stages.items()
    )


def _grouped(stages: Mapping[int, str]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = {}
    for pk, stage in stages.items():
        grouped.setdefault(stage, []).append(pk)
    return grouped


def _receipt(kind: str, data: dict[str, Any], by: User | None) -> int:
    receipt = events.record(kind, by=by, data=data)
    assert receipt is not None
    return receipt.pk


@transaction.atomic
def _set_archived(ids: Collection[int], at: datetime | None, kind: str, by: User | None) -> int:
    wanted = Candidate.objects.filter(pk__in=ids, archived_at__isnull=at is not None, anonymized_at=None)
    found = list(wanted.values_list("pk", flat=True))
    Candidate.objects.filter(pk__in=found).update(archived_at=at, updated_at=timezone.now())
    events.record_many(NewEvent(kind, pk, by.pk if by else None) for pk in found)
    return len(found)


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
