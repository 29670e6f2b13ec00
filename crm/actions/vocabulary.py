"""The workspace's tags and skills as words: renamed, merged into one, put away, known by other names."""

from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.actions import events, rowsets
from crm.actions.events import NewEvent
from crm.kernel.errors import DomainError
from crm.models import Candidate, CandidateSkill, CandidateTag, Skill, SkillAlias, Tag, User
from crm.queries.duplicates import folded_words

Word = Tag | Skill
Kind = Literal["tag", "skill"]
_TABLES: dict[Kind, tuple[Any, Any]] = {"tag": (Tag, CandidateTag), "skill": (Skill, CandidateSkill)}


class WordTaken(DomainError):
    """There is such a word already; merge the two instead."""

    code = "taken"
    status = 409


class NoWord(DomainError):
    """Type a word of at most 80 characters."""

    code = "invalid"


class SameWord(DomainError):
    """Choose another word to merge it into."""

    code = "same_word"


def kind_of(word: Word) -> Kind:
    """Whether it is a tag or a skill."""
    return "tag" if isinstance(word, Tag) else "skill"


@transaction.atomic
def rename(*, word: Word, name: str, by: User | None = None) -> None:
    """Spell it otherwise, for everybody who has it. Refuses the name of another word."""
    text, folded = _read(name)
    model: Any = type(word)
    if model.objects.filter(folded=folded).exclude(pk=word.pk).exists() or _names_other(word, folded):
        raise WordTaken(fields={"name": f"“{text}” is there already; merge the two instead."})
    before = word.name
    model.objects.filter(pk=word.pk).update(name=text, folded=folded)
    events.record(f"{kind_of(word)}.renamed", by=by, data={"id": word.pk, "length": len(before)})


@transaction.atomic
def merge(*, keep: Word, other: Word, by: User | None = None) -> int:
    """Everybody with `other` has `keep` from now on; returns the receipt for `undo`. A few statements.

    The other word is put away; a skill is known as the one kept, so imports that say it mean that one.
    """
    if type(keep) is not type(other) or keep.pk == other.pk:
        raise SameWord
    kind = kind_of(keep)
    rows: Any = _TABLES[kind][1]
    column = f"{kind}_id"
    have = rows.objects.filter(**{column: keep.pk}).values("candidate_id")
    theirs = rows.objects.filter(**{column: other.pk})
    both = list(theirs.filter(candidate_id__in=have).order_by("pk").values_list("candidate_id", flat=True))
    theirs.filter(candidate_id__in=both).delete()
    moved = list(theirs.order_by("pk").values_list("candidate_id", flat=True))
    theirs.update(**{column: keep.pk})
    type(other).objects.filter(pk=other.pk).update(archived_at=timezone.now())
    data: dict[str, Any] = {"kind": kind, "keep": keep.pk, "other": other.pk, "moved": moved, "both": both}
    if isinstance(keep, Skill) and isinstance(other, Skill):
        data["aliases"] = _take_names(keep, other)
    _changed([*moved, *both], kind, by)
    receipt = events.record("words.merged", by=by, data=data)
    assert receipt is not None
    return receipt.pk


@transaction.atomic
def undo(*, receipt: int, by: User | None = None) -> int:
    """Two words again, each with the people who had it; returns how many people it touched."""
    given = events.taken_back(receipt=receipt, kind="words.merged", by=by)
    words, rows = _TABLES[given["kind"]]
    column = f"{given['kind']}_id"
    rows.objects.filter(candidate_id__in=given["moved"], **{column: given["keep"]}).update(
        **{column: given["other"]}
    )
    rowsets.insert(rows, [{"candidate_id": pk, column: given["other"]} for pk in given["both"]])
    words.objects.filter(pk=given["other"]).update(archived_at=None)
    SkillAlias.objects.filter(pk__in=given.get("aliases", ())).update(skill_id=given["other"])
    if given["kind"] == "skill":
        own_name = Skill.objects.filter(pk=given["other"]).values("folded")
        SkillAlias.objects.filter(skill_id=given["keep"], folded__in=own_name).delete()
    people = [*given["moved"], *given["both"]]
    _changed(people, given["kind"], by)
    return len(people)


@transaction.atomic
def archive(*, word: Word, by: User | None = None) -> None:
    """It is not offered any more; whoever has it keeps it. Once more brings it back."""
    away = None if word.archived_at else timezone.now()
    type(word).objects.filter(pk=word.pk).update(archived_at=away)
    state = "archived" if away else "restored"
    events.record(f"{kind_of(word)}.{state}", by=by, data={"id": word.pk})


@transaction.atomic
def add_alias(*, skill: Skill, name: str, by: User | None = None) -> SkillAlias:
    """Another name for a skill, understood wherever people come in. Refuses a word that is a skill itself."""
    text, folded = _read(name)
    if Skill.objects.filter(folded=folded, archived_at=None).exists():
        raise WordTaken(fields={"name": f"“{text}” is a skill already; merge the two instead."})
    try:
        with transaction.atomic():
            alias = SkillAlias.objects.create(skill=skill, name=text, folded=folded)
    except IntegrityError as taken:
        raise WordTaken(fields={"name": f"“{text}” is another name of a skill already."}) from taken
    events.record("skill.alias_added", by=by, data={"id": skill.pk, "alias": alias.pk})
    return alias


@transaction.atomic
def remove_alias(*, alias: SkillAlias, by: User | None = None) -> None:
    """The name means nothing any more; people keep the skill they got by it."""
    events.record("skill.alias_removed", by=by, data={"id": alias.skill_id})
    alias.delete()


def _take_names(keep: Skill, other: Skill) -> list[int]:
    """The other skill's names become names of the one kept; returns those it had before."""
    aliases = SkillAlias.objects.filter(skill=other)
    ids = list(aliases.order_by("pk").values_list("pk", flat=True))
    aliases.update(skill=keep)
    rowsets.insert(SkillAlias, [{"skill_id": keep.pk, "name": other.name, "folded": other.folded}])
    return ids


def _names_other(word: Word, folded: str) -> bool:
    if isinstance(word, Tag):
        return False
    return SkillAlias.objects.filter(folded=folded).exclude(skill_id=word.pk).exists()


def _read(name: str) -> tuple[str, str]:
    text = " ".join(name.replace("\x00", "").split())
    if not text or len(text) > 80:
        raise NoWord(fields={"name": "Type a word of at most 80 characters."})
    return text, folded_words([text])[text]


def _changed(candidate_ids: list[int], kind: str, by: User | None) -> None:
    now, actor = timezone.now(), by.pk if by else None
    Candidate.objects.filter(pk__in=candidate_ids).update(updated_at=now)
    events.record_many(
        NewEvent("candidate.changed", pk, actor, now, data={"fields": [f"{kind}s"]}) for pk in candidate_ids
    )
