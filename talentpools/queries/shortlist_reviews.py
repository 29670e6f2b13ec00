"""What was asked of hiring managers, how far they are, and what they see of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.formats import date_format

from crm.models import Application, Attachment, CandidateSkill, ContactPoint, HiringStage, Requisition
from crm.queries.contact_points import Reach, reaches_of
from talentpools.models import ReviewVerdict, ShortlistEntry, ShortlistReview

# Whom a reviewer meets: somebody erased, archived or merged since has left the list.
_IS_SHOWN = Q(candidate__anonymized_at=None, candidate__archived_at=None, candidate__merged_into=None)
_JUDGED = Count(
    "verdicts",
    filter=Q(
        verdicts__entry__candidate__anonymized_at=None,
        verdicts__entry__candidate__archived_at=None,
        verdicts__entry__candidate__merged_into=None,
    ),
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A process this person went through with us before."""

    title: str
    furthest_stage: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands on the list as the reviewer pages through it."""

    number: int
    total: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Letter:
    """What the mail with the link says."""

    review: ShortlistReview
    asker: str
    people: str
    waiting: int
    is_reminder: bool
    until: str

    @property
    def subject(self) -> str:
        said = f"{self.review.requisition}: your view on {self.people}"
        return f"Reminder: {said}" if self.is_reminder else said


@dataclass(frozen=True, slots=True)
class Result:
    """What the recruiter is told once everybody is judged; `to` is '' when nobody is left to tell."""

    review: ShortlistReview
    to: str
    stars: int
    yes: int
    no: int
    link: str

    @property
    def subject(self) -> str:
        return f"{self.review} judged the shortlist for {self.review.requisition}"


def letter(review_id: int, *, now: datetime) -> Letter:
    """What to write to the reviewer. Raises ShortlistReview.DoesNotExist once the link was taken back."""
    asked = ShortlistReview.objects.select_related("requisition", "created_by", "workspace")
    review = asked.get(pk=review_id, revoked_at=None, expires_at__gt=now)
    listed = entries_for(review).count()
    return Letter(
        review=review,
        asker=str(review.created_by or review.workspace),
        people="1 person" if listed == 1 else f"{listed} people",
        waiting=waiting_entries(review).count(),
        is_reminder=review.reminded_at is not None,
        until=date_format(review.expires_at, "j F Y"),
    )


def result(review_id: int) -> Result:
    """What the reviewer said, in numbers."""
    asked = ShortlistReview.objects.select_related("requisition", "created_by", "workspace")
    review = asked.get(pk=review_id)
    said = dict(review.verdicts.order_by().values_list("verdict").annotate(Count("pk")))
    path = reverse("talentpools:shortlist", args=[review.workspace.slug, review.requisition_id])
    return Result(
        review=review,
        to=review.created_by.email if review.created_by else "",
        stars=said.get("star", 0),
        yes=said.get("yes", 0),
        no=said.get("no", 0),
        link=settings.BASE_URL + path,
    )


def of_requisition(requisition: Requisition) -> QuerySet[ShortlistReview]:
    """Who was asked, newest first, each with `judged`, how many people on the list they have judged."""
    asked = ShortlistReview.objects.filter(requisition=requisition).select_related("created_by")
    return asked.annotate(judged=_JUDGED).order_by("revoked_at", "-created_at", "-pk")


def as_stored(review_id: int) -> ShortlistReview:
    """One review with `judged`. Raises ShortlistReview.DoesNotExist."""
    return ShortlistReview.objects.annotate(judged=_JUDGED).get(pk=review_id)


def verdicts_on(entries: Sequence[ShortlistEntry]) -> dict[int, list[ReviewVerdict]]:
    """What every reviewer said of these people, by shortlist entry, oldest first."""
    given = ReviewVerdict.objects.filter(entry_id__in=[entry.pk for entry in entries])
    found: dict[int, list[ReviewVerdict]] = {}
    for verdict in given.select_related("review").order_by("given_at", "pk"):
        found.setdefault(verdict.entry_id, []).append(verdict)
    return found


def entries_for(review: ShortlistReview) -> QuerySet[Any]:
    """The people on the list as this reviewer meets them: `mine` is their own verdict, '' before it."""
    mine = ReviewVerdict.objects.filter(review=review, entry_id=OuterRef("pk")).values("verdict")
    listed = ShortlistEntry.objects.filter(requisition_id=review.requisition_id)
    listed = listed.filter(_IS_SHOWN)
    shown = listed.select_related("candidate", "added_by").annotate(mine=Subquery(mine[:1]))
    return shown.order_by("added_at", "pk")


def waiting_entries(review: ShortlistReview) -> QuerySet[Any]:
    """Those this reviewer has not judged yet, in the order they are shown."""
    return entries_for(review).filter(mine=None)


def place_of(review: ShortlistReview, entry: ShortlistEntry) -> Place:
    """The person's number on the list, with the ids of the entries on either side."""
    ids = list(entries_for(review).values_list("pk", flat=True))
    at = ids.index(entry.pk)
    return Place(
        number=at + 1,
        total=len(ids),
        before=ids[at - 1] if at else None,
        after=ids[at + 1] if at + 1 < len(ids) else None,
    )


