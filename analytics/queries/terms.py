"""Which definitions hold here, and which held before."""

from django.db.models import QuerySet

from analytics.models import DefinitionSet
from analytics.policies.terms import Terms
from crm.kernel.tenancy import current_workspace_id
from crm.models import Workspace


def current_terms() -> Terms:
    """The newest version; before any was published, the defaults with the workspace's own window."""
    newest = history().first()
    if newest:
        return terms_of(newest)
    days = Workspace.objects.values_list("attribution_days", flat=True).get(pk=current_workspace_id())
    return Terms(attribution_days=days)


def history() -> QuerySet[DefinitionSet]:
    """Every version published, the newest first."""
    return DefinitionSet.objects.select_related("published_by").order_by("-number")


def terms_of(version: DefinitionSet) -> Terms:
    return Terms(
        number=version.number,
        attribution_days=version.attribution_days,
        two_way=tuple(version.two_way),
        screening_stage=version.screening_stage,
        counts_calls=version.counts_calls,
        nurtured_by=tuple(version.nurtured_by),
    )
