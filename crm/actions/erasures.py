"""Forgetting a person. A nameless row stays, so that counts add up, and a keyed hash of each address."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.module_loading import import_string

from crm.actions import attachments, events, meeting_mails
from crm.models import Application, Attachment, Candidate, ContactPoint, Event, ImportRow, Suppression, User
from crm.policies import merging
from crm.queries.personal_data import relations
from crm.queries.suppressions import hash_of

# Kept without a name: figures of the past (hires, time to hire) stay true.
_KEPT: tuple[type[Model], ...] = (Event, Application, Candidate, ImportRow)
# The stage they stood in is ours and says nothing of them; how many stood there stays true.
_ABOUT_THEM = [name for name in merging.CHOOSABLE if name != "stage"]


@transaction.atomic
def erase(*, candidate: Candidate, by: User | None = None) -> None:
    """Delete everything about the person here, in every table of every app that refers to them.

    Their addresses are suppressed, so no door lets them in again by mistake. Records merged into this one go
    with it. Other systems are told by `candidate.erased`. Erasing twice is erasing once.
    """
    if candidate.anonymized_at:
        return
    for absorbed in Candidate.objects.filter(merged_into=candidate, anonymized_at=None):
        erase(candidate=absorbed, by=by)
    for path in settings.ERASURE_WITNESSES:
        import_string(path)(candidate, now=timezone.now())
    _suppress_addresses(candidate)
    meeting_mails.forget(candidate=candidate)
    names = Attachment.objects.filter(candidate=candidate).values_list("storage_name", flat=True)
    attachments.delete_files(list(names))
    _delete_related(candidate)
    Application.objects.filter(candidate=candidate).update(rejection_reason_text="", source="")
    now = timezone.now()
    blank: dict[str, Any] = {name: _blank(name) for name in (*_ABOUT_THEM, "email", "origin")}
    Candidate.objects.filter(pk=candidate.pk).update(
        **blank, custom={}, edited_fields={}, topics_declined=[], email_state="none", consent="none",
        consent_expires_at=None, unsubscribed_at=None, do_not_contact_at=None, last_contacted_at=None,
        last_engaged_at=None, last_replied_at=None, engagement_key=None, in_process=False,
        archived_at=candidate.archived_at or now, anonymized_at=now, updated_at=now,
    )  # fmt: skip
    candidate.refresh_from_db()
    events.record("candidate.erased", candidate=candidate, by=by, at=now)


def _suppress_addresses(candidate: Candidate) -> None:
    points = ContactPoint.objects.filter(candidate=candidate, kind="email").values_list(
        "normalized", flat=True
    )
    for address in {*points, candidate.email} - {""}:
        Suppression.objects.update_or_create(
            address_hash=hash_of(address), defaults={"reason": Suppression.Reason.ERASED}
        )


def _delete_related(candidate: Candidate) -> None:
    for relation in relations():
        if relation.related_model not in _KEPT:
            relation.related_model.objects.filter(**{relation.field.name: candidate}).delete()


def _blank(name: str) -> Any:
    field = Candidate._meta.get_field(name.removesuffix("_id"))
    if name == "languages":
        return []
    return None if field.null else ""
