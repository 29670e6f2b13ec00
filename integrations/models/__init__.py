from integrations.models.connection import Connection, ExternalRef, FieldMapping, RawRecord, StageMapping
from integrations.models.push import Push, PushItem
from integrations.models.sync_run import InboundWebhook, SyncRun
from integrations.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "Connection",
    "ExternalRef",
    "FieldMapping",
    "InboundWebhook",
    "Push",
    "PushItem",
    "RawRecord",
    "StageMapping",
    "SyncRun",
    "Webhook",
    "WebhookDelivery",
]
