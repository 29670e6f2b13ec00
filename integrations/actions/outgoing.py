"""Somebody as an ATS is asked about them, and what its answer comes to."""

from crm.actions import attachments
from crm.models import Attachment, ContactPoint
from integrations.models import ExternalRef, PushItem
from integrations.policies import preflight
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
    emails = dict.fromkeys([*([candidate.email] if candidate.email else []), *held["email"]])
    return Person(
        external_id=ref.external_id if ref else "",
        first_name=candidate.first_name,
        last_name=candidate.last_name,
        emails=tuple(emails),
        phones=tuple(held["phone"]),
        links=tuple(held["link"]),
        title=candidate.current_title,
        company=candidate.current_company,
        cv=_cv(item) if with_cv else None,
        country=candidate.country,
    )


def _cv(item: PushItem) -> File | None:
    held = Attachment.objects.filter(candidate=item.candidate, kind=Attachment.Kind.CV, removed_at=None)
    newest = held.order_by("-added_at", "-pk").first()
    if newest is None:
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
