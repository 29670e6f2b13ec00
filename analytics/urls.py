from django.urls import path

from analytics.views import costs, definitions, kpis, people, reports

app_name = "analytics"

urlpatterns = [
    path("analytics/", kpis.index, name="kpis"),
    path("analytics/definitions/", definitions.index, name="definition_sets"),
    path("analytics/definitions/preview/", definitions.preview, name="definition_set_preview"),
    path("analytics/definitions/publication/", definitions.publish, name="definition_set_publish"),
    path("analytics/definitions/<slug:key>/", kpis.definition, name="definition"),
    path("analytics/people/<slug:key>/", people.index, name="people"),
    path("analytics/people/<slug:key>/export.<slug:kind>", people.export, name="people_export"),
    path("analytics/before-and-after/", reports.comparison, name="comparison"),
    path("analytics/velocity/", reports.stages, name="velocity"),
    path("analytics/replies/", reports.reply_rates, name="replies"),
    path("analytics/pools/", reports.pools, name="pools"),
    path("analytics/costs/", costs.index, name="costs"),
    path("analytics/costs/new/", costs.add, name="cost_add"),
    path("analytics/costs/<int:cost_id>/removal/", costs.remove, name="cost_remove"),
]
