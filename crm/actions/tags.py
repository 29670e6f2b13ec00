"""Tags and skills: words people are filed under and what they can do."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import events, rowsets
from crm.actions.events import NewEvent
from crm.kernel.errors import DomainError
from crm.models import Candidate, CandidateSkill, CandidateTag, Skill, Tag, User
from crm.policies.candidate_fields import words
from crm.queries.duplicates import folded_words
from crm.queries.vocabulary import skills_meant


class NoTag(DomainError):
    """Type the tag you want to add."""

    code = "no_tag"


@transaction.atomic
def add(*, candidate_ids: Collection[int], name: str, by: User | None = None) -> int:
    """Tag people; returns the receipt with which `undo` takes the tag off those who got it now."""
    names = words([name])
    if not names:
        raise NoTag(fields={"tag": "Type the tag you want to add."})
    tag_id = next(iter(_ids(Tag, names).values()))
    have = CandidateTag.objects.filter(tag_id=tag_id).values("candidate_id")
    fresh = list(
        Candidate.objects.filter(pk__in=candidate_ids, anonymized_at=None)
        .exclude(pk__in=have)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    rowsets.insert(CandidateTag, [{"candidate_id": pk, "tag_id": tag_id} for pk in fresh])
    _changed(fresh, "tags", by)
    receipt = events.record("candidates.tagged", by=by, data={"tag": tag_id, "candidates": fresh})
    assert receipt is not None
    return receipt.pk


@transaction.atomic
def undo(*, receipt: int, by: User | None = None) -> int:
    """Take the tag off again; returns from how many."""
    given = events.taken_back(receipt=receipt, kind="candidates.tagged", by=by)
    rows = CandidateTag.objects.filter(tag_id=given["tag"], candidate_id__in=given["candidates"])
    tagged = list(rows.values_list("candidate_id", flat=True))
    rows.delete()
    _changed(tagged, "tags", by)
    return len(tagged)


def replace_tags(*, candidate: Candidate, names: Sequence[str]) -> None:
    """These are the person's tags and no others."""
    _replace(candidate, names, CandidateTag, Tag, "tag_id")


def replace_skills(*, candidate: Candidate, names: Sequence[str]) -> None:
    """These are the person's skills and no others."""
    _replace(candidate, names, CandidateSkill, Skill, "skill_id")


@transaction.atomic
def add_skills(*, candidate: Candidate, names: Sequence[str], by: User | None = None) -> None:
    """These skills too; those the person has stay."""
    rows = [{"candidate_id": candidate.pk, "skill_id": pk} for pk in _ids(Skill, names).values()]
    if rowsets.insert(CandidateSkill, rows):
        _changed([candidate.pk], "skills", by)


@transaction.atomic
def _replace(
    candidate: Candidate, names: Sequence[str], model: type[Any], words_: type[Any], column: str
) -> None:
    wanted = set(_ids(words_, names).values())
    model.objects.filter(candidate=candidate).exclude(**{f"{column}__in": wanted}).delete()
    rowsets.insert(model, [{"candidate_id": candidate.pk, column: pk} for pk in sorted(wanted)])


def _ids(words_: type[Any], names: Sequence[str]) -> dict[str, int]:
    """The words' ids by their folded form; those nobody used yet are made."""
    folded = {fold: name for name, fold in folded_words(names).items()}
    if words_ is Skill:
        meant = skills_meant(folded)
        folded = dict(meant.get(fold, (fold, name)) for fold, name in folded.items())
    rowsets.insert(words_, [{"name": name, "folded": fold} for fold, name in folded.items()])
    return dict(words_.objects.filter(folded__in=folded).values_list("folded", "pk"))


def _changed(candidate_ids: Collection[int], field: str, by: User | None) -> None:
    now, actor = timezone.now(), by.pk if by else None
    Candidate.objects.filter(pk__in=candidate_ids).update(updated_at=now)
    events.record_many(
        NewEvent("candidate.changed", pk, actor, now, data={"fields": [field]}) for pk in candidate_ids
    )
