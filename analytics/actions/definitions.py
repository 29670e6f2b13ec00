from dataclasses import replace
from datetime import datetime

from django.db import transaction

from analytics.models import DefinitionSet
from analytics.policies.terms import NURTURING, SCREENING_STAGES, TWO_WAY, Terms
from analytics.queries.terms import current_terms
from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import User, Workspace

LONGEST_WINDOW = 3_650


class CannotDefine(DomainError):
    """These definitions cannot be counted by."""

    code = "invalid"


class NothingChanged(DomainError):
    """These are the definitions that hold already."""

    code = "nothing_changed"


@transaction.atomic
def publish(*, terms: Terms, note: str = "", by: User | None, now: datetime) -> DefinitionSet:
    """Make these the workspace's definitions, as the next version; figures follow, published reports do not.

    Refuses definitions that hold already, and those nothing could be counted by.
    """
    Workspace.objects.select_for_update().get(pk=current_workspace_id())
    holding = current_terms()
    check(terms)
    if replace(terms, number=holding.number) == holding:
        raise NothingChanged
    if not DefinitionSet.objects.exists():
        _keep(holding, "As it was from the start.", None, now)
    made = _keep(replace(terms, number=holding.number + 1), note, by, now)
    events.record("definitions.published", by=by, at=now, data={"version": made.number})
    return made


def check(terms: Terms) -> None:
    """Refuse what cannot be counted by, naming the field."""
    faults = {}
    if not 1 <= terms.attribution_days <= LONGEST_WINDOW:
        faults["attribution_days"] = f"Between 1 and {LONGEST_WINDOW} days."
    if not terms.two_way or set(terms.two_way) - set(TWO_WAY):
        faults["two_way"] = "Choose at least one."
    if terms.screening_stage not in SCREENING_STAGES:
        faults["screening_stage"] = "Choose a stage."
    if not terms.nurtured_by or set(terms.nurtured_by) - set(NURTURING):
        faults["nurtured_by"] = "Choose at least one."
    if faults:
        raise CannotDefine(fields=faults)


def _keep(terms: Terms, note: str, by: User | None, now: datetime) -> DefinitionSet:
    return DefinitionSet.objects.create(
        number=terms.number,
        attribution_days=terms.attribution_days,
        two_way=list(terms.two_way),
        screening_stage=terms.screening_stage,
        counts_calls=terms.counts_calls,
        nurtured_by=list(terms.nurtured_by),
        note=note.strip()[:300],
        published_at=now,
        published_by=by,
    )
