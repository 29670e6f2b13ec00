"""The content library: words people write once and journeys send many times."""

from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import User
from journeys.models import Template
from journeys.policies.pieces import keys_in
from journeys.policies.rendering import Content, fault_in
from journeys.policies.rich_text import tidy
from journeys.queries import library, merge_values, pieces
from journeys.queries import templates as found
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
    segment_id: int | None = None
    layout: str = ""


@transaction.atomic
def save(*, draft: Draft, by: User | None, template: Template | None = None) -> Template:
    """Keep the template. Refuses Liquid nobody can read, unknown fields, and a variant there is already."""
    key = draft.key or slugify(draft.name)[:80]
    _check(draft, key, template)
    kept = template or Template()
    kept.key, kept.name, kept.subject, kept.body = key, draft.name, draft.subject, tidy(draft.body)
    kept.kind, kept.topic = draft.kind, draft.topic
    kept.role_family, kept.language = draft.role_family, draft.language
    kept.segment_id, kept.layout = draft.segment_id, draft.layout
    kept.archived_at = None
    kept.save()
    kind = "template.changed" if template else "template.created"
    events.record(kind, by=by, data={"template": kept.pk})
    return kept


@transaction.atomic
def archive(*, template: Template, by: User | None) -> None:
    """Take the template out of the library; refused for the last of its key while a journey sends it."""
    is_last = not found.living().filter(key=template.key).exclude(pk=template.pk).exists()
    if is_last and (users := library.journeys_by_template().get(template.key)):
        raise TemplateInUse(f"“{users[0].name}” uses this template.")
    if Template.objects.filter(pk=template.pk, archived_at=None).update(archived_at=timezone.now()):
        events.record("template.archived", by=by, data={"template": template.pk})


@transaction.atomic
def restore(*, template: Template, by: User | None) -> None:
    """Put an archived template back into the library. Twice is once."""
    if Template.objects.filter(pk=template.pk, archived_at__isnull=False).update(archived_at=None):
        events.record("template.restored", by=by, data={"template": template.pk})


@transaction.atomic
def duplicate(*, template: Template, by: User | None) -> Template:
    """A copy under a name and key of its own, to be changed without touching any journey."""
    taken = set(Template.objects.values_list("key", flat=True))
    number = next(n for n in count(2) if f"{template.key[:76]}-{n}" not in taken)
    draft = draft_of(template)
    copied = replace(draft, name=f"{draft.name[:110]} ({number})", key=f"{template.key[:76]}-{number}")
    return save(draft=copied, by=by)


def draft_of(template: Template) -> Draft:
    """The template as it stands, to be changed in parts."""
    return Draft(**{name: getattr(template, name) for name in Draft.__slots__})


def replaced(template: Template, **changes: Any) -> Draft:
    """The template with some of it changed, to be saved as itself or as a variant."""
    return replace(draft_of(template), **changes)


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
    elif strange := set(keys_in(draft.body)) - pieces.keys():
        fields["body"] = f"There is no snippet or asset “{min(strange)}”."
    variants = Template.objects.filter(
        key=key, role_family=draft.role_family, language=draft.language, segment=draft.segment_id
    )
    if variants.exclude(pk=template.pk if template else 0).exists():
        fields["key"] = "There is such a variant already: same people, same language."
    if fields:
        raise InvalidTemplate(fields=fields)
