"""Somebody as an ATS is asked about them, and what its answer comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm.actions import attachments
from crm.models import Attachment, Candidate, ContactPoint
from crm.policies.import_mapping import CUSTOM
from integrations.models import ExternalRef, FieldMapping, PushItem
from integrations.policies import field_targets, preflight
from integrations.policies.field_targets import SAID, TOLD
from integrations.policies.preflight import Judgment
from integrations.providers.base import Connector, File, Person


def person_of(item: PushItem, *, with_cv: bool = False) -> Person:
    """The person as the ATS will be asked about them, with their newest CV if asked for."""
    candidate = item.candidate
    ref = ExternalRef.objects.filter(
        connection=item.push.connection_id, kind=ExternalRef.Kind.CANDIDATE, object_id=candidate.pk
    ).first()
    points = ContactPoint.objects.filter(candidate=candidate).order_by("-is_primary", "pk")
    held: dict[str, list[str]] = {"email": [], "phone": [], "link": []}
    for point in points:
        held.setdefault(point.kind, []).append(point.normalized if point.kind != "link" else point.value)
    own = _Mapped(candidate, _mapped(item.push.connection_id))
    emails = dict.fromkeys([*([candidate.email] if candidate.email else []), *held["email"]])
    return Person(
        # Where several matched, somebody said which of them this is.
        external_id=item.external_candidate_id or (ref.external_id if ref else ""),
        first_name=candidate.first_name,
        last_name=candidate.last_name,
        emails=tuple(emails),
        phones=tuple(held["phone"]),
        links=tuple(held["link"]),
        title=own.said("current_title"),
        company=own.said("current_company"),
        cv=_cv(item) if with_cv else None,
        country=candidate.country,
        own=own.told(),
    )


@dataclass(frozen=True, slots=True)
class _Mapped:
    """What fields of the ATS hold of somebody here, by the mapping read backwards."""

    candidate: Candidate
    targets: Mapping[str, str]

    def said(self, name: str) -> str:
        """A text the connector writes by itself, from the field of ours it fills."""
        held = self._value(self.targets.get(f"{SAID}{name}", name))
        return held if isinstance(held, str) else ""

    def told(self) -> tuple[tuple[str, Any], ...]:
        """Fields the customer made up that have a value here."""
        held = ((name, self._value(target)) for name, target in self.targets.items() if name.startswith(TOLD))
        return tuple((name.removeprefix(TOLD), value) for name, value in held if value not in (None, "", []))

    def _value(self, target: str) -> Any:
        if target.startswith(CUSTOM):
            return self.candidate.custom.get(target.removeprefix(CUSTOM))
        if not target or target in field_targets.MANY:
            # Words gathered from many places are nobody's one field.
            return None
        value = getattr(self.candidate, target)
        return float(value) if isinstance(value, Decimal) else value


def _mapped(connection_id: int) -> dict[str, str]:
    rows = FieldMapping.objects.filter(connection=connection_id, record=FieldMapping.Record.CANDIDATE)
    return dict(rows.values_list("field", "target"))


def _cv(item: PushItem) -> File | None:
    held = Attachment.objects.filter(candidate=item.candidate, kind=Attachment.Kind.CV, removed_at=None)
    newest = held.order_by("-added_at", "-pk").first()
    if newest is None or not newest.is_handed_out:
        return None
    try:
        return File(newest.file_name, newest.content_type, attachments.content_of(newest))
    except OSError:
        # The file storage is away; the push goes without it rather than not at all.
        return None


def look_up(connector: Connector, person: Person, requisition_id: str) -> tuple[Judgment, str]:
    """The verdict, and the ATS id of the candidate if there is exactly one. Uses the network."""
    found = connector.find(person, requisition_id)
    held = {"first_name": person.first_name, "last_name": person.last_name, "email": person.emails}
    lacking = [field for field, value in held.items() if not value]
    judgment = preflight.judge(
        lacking=lacking, candidates=found.candidates, applications=found.applications, asked=found.lacking
    )
    return judgment, found.candidates[0] if len(found.candidates) == 1 else ""
