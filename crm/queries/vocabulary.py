"""Tags and skills with how many people have them, and what other names mean."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from crm.models import CandidateSkill, CandidateTag, Skill, SkillAlias, Tag


def words(kind: str, *, text: str = "") -> QuerySet[Any]:
    """Tags or skills with `people`, the most used first, put-away ones last; one statement."""
    model, rows = ((Tag, CandidateTag), (Skill, CandidateSkill))[kind == "skills"]
    column = "skill_id" if kind == "skills" else "tag_id"
    living = rows.objects.filter(
        candidate__merged_into=None, candidate__anonymized_at=None, **{column: OuterRef("pk")}
    )
    counted = living.order_by().values(column).annotate(n=Count("pk")).values("n")
    found: QuerySet[Any] = model.objects.annotate(
        people=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    )
    if text:
        found = found.filter(folded__contains=text)
    return found.order_by(F("archived_at").asc(nulls_first=True), "-people", "folded")


def skills_meant(folded: Collection[str]) -> dict[str, tuple[str, str]]:
    """What other names of skills mean: folded name → (folded, name) of the skill. One statement."""
    aliases = SkillAlias.objects.filter(folded__in=list(folded)).select_related("skill")
    return {alias.folded: (alias.skill.folded, alias.skill.name) for alias in aliases}
