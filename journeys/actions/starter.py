"""What a new workspace begins with: the content library, a check-in form, three journeys to publish."""

from django.db import transaction

from crm.actions import custom_fields
from crm.models import CustomField, User
from journeys.models import CheckInForm, Journey, Template
from journeys.policies.starter_journeys import JOURNEYS
from journeys.policies.starter_templates import FIELDS, PLANS, TEMPLATES


@transaction.atomic
def install(by: User | None = None) -> list[Journey]:
    """Make the starter templates, form and draft journeys; what is there already stays as it is."""
    known = set(CustomField.objects.values_list("key", flat=True))
    for key, label, kind in FIELDS:
        if key not in known:
            custom_fields.ensure(label=label, kind=kind, key=key)
    if not CheckInForm.objects.filter(key=PLANS["key"]).exists():
        CheckInForm.objects.create(**PLANS)
    present = set(Template.objects.values_list("key", flat=True))
    for ready in TEMPLATES:
        if ready.key not in present:
            Template.objects.create(
                key=ready.key, name=ready.name, kind=ready.kind, subject=ready.subject, body=ready.body
            )
    return [add(name=str(document["name"]), by=by) for document in JOURNEYS]


@transaction.atomic
def add(*, name: str, by: User | None) -> Journey:
    """The journey of that name from the gallery, as a draft; the one that is there already stays."""
    document = next(document for document in JOURNEYS if document["name"] == name)
    found = Journey.objects.filter(name=name).order_by("pk").first()
    return found or Journey.objects.create(name=name, draft=document, owner=by)
