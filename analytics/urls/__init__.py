from django.urls import path

from analytics.views import (
    costs,
    dashboards,
    definitions,
    figure_views,
    kpis,
    mailings,
    people,
    preferences,
    published,
    reports,
)

app_name = "analytics"

urlpatterns = [
    path("analytics/", kpis.index, name="kpis"),
    path("analytics/changes/", kpis.changes, name="changes"),
    path("analytics/definitions/", definitions.index, name="definition_sets"),
    path("analytics/definitions/preview/", definitions.preview, name="definition_set_preview"),
    path("analytics/definitions/publication/", definitions.publish, name="definition_set_publish"),
    path("analytics/definitions/<slug:key>/", kpis.definition, name="definition"),
    path("analytics/people/<slug:key>/", people.index, name="people"),
    path("analytics/people/<slug:key>/export.<slug:kind>", people.export, name="people_export"),
    path("analytics/before-and-after/", reports.comparison, name="comparison"),
    path("analytics/dashboards/<slug:page>/", dashboards.index, name="dashboard"),
    path("analytics/dashboards/<slug:page>/export.<slug:kind>", dashboards.export, name="dashboard_export"),
    path("analytics/preferences/", preferences.edit, name="preferences"),
    path("analytics/views/", figure_views.index, name="views"),
    path("analytics/views/new/", figure_views.create, name="view_create"),
    path("analytics/views/<int:figure_view_id>/", figure_views.show, name="view"),
    path("analytics/views/<int:figure_view_id>/change/", figure_views.change, name="view_change"),
    path("analytics/views/<int:figure_view_id>/opening/", figure_views.opening, name="view_opening"),
    path("analytics/views/<int:figure_view_id>/removal/", figure_views.remove, name="view_remove"),
    path("analytics/views/<int:figure_view_id>/restoral/", figure_views.restore, name="view_restore"),
    path("analytics/views/<int:figure_view_id>/mailings/", mailings.create, name="mailing_create"),
    path("analytics/mailings/<int:mailing_id>/removal/", mailings.remove, name="mailing_remove"),
    path("analytics/mailings/<int:recipient_id>/unsubscription/", mailings.unsubscribe, name="unsubscribe"),
    path("analytics/reports/", published.index, name="reports"),
    path("analytics/reports/new/", published.publish, name="report_publish"),
    path("analytics/reports/<int:report_id>/", published.show, name="report"),
    path("analytics/costs/", costs.index, name="costs"),
    path("analytics/costs/new/", costs.add, name="cost_add"),
    path("analytics/costs/import/", costs.import_file, name="cost_import"),
    path("analytics/costs/<int:cost_id>/removal/", costs.remove, name="cost_remove"),
    path("analytics/costs/removals/<int:removal_id>/undo/", costs.put_back, name="cost_put_back"),
]
