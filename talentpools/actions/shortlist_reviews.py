"""Asking hiring managers what they think of a shortlist, and taking in what they answer."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import current_workspace_id
from crm.models import Requisition, User
from crm.policies.tokens import Purpose, seal, unseal
from talentpools.models import ReviewVerdict, ShortlistEntry, ShortlistReview
from talentpools.queries import shortlist_reviews

LIFETIME_DAYS = 14
REMIND_AFTER = timedelta(days=3)


class NobodyToReview(DomainError):
    """Put somebody on the shortlist first; then there is something to review."""


class ReviewOver(DomainError):
    """This link was taken back or has expired. Ask the recruiter for a new one."""

    code = "review_over"
    status = 404


class NoLongerListed(DomainError):
    """This person is no longer on the list."""

    status = 404


@transaction.atomic
def invite(
    *,
    requisition: Requisition,
    email: str,
    name: str = "",
    request: str = "",
    days: int = LIFETIME_DAYS,
    by: User | None,
) -> ShortlistReview:
    """Mail somebody a link to judge the list; asking the same address again renews the link and the mail.

    Raises NobodyToReview while the list is empty.
    """
    if not ShortlistEntry.objects.filter(requisition=requisition).exists():
        raise NobodyToReview
    review, _ = ShortlistReview.objects.update_or_create(
        requisition=requisition,
        reviewer_email=email.strip().lower(),
        revoked_at=None,
        defaults={
            "reviewer_name": name.strip(),
            "request": request.strip(),
            "created_by": by,
            "expires_at": timezone.now() + timedelta(days=days),
            "mailed_at": None,
            "reminded_at": None,
            "finished_at": None,
        },
    )
    _record(review, "review.requested", by)
    enqueue("talentpools.send_review", review_id=review.pk)
    return review


@transaction.atomic
def revoke(*, review: ShortlistReview, by: User | None) -> None:
    """Take the link back; the verdicts given stay. Twice is once."""
    taken = ShortlistReview.objects.filter(pk=review.pk, revoked_at=None).update(revoked_at=timezone.now())
    if taken:
        _record(review, "review.revoked", by)


@transaction.atomic
def remind(*, review: ShortlistReview, by: User | None) -> None:
    """Mail the link again. Raises ReviewOver when it no longer works."""
    if not review.is_open(timezone.now()):
        raise ReviewOver
    ShortlistReview.objects.filter(pk=review.pk).update(reminded_at=timezone.now())
    enqueue("talentpools.send_review", review_id=review.pk)


@transaction.atomic
def remind_waiting(*, now: datetime) -> int:
    """Remind, once, everybody who was asked three days ago and has judged nobody or only some."""
    waiting = shortlist_reviews.waiting_since(now - REMIND_AFTER, now=now)
    ids = list(waiting.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    ShortlistReview.objects.filter(pk__in=ids).update(reminded_at=now)
    for review_id in ids:
        enqueue("talentpools.send_review", review_id=review_id)
    return len(ids)


@transaction.atomic
def note_mailed(*, review_id: int, at: datetime) -> None:
    """The mail with the link has left."""
    ShortlistReview.objects.filter(pk=review_id).update(mailed_at=at)


def link(review: ShortlistReview) -> str:
    """The address in the mail: sealed, so that it can be neither guessed nor changed."""
    code = seal(Purpose.REVIEW, current_workspace_id(), review.pk)
    return f"{settings.BASE_URL}{reverse('review', args=[code])}"


def ids_in(token: str) -> tuple[int, int]:
    """(workspace id, review id) of a link. Raises ReviewOver when it was not made here."""
    ids = unseal(Purpose.REVIEW, token)
    if ids is None or len(ids) != 2:
        raise ReviewOver
    return ids[0], ids[1]


def visit(review_id: int, *, now: datetime) -> ShortlistReview:
    """The review of a link that still works, noting the first visit. Raises ReviewOver otherwise."""
    found = ShortlistReview.objects.select_related("requisition", "created_by").filter(pk=review_id).first()
    if found is None or not found.is_open(now):
        raise ReviewOver
    if found.opened_at is None:
        ShortlistReview.objects.filter(pk=found.pk, opened_at=None).update(opened_at=now)
    return found


@transaction.atomic
def judge(
    *, review: ShortlistReview, entry_id: int, verdict: str, reason: str = "", note: str = ""
) -> ReviewVerdict:
    """Keep what the reviewer thinks of one person; a second verdict replaces the first.

    The last verdict of anybody is the one the shortlist shows. Raises NoLongerListed.
    """
    entry = ShortlistEntry.objects.filter(pk=entry_id, requisition_id=review.requisition_id).first()
    if entry is None:
        raise NoLongerListed
    now = timezone.now()
    given, _ = ReviewVerdict.objects.update_or_create(
        review=review,
        entry=entry,
        defaults={"verdict": verdict, "reason": reason, "note": note.strip(), "given_at": now},
    )
    entry.verdict, entry.verdict_note = verdict, note.strip()
    entry.save(update_fields=["verdict", "verdict_note"])
    data = {"requisition": review.requisition_id, "verdict": verdict, "reason": reason, "review": review.pk}
    events.record("review.judged", candidate=entry.candidate, data=data)
    _finish(review, now)
    return given


def _finish(review: ShortlistReview, now: datetime) -> None:
    if shortlist_reviews.waiting_entries(review).exists():
        return
    finished = ShortlistReview.objects.filter(pk=review.pk, finished_at=None).update(finished_at=now)
    if finished:
        _record(review, "review.finished", None)
        enqueue("talentpools.send_review_result", review_id=review.pk)


def _record(review: ShortlistReview, kind: str, by: User | None) -> None:
    data = {"review": review.pk, "requisition": review.requisition_id}
    events.record(kind, by=by, data=data)
