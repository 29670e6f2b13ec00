"""What a new workspace begins with: the content library, a check-in form, six journeys to publish."""

from dataclasses import asdict

from django.db import transaction

from crm.actions import custom_fields
from crm.models import CustomField, User
from journeys.models import CheckInForm, Journey, Piece, Template
from journeys.policies.starter_forms import PLANS
from journeys.policies.starter_journeys import JOURNEYS
from journeys.policies.starter_pieces import PIECES
from journeys.policies.starter_templates import FIELDS, TEMPLATES


@transaction.atomic
def install(by: User | None = None) -> list[Journey]:
    """Make the starter templates, form and draft journeys; what is there already stays as it is."""
    known = set(CustomField.objects.values_list("key", flat=True))
    for key, label, kind in FIELDS:
        if key not in known:
            custom_fields.ensure(label=label, kind=kind, key=key)
    if not CheckInForm.objects.filter(key=PLANS["key"]).exists():
        CheckInForm.objects.create(**PLANS)
    _add_content()
    return [add(name=str(document["name"]), by=by) for document in JOURNEYS]


def _add_content() -> None:
    """Pieces and templates whose key nobody uses yet."""
    shelved = set(Piece.objects.values_list("key", flat=True))
    Piece.objects.bulk_create(Piece(**asdict(ready)) for ready in PIECES if ready.key not in shelved)
    present = set(Template.objects.values_list("key", flat=True))
    Template.objects.bulk_create(Template(**asdict(ready)) for ready in TEMPLATES if ready.key not in present)


@transaction.atomic
def add(*, name: str, by: User | None) -> Journey:
    """The journey of that name from the gallery, as a draft; the one that is there already stays."""
    document = next(document for document in JOURNEYS if document["name"] == name)
    found = Journey.objects.filter(name=name).order_by("pk").first()
    return found or Journey.objects.create(name=name, draft=document, owner=by)
