"""Every page of figures by its key: one question in, one page out."""

from collections.abc import Callable

from analytics.policies.questions import Question
from analytics.policies.sections import Dashboard
from analytics.queries.dashboards.comparison import comparison
from analytics.queries.dashboards.funnel import funnel
from analytics.queries.dashboards.journeys import journeys
from analytics.queries.dashboards.overview import overview
from analytics.queries.dashboards.pools import pools
from analytics.queries.dashboards.recruiters import recruiters
from analytics.queries.dashboards.requisitions import requisitions
from analytics.queries.dashboards.sources import sources_and_costs
from analytics.queries.dashboards.velocity import velocity_page

DASHBOARDS: dict[str, Callable[[Question], Dashboard]] = {
    "overview": overview,
    "comparison": comparison,
    "funnel": funnel,
    "velocity": velocity_page,
    "journeys": journeys,
    "pools": pools,
    "sources": sources_and_costs,
    "recruiters": recruiters,
    "requisitions": requisitions,
}
"""`recruiters` is shown only where the workspace lets figures be about single colleagues."""