def next_waiting(review: ShortlistReview, *, after: ShortlistEntry) -> ShortlistEntry | None:
    """Whom to judge next: the one after this person, else the first who was left out."""
    waiting = waiting_entries(review)
    later = waiting.filter(Q(added_at__gt=after.added_at) | Q(added_at=after.added_at, pk__gt=after.pk))
    return later.first() or waiting.first()


def verdict_on(review: ShortlistReview, entry: ShortlistEntry) -> ReviewVerdict | None:
    """What this reviewer said of this person."""
    return ReviewVerdict.objects.filter(review=review, entry=entry).first()


def open_for(reviewer_email: str, *, now: datetime) -> QuerySet[ShortlistReview]:
    """Every list this address may judge now, with `listed` and `judged` people."""
    listed = ShortlistEntry.objects.filter(_IS_SHOWN, requisition_id=OuterRef("requisition_id")).order_by()
    counted = listed.values("requisition_id").annotate(n=Count("pk")).values("n")
    asked = ShortlistReview.objects.filter(
        reviewer_email=reviewer_email, revoked_at=None, expires_at__gt=now
    ).select_related("requisition")
    return asked.annotate(listed=Subquery(counted), judged=_JUDGED).order_by("-created_at", "-pk")


def waiting_since(at: datetime, *, now: datetime) -> QuerySet[ShortlistReview]:
    """Open reviews mailed before then, never reminded, of requisitions that still hire, with somebody on the
    list still unjudged.
    """
    judged = ReviewVerdict.objects.filter(review_id=OuterRef(OuterRef("pk")), entry_id=OuterRef("pk"))
    unjudged = ShortlistEntry.objects.filter(_IS_SHOWN, requisition_id=OuterRef("requisition_id"))
    return ShortlistReview.objects.filter(
        Exists(unjudged.filter(~Exists(judged))),
        requisition__status__in=(Requisition.Status.OPEN, Requisition.Status.ON_HOLD),
        mailed_at__lte=at,
        reminded_at=None,
        revoked_at=None,
        expires_at__gt=now,
    )


def skills_of(entry: ShortlistEntry) -> list[str]:
    """The person's skills by name."""
    held = CandidateSkill.objects.filter(candidate_id=entry.candidate_id)
    return list(held.order_by("skill__name").values_list("skill__name", flat=True))


def links_of(entry: ShortlistEntry) -> list[Reach]:
    """Where the person shows their work; addresses and numbers stay with the recruiters."""
    return [one for one in reaches_of(entry.candidate, home="") if one.kind == ContactPoint.Kind.LINK]


def cv_of(entry: ShortlistEntry) -> Attachment | None:
    """The person's newest CV, if there is one that may be handed out."""
    held = Attachment.objects.defer("text", "words").filter(
        candidate_id=entry.candidate_id, kind=Attachment.Kind.CV, removed_at=None
    )
    newest = held.order_by("-added_at", "-pk").first()
    return newest if newest and newest.is_handed_out else None


def earlier_of(entry: ShortlistEntry) -> list[Earlier]:
    """How far the person came with us before, latest first; reasons stay with the recruiters."""
    ended = Application.objects.filter(candidate_id=entry.candidate_id).exclude(ended_at=None)
    rows = ended.exclude(requisition_id=entry.requisition_id).order_by("-ended_at", "-pk")
    return [
        Earlier(title, str(HiringStage(stage).label) if stage else "", at)
        for title, stage, at in rows.values_list("requisition__title", "furthest_stage", "ended_at")[:5]
    ]
