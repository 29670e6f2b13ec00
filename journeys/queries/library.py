"""The content library as a list: what there is, for whom, where it is used."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from journeys.models import Journey, Piece, Template
from journeys.policies import variants
from journeys.policies.file_format import StepType
from journeys.policies.parsing import parse
from journeys.queries import choices

Kept = TypeVar("Kept", Template, Piece)
_SENDING = (StepType.MESSAGE, StepType.CHECK_IN, StepType.JOB_ALERT)


def templates(wanted: Mapping[str, Any]) -> QuerySet[Template]:
    """Templates that fit what somebody looks for, variants beside each other."""
    found = _narrowed(Template.objects.order_by("name", "key", "language", "role_family", "pk"), wanted)
    if words := str(wanted.get("q") or "").strip():
        found = found.filter(Q(name__icontains=words) | Q(subject__icontains=words) | Q(key__icontains=words))
    return found


def pieces(wanted: Mapping[str, Any]) -> QuerySet[Piece]:
    """Snippets and assets that fit."""
    found = _narrowed(Piece.objects.order_by("key", "language", "role_family", "pk"), wanted)
    if words := str(wanted.get("q") or "").strip():
        found = found.filter(Q(name__icontains=words) | Q(body__icontains=words) | Q(key__icontains=words))
    return found


def readers_of(rows: list[Template]) -> dict[int, str]:
    """For whom each template is written, in words."""
    segments = {int(pk): name for pk, name in choices.segments()}
    return {row.pk: variants.for_whom(row, segments) for row in rows}


def journeys_by_template() -> dict[str, list[Journey]]:
    """Per key, the journeys whose draft or running version sends it. Each file is read once."""
    found: dict[str, list[Journey]] = defaultdict(list)
    for journey in Journey.objects.select_related("version").order_by("name", "pk"):
        documents = [journey.draft] + ([journey.version.definition] if journey.version else [])
        for key in sorted({key for document in documents for key in _sent_by(document)}):
            found[key].append(journey)
    return found


def languages() -> list[tuple[str, str]]:
    """Languages to write in."""
    return variants.languages_first(Template.objects.values_list("language", flat=True).distinct())


def _sent_by(document: object) -> set[str]:
    journey = parse(document).journey
    return {step.template for step in journey.every_step() if step.type in _SENDING} if journey else set()


def _narrowed(rows: QuerySet[Kept], wanted: Mapping[str, Any]) -> QuerySet[Kept]:
    rows = rows.filter(archived_at__isnull=not wanted.get("archived"))
    asked = {name: wanted[name] for name in ("kind", "topic", "role_family", "language") if wanted.get(name)}
    return rows.filter(**asked)
