"""People with everything that hangs on them, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm.models import CandidateSkill, CandidateTag, ContactPoint
from crm.models.candidate import CandidateColumns
from crm.policies.contact_points import EXTERNAL
from crm.policies.reachability import Reason, reasons
from crm.queries.reachability import facts_of


@dataclass(slots=True)
class Details:
    """What belongs to one person beside their row."""

    contacts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    skills: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    is_do_not_contact: bool = False

    @property
    def external_id(self) -> str | None:
        ids = self.contacts.get(EXTERNAL)
        return ids[0] if ids else None


def details_of(candidates: Sequence[CandidateColumns], *, now: datetime) -> dict[int, Details]:
    """Ways of contact, skills, tags and reachability of these people. Four statements."""
    ids = [candidate.pk for candidate in candidates]
    found = {pk: Details() for pk in ids}
    points = ContactPoint.objects.filter(candidate_id__in=ids).order_by("-is_primary", "pk")
    for owner, kind, normalized in points.values_list("candidate_id", "kind", "normalized"):
        found[owner].contacts[kind].append(normalized)
    words: list[tuple[Any, str, str]] = [
        (CandidateSkill, "skill__name", "skills"),
        (CandidateTag, "tag__name", "tags"),
    ]
    for model, column, name in words:
        rows = model.objects.filter(candidate_id__in=ids).order_by(column)
        for owner, word in rows.values_list("candidate_id", column):
            getattr(found[owner], name).append(word)
    for pk, facts in facts_of(candidates, now=now).items():
        found[pk].reasons = reasons(facts, now=now)
        found[pk].is_do_not_contact = facts.is_do_not_contact
    return found
