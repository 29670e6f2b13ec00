"""The pages of connections and pushes, below /w/<slug>/."""

from django.urls import path

from integrations.views import candidates, connections, fields, pushes, syncs, webhooks

app_name = "integrations"

urlpatterns = [
    path("settings/connections/", connections.index, name="connections"),
    path("connections/attention/", connections.attention, name="attention_today"),
    path("settings/connections/new/<slug:kind>/", connections.new, name="connection_new"),
    path("settings/connections/<int:connection_id>/", connections.show, name="connection"),
    path("settings/connections/<int:connection_id>/edit/", connections.edit, name="connection_edit"),
    path("settings/connections/<int:connection_id>/check/", connections.check, name="connection_check"),
    path("settings/connections/<int:connection_id>/verdict/", connections.verdict, name="connection_verdict"),
    path(
        "settings/connections/<int:connection_id>/webhooks/",
        connections.subscribe,
        name="connection_webhooks",
    ),
    path("settings/connections/<int:connection_id>/pause/", connections.switch, name="connection_switch"),
    path("settings/connections/<int:connection_id>/removal/", connections.remove, name="connection_remove"),
    path(
        "settings/connections/<int:connection_id>/disconnection/",
        connections.disconnect,
        name="connection_disconnect",
    ),
    path("settings/connections/<int:connection_id>/stages/", connections.stages, name="stages"),
    path("settings/connections/<int:connection_id>/fields/", fields.index, name="fields"),
    path("settings/connections/<int:connection_id>/fields/preview/", fields.preview, name="fields_preview"),
    path("settings/connections/<int:connection_id>/syncs/", syncs.start, name="sync_start"),
    path("settings/syncs/<int:sync_id>/", syncs.show, name="sync"),
    path("settings/syncs/<int:sync_id>/stop/", syncs.stop, name="sync_stop"),
    path("settings/syncs/<int:sync_id>/retry/", syncs.retry, name="sync_retry"),
    path("settings/webhooks/", webhooks.index, name="webhooks"),
    path("settings/webhooks/new/", webhooks.new, name="webhook_new"),
    path("settings/webhooks/<int:webhook_id>/", webhooks.show, name="webhook"),
    path("settings/webhooks/<int:webhook_id>/edit/", webhooks.edit, name="webhook_edit"),
    path("settings/webhooks/<int:webhook_id>/pause/", webhooks.switch, name="webhook_switch"),
    path("settings/webhooks/<int:webhook_id>/secret/", webhooks.roll, name="webhook_roll"),
    path("settings/webhooks/<int:webhook_id>/removal/", webhooks.remove, name="webhook_remove"),
    path("settings/webhooks/deliveries/<int:delivery_id>/retry/", webhooks.retry, name="webhook_retry"),
    path("candidates/<int:candidate_id>/sources/", candidates.panel, name="candidate_panel"),
    path("requisitions/<int:requisition_id>/push/", pushes.preflight, name="push_preflight"),
    path("requisitions/pushes/<int:push_id>/", pushes.show, name="push"),
    path("requisitions/pushes/<int:push_id>/confirm/", pushes.confirm, name="push_confirm"),
    path("requisitions/pushes/<int:push_id>/people/<int:item_id>/match/", pushes.match, name="push_match"),
    path("requisitions/pushes/<int:push_id>/retry/", pushes.retry, name="push_retry"),
    path("requisitions/pushes/<int:push_id>/undo/", pushes.undo, name="push_undo"),
]
