"""The outside world: applicant tracking systems, and the webhooks they send and get.

Nouns: Connection, SyncRun, ExternalRef, RawRecord, StageMapping, FieldMapping, Push, PushItem,
InboundWebhook, Webhook, WebhookDelivery.
Verbs: connect, check, pull, apply, preflight, push.
"""
