"""The content library: words people write once and journeys send many times."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import User
from journeys.models import Journey, Template
from journeys.policies.file_format import StepType
from journeys.policies.parsing import parse
from journeys.policies.rendering import Content, fault_in
from journeys.queries import merge_values
from journeys.queries.surroundings import unknown_fields


class InvalidTemplate(DomainError):
    """The template cannot be used like this."""

    code = "invalid_template"
    status = 400


class TemplateInUse(DomainError):
    """A journey uses this template."""

    code = "in_use"
    status = 409


@dataclass(frozen=True, slots=True)
class Draft:
    """A template as somebody wrote it."""

    name: str
    subject: str
    body: str
    key: str = ""
    kind: str = Template.Kind.VALUE
    topic: str = "talent_community"
    role_family: str = ""
    language: str = "en"


@transaction.atomic
def save(*, draft: Draft, by: User | None, template: Template | None = None) -> Template:
    """Keep the template. Refuses Liquid nobody can read, unknown fields, and a variant there is already."""
    key = draft.key or slugify(draft.name)[:80]
    _check(draft, key, template)
    kept = template or Template()
    kept.key, kept.name, kept.subject, kept.body = key, draft.name, draft.subject, draft.body
    kept.kind, kept.topic = draft.kind, draft.topic
    kept.role_family, kept.language = draft.role_family, draft.language
    kept.archived_at = None
    kept.save()
    kind = "template.changed" if template else "template.created"
    events.record(kind, by=by, data={"template": kept.pk})
    return kept


@transaction.atomic
def archive(*, template: Template, by: User | None) -> None:
    """Take the template out of the library; refused while a journey's draft or running version uses it."""
    if users := journeys_using(template.key):
        raise TemplateInUse(f"“{users[0].name}” uses this template.")
    if Template.objects.filter(pk=template.pk, archived_at=None).update(archived_at=timezone.now()):
        events.record("template.archived", by=by, data={"template": template.pk})


def journeys_using(key: str) -> list[Journey]:
    """The journeys whose draft or running version sends this template."""
    found = []
    for journey in Journey.objects.select_related("version").order_by("name", "pk"):
        documents = [journey.draft] + ([journey.version.definition] if journey.version else [])
        if any(_sends(document, key) for document in documents):
            found.append(journey)
    return found


def _sends(document: object, key: str) -> bool:
    journey = parse(document).journey
    if journey is None:
        return False
    return any(step.template == key and step.type in _SENDING for step in journey.every_step())


def _check(draft: Draft, key: str, template: Template | None) -> None:
    fields: dict[str, str] = {}
    content = Content(draft.subject, draft.body)
    for name in ("name", "subject", "body"):
        if not getattr(draft, name).strip():
            fields[name] = "This is empty."
    if fault := fault_in(content):
        fields["body"] = fault
    elif unknown := unknown_fields(content, merge_values.known_fields()):
        fields["body"] = f"Nobody knows the field {unknown[0]}."
    variants = Template.objects.filter(key=key, role_family=draft.role_family, language=draft.language)
    if variants.exclude(pk=template.pk if template else 0).exists():
        fields["key"] = "There is such a template already."
    if fields:
        raise InvalidTemplate(fields=fields)


_SENDING = (StepType.MESSAGE, StepType.CHECK_IN, StepType.JOB_ALERT)
