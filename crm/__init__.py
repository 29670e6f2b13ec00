"""The project and its core: workspaces, people, and what happened to them.

Nouns: Workspace, User, Membership, Candidate, ContactPoint, Consent, Message, Note, Requisition,
Application, Event.
Verbs: create, merge, archive, anonymize, import, record, queue, deliver, receive, invite.
Everything else in the product stands on this app; it imports no other app.
"""

from crm.celery import celery_app

__all__ = ["celery_app"]
