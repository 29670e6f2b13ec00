"""A person's page: everything about them in a bounded number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Model, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from crm.models import (
    Application,
    Candidate,
    CandidateSkill,
    CandidateTag,
    ContactPoint,
    CustomField,
    DoNotContact,
    Event,
    Note,
    Promise,
    Task,
    User,
    Workspace,
)
from crm.policies.do_not_contact import blocks
from crm.policies.engagement import Scale
from crm.policies.ownership import Ownership
from crm.policies.reachability import SENTENCES, ContactFacts, Reason, consent_state, reasons
from crm.queries.candidates import living
from crm.queries.contact_points import POINT, Reach, reaches
from crm.queries.engagement import Score, score_of
from crm.queries.ownership import last_touch, ownership_of
from crm.queries.reachability import marks_on
from crm.queries.timeline import Entry, timeline

ENTRIES = 30
ModelT = TypeVar("ModelT", bound=Model)
_TASK = {
    "id": "pk", "candidate_id": "candidate_id", "assignee_id": "assignee_id", "title": "title",
    "due_on": "due_on", "due_at": "due_at", "repeats": "repeats", "assignee_name": "assignee__name",
    "assignee_email": "assignee__email",
}  # fmt: skip
_PROMISE = {name: name for name in ("id", "candidate_id", "made_by_id", "text", "due_on", "outcome")}
_PINNED = {
    "pk": "pk", "body": "body", "is_private": "is_private", "author": "author__name",
    "created_at": "created_at", "pinned_at": "pinned_at",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PinnedNote:
    """A note kept above the timeline."""

    pk: int
    body: str
    is_private: bool
    author: str | None
    created_at: datetime | None
    pinned_at: str

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "PinnedNote":
        return cls(**{**row, "created_at": parse_datetime(row["created_at"])})


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What an interviewer handed in, as the ATS tells it."""

    title: str
    rating: str
    author: str
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Applied:
    """An application with its scorecards, newest first."""

    application: Application
    scorecards: list[Scorecard]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the page shows. The score comes with every point; the reasons say why mail may not go out."""

    candidate: Candidate
    contacts: list[Reach]
    skills: list[str]
    tags: list[str]
    score: Score
    reasons: list[tuple[Reason, str]]
    consent: str
    entries: list[Entry]
    has_more: bool
    applications: list[Applied]
    tasks: list[Task]
    marks: list[DoNotContact]
    promises: list[Promise]
    ownership: Ownership | None
    custom_fields: list[CustomField]
    pinned: list[PinnedNote]

    @property
    def last_signal(self) -> Any:
        return self.score.points[0].signal if self.score.points else None


def profile(
    candidate_id: int, *, reader_id: int, now: datetime, workspace: Workspace, scale: Scale | None = None
) -> Profile | None:
    """Everything about a living candidate; None when there is none. Eight statements at most.

    Phone numbers are written as in the workspace's country; without a `scale` the workspace's is looked up.
    """
    candidate: Any = _with_everything(reader_id).filter(pk=candidate_id).first()
    if candidate is None:
        return None
    entries = timeline(candidate_id, limit=ENTRIES + 1, reader_id=reader_id)
    marks = marks_on([candidate], now=now)[candidate.pk]
    found = reasons(_facts(candidate, marks), now=now, ignore_process=False)
    applications = Application.objects.filter(candidate_id=candidate_id).select_related("requisition")
    return Profile(
        candidate=candidate,
        contacts=reaches(candidate.points, home=workspace.country),
        skills=candidate.skill_names,
        tags=candidate.tag_names,
        score=score_of(candidate, now=now, scale=scale),
        reasons=[(reason, SENTENCES[reason]) for reason in found],
        consent=consent_state(candidate.consent, candidate.consent_expires_at, now=now),
        entries=entries[:ENTRIES],
        has_more=len(entries) > ENTRIES,
        applications=_applied(applications.order_by("-applied_at")[:50], candidate.scorecards),
        tasks=[_task(row) for row in candidate.open_tasks],
        custom_fields=[CustomField(**row) for row in candidate.fields_here],
        marks=marks,
        pinned=[PinnedNote.read(row) for row in candidate.pinned_notes],
        promises=[_read(Promise, row) for row in candidate.promises_made],
        ownership=ownership_of(
            candidate, touched_at=candidate.owner_touched_at, days=workspace.ownership_days
        ),
    )


def _with_everything(reader_id: int) -> Any:
    """The person with contact points, words, notes, work to do and the fields there are, in one go."""
    here = OuterRef("pk")
    points = ContactPoint.objects.filter(candidate_id=here).order_by("kind", "-is_primary", "pk")
    skills = CandidateSkill.objects.filter(candidate_id=here).order_by("skill__name").values("skill__name")
    tags = CandidateTag.objects.filter(candidate_id=here).order_by("tag__name").values("tag__name")
    pinned = Note.objects.filter(candidate_id=here).exclude(pinned_at=None).order_by("-pinned_at")
    pinned = pinned.filter(Q(is_private=False) | Q(author_id=reader_id))
    told = Event.objects.filter(candidate_id=here, kind="scorecard.submitted").order_by("-occurred_at")[:50]
    tasks = Task.objects.filter(candidate_id=here, done_at=None).order_by("due_on", "due_at", "pk")[:50]
    promises = Promise.objects.filter(candidate_id=here).order_by("outcome", "due_on")[:20]
    own = CustomField.objects.filter(archived_at=None).order_by("position", "label", "pk")
    return living().select_related("owner").annotate(
        points=ArraySubquery(points.values(json=JSONObject(**{name: F(name) for name in POINT}))),
        skill_names=ArraySubquery(skills),
        tag_names=ArraySubquery(tags),
        pinned_notes=ArraySubquery(pinned.values(json=JSONObject(**_PINNED))),
        scorecards=ArraySubquery(told.values(json=JSONObject(at="occurred_at", data="data"))),
        open_tasks=ArraySubquery(tasks.values(json=JSONObject(**_TASK))),
        promises_made=ArraySubquery(promises.values(json=JSONObject(**_PROMISE))),
        owner_touched_at=last_touch(),
        fields_here=ArraySubquery(own.values(json=JSONObject(key="key", label="label", kind="kind"))),
    )  # fmt: skip


def _applied(applications: Iterable[Application], told: list[dict[str, Any]]) -> list[Applied]:
    cards = defaultdict(list)
    for row in told:
        data = row["data"]
        title, rating, author = (data.get(name) or "" for name in ("title", "rating", "author"))
        cards[data.get("application")].append(Scorecard(title, rating, author, parse_datetime(row["at"])))
    return [Applied(application, cards[application.pk]) for application in applications]


def _task(row: dict[str, Any]) -> Task:
    name, email = row.pop("assignee_name"), row.pop("assignee_email")
    task = _read(Task, row)
    if task.assignee_id:
        task.assignee = User(pk=task.assignee_id, name=name, email=email)
    return task


def _read(model: type[ModelT], row: dict[str, Any]) -> ModelT:
    """A row that came as JSON inside another one: dates and times are text there."""
    columns = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: columns[name].to_python(value) for name, value in row.items()})


def _facts(candidate: Any, marks: list[DoNotContact]) -> ContactFacts:
    return ContactFacts(
        email_state=candidate.email_state,
        consent=candidate.consent,
        consent_expires_at=candidate.consent_expires_at,
        unsubscribed_at=candidate.unsubscribed_at,
        is_do_not_contact=blocks(marks, automated=False),
        in_process=candidate.in_process,
    )
