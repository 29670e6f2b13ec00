"""The outside world: applicant tracking systems, and the webhooks they send.

Nouns: Connection, SyncRun, ExternalRef, RawRecord, StageMapping, Push, PushItem, InboundWebhook.
Verbs: connect, check, pull, apply, preflight, push.
"""
