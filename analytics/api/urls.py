from analytics.api.costs import Costs
from analytics.api.kpis import JourneyFigures, KpiPeople, Kpis
from crm.api.routes import routes

urlpatterns = routes(
    {
        "analytics/kpis": Kpis,
        "analytics/kpis/<slug:key>/people": KpiPeople,
        "analytics/journeys/<int:journey_id>": JourneyFigures,
        "costs": Costs,
    }
)
