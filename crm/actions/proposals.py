"""What a file says about a person, put before somebody who decides. Nothing is applied unasked."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from crm.actions import contact_points, events, rowsets, tags
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import (
    Attachment,
    Candidate,
    CandidateSkill,
    ContactPoint,
    FieldProposal,
    Skill,
    User,
    Workspace,
)
from crm.policies import cv_findings

Verdict = FieldProposal.Verdict
_MOST_SKILLS = 20_000


@transaction.atomic
def propose(*, attachment: Attachment) -> int:
    """Find what the file says and the profile does not; what was decided before is not asked again."""
    candidate = attachment.candidate
    skills = dict(Skill.objects.order_by("pk").values_list("folded", "name")[:_MOST_SKILLS])
    country = candidate.country or Workspace.objects.get(pk=current_workspace_id()).country
    known = set(ContactPoint.objects.filter(candidate=candidate).values_list("kind", "normalized"))
    has = CandidateSkill.objects.filter(candidate=candidate).values_list("skill__name", flat=True)
    known |= {("skill", name) for name in has}
    found = cv_findings.findings(attachment.text, skills=skills, country=country)
    rows = [
        {
            "candidate_id": candidate.pk, "attachment_id": attachment.pk, "kind": finding.kind,
            "value": finding.value, "verdict": "", "created_at": timezone.now(),
        }
        for finding in found
        if (finding.kind, finding.value) not in known
    ]  # fmt: skip
    return rowsets.insert(FieldProposal, rows)


def accept(*, candidate: Candidate, proposal_ids: Collection[int], by: User) -> list[str]:
    """Put what was proposed on the profile; returns why some could not be (somebody else has the address).

    Those stay open; accepting twice is accepting once.
    """
    refused = []
    for proposal in _open(candidate, proposal_ids):
        try:
            with transaction.atomic():
                _apply(proposal, by)
                _decide(proposal, Verdict.ACCEPTED, by)
        except DomainError as refusal:
            refused.append(f"{proposal.value}: {refusal.sentence}")
    return refused


@transaction.atomic
def dismiss(*, candidate: Candidate, proposal_ids: Collection[int], by: User) -> int:
    """Leave the profile as it is, and do not ask again; returns how many."""
    proposals = _open(candidate, proposal_ids)
    for proposal in proposals:
        _decide(proposal, Verdict.DISMISSED, by)
    return len(proposals)


@transaction.atomic
def reopen(*, candidate: Candidate, proposal_ids: Collection[int]) -> int:
    """Undo a dismissal; returns how many."""
    dismissed = FieldProposal.objects.filter(
        candidate=candidate, pk__in=proposal_ids, verdict=Verdict.DISMISSED
    )
    return dismissed.update(verdict=Verdict.OPEN, decided_by=None, decided_at=None)


def _open(candidate: Candidate, ids: Collection[int]) -> list[FieldProposal]:
    waiting = FieldProposal.objects.filter(candidate=candidate, verdict=Verdict.OPEN, pk__in=ids)
    return list(waiting.select_related("candidate").order_by("pk"))


def _apply(proposal: FieldProposal, by: User) -> None:
    if proposal.kind == FieldProposal.Kind.SKILL:
        tags.add_skills(candidate=proposal.candidate, names=[proposal.value], by=by)
    else:
        contact_points.add(candidate=proposal.candidate, kind=proposal.kind, value=proposal.value, by=by)


def _decide(proposal: FieldProposal, verdict: str, by: User) -> None:
    FieldProposal.objects.filter(pk=proposal.pk).update(
        verdict=verdict, decided_by=by, decided_at=timezone.now()
    )
    if verdict == Verdict.ACCEPTED:
        data = {"proposal": proposal.pk, "kind": proposal.kind, "attachment": proposal.attachment_id}
        events.record("proposal.accepted", candidate=proposal.candidate, by=by, data=data)
