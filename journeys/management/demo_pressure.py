"""Numbers of contact pressure that are not the usual ones: for a topic, and for one person."""

from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from journeys.actions import contact_budgets
from journeys.management.demo import RUNNING
from journeys.models import Enrollment
from journeys.policies.pressure import Override

_SELDOM = Override(gap_days=30, cap=2, cap_days=90)


def choose(demo: Demo) -> str:
    """Jobs may come more often than other mail; one of the silver medalists is written to less often."""
    with workspace_scope(demo.workspace.pk):
        often = Override(gap_days=3)
        contact_budgets.set_budget(candidate=None, topic="jobs", numbers=often, by=demo.staff["grace"])
        inside = Enrollment.objects.filter(state=Enrollment.State.ACTIVE, journey__name=RUNNING[0])
        somebody = inside.select_related("candidate").order_by("pk").first()
        if somebody is not None:
            contact_budgets.set_budget(
                candidate=somebody.candidate, topic="", numbers=_SELDOM, by=demo.staff["ada"]
            )
    return "a topic and a person with numbers of their own"
