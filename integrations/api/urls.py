from crm.api.routes import routes
from integrations.api.connections import ConnectionCheck, Connections, ConnectionSyncs, OneConnection, OneSync
from integrations.api.pushes import OnePush, Preflight, Pushes
from integrations.api.webhooks import DeliveryRetry, OneWebhook, WebhookDeliveries, Webhooks

urlpatterns = routes(
    {
        "connections": Connections,
        "connections/<int:connection_id>": OneConnection,
        "connections/<int:connection_id>/check": ConnectionCheck,
        "connections/<int:connection_id>/syncs": ConnectionSyncs,
        "syncs/<int:sync_id>": OneSync,
        "requisitions/<int:requisition_id>/preflight": Preflight,
        "requisitions/<int:requisition_id>/pushes": Pushes,
        "pushes/<int:push_id>": OnePush,
        "webhooks": Webhooks,
        "webhooks/<int:webhook_id>": OneWebhook,
        "webhooks/<int:webhook_id>/deliveries": WebhookDeliveries,
        "deliveries/<int:delivery_id>/retry": DeliveryRetry,
    }
)
