from typing import Any

import pytest
from django.utils import timezone

from crm.actions import candidates, vocabulary
from crm.actions.upserts import Upsert
from crm.models import Candidate, Skill, SkillAlias, Tag
from crm.policies.people import read
from crm.queries.vocabulary import words

pytestmark = pytest.mark.usefixtures("scope")


def person(number: int, **given: Any) -> Candidate:
    return candidates.create(given={"email": f"p{number}@a.example", **given}, origin="manual")


def skills_of(one: Candidate) -> list[str]:
    return sorted(one.candidate_skills.values_list("skill__name", flat=True))


@pytest.fixture
def people() -> list[Candidate]:
    return [
        person(1, skills=["JS"]),
        person(2, skills=["JavaScript"]),
        person(3, skills=["JS", "JavaScript"]),
    ]


def test_two_skills_become_one_and_two_again(people: list[Candidate]) -> None:
    js, javascript = Skill.objects.get(name="JS"), Skill.objects.get(name="JavaScript")
    receipt = vocabulary.merge(keep=javascript, other=js)
    assert [skills_of(one) for one in people] == [["JavaScript"]] * 3
    assert [(word.name, word.people) for word in words("skills")] == [("JavaScript", 3), ("JS", 0)]
    assert vocabulary.undo(receipt=receipt) == 2
    assert [skills_of(one) for one in people] == [["JS"], ["JavaScript"], ["JS", "JavaScript"]]
    assert not SkillAlias.objects.exists()
    assert not Skill.objects.exclude(archived_at=None).exists()


def test_another_name_means_the_skill_at_every_door(people: list[Candidate]) -> None:
    javascript = Skill.objects.get(name="JavaScript")
    vocabulary.merge(keep=javascript, other=Skill.objects.get(name="JS"))
    vocabulary.add_alias(skill=javascript, name="ECMAScript")
    one = person(4, skills=["js", "EcmaScript", "SQL"])
    assert skills_of(one) == ["JavaScript", "SQL"]
    given = read({"email": "p5@a.example", "skills": "ecmascript, JavaScript"}, custom_fields={})
    made = Upsert([given], "csv", timezone.now()).run()[0].candidate_id or 0
    assert skills_of(Candidate.objects.get(pk=made)) == ["JavaScript"]
    candidates.change(candidate=one, given={"skills": ["ECMAscript"]})
    assert skills_of(one) == ["JavaScript"]


def test_a_word_is_spelled_otherwise_but_not_like_another(people: list[Candidate]) -> None:
    js = Skill.objects.get(name="JS")
    vocabulary.rename(word=js, name=" java  Script 1 ")
    assert Skill.objects.get(pk=js.pk).name == "java Script 1"
    with pytest.raises(vocabulary.WordTaken):
        vocabulary.rename(word=js, name="JAVASCRIPT")
    for wrong in ("", "x" * 81):
        with pytest.raises(vocabulary.NoWord):
            vocabulary.rename(word=js, name=wrong)


def test_a_name_belongs_to_one_skill(people: list[Candidate]) -> None:
    js, javascript = Skill.objects.get(name="JS"), Skill.objects.get(name="JavaScript")
    vocabulary.add_alias(skill=javascript, name="ES6")
    for taken in ("ES6", "js"):
        with pytest.raises(vocabulary.WordTaken):
            vocabulary.add_alias(skill=js, name=taken)
    with pytest.raises(vocabulary.WordTaken):
        vocabulary.rename(word=js, name="ES6")
    vocabulary.remove_alias(alias=SkillAlias.objects.get())
    vocabulary.rename(word=js, name="ES6")


def test_tags_are_merged_put_away_and_brought_back() -> None:
    one = person(1, tags=["Boomerang", "boomerangs"])
    keep, other = Tag.objects.get(name="Boomerang"), Tag.objects.get(name="boomerangs")
    with pytest.raises(vocabulary.SameWord):
        vocabulary.merge(keep=keep, other=keep)
    vocabulary.merge(keep=keep, other=other)
    assert list(one.candidate_tags.values_list("tag__name", flat=True)) == ["Boomerang"]
    vocabulary.archive(word=keep)
    keep.refresh_from_db()
    assert keep.archived_at is not None
    vocabulary.archive(word=keep)
    keep.refresh_from_db()
    assert keep.archived_at is None
