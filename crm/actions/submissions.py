"""Somebody sent a form: they become a candidate, or are found again, with proof of what they agreed to."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.actions import (
    consents,
    duplicates,
    events,
    held_files,
    preferences,
    registrations,
    service_mails,
    unsubscribes,
    upserts,
)
from crm.actions.service_mails import ServiceMail
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import (
    Candidate,
    CaptureForm,
    ConsentState,
    ConsentText,
    HeldFile,
    Message,
    Submission,
    Workspace,
)
from crm.policies import languages, people
from crm.policies.form_questions import Answered
from crm.policies.people import Basis, InvalidPerson, Person
from crm.policies.topics import TOPICS
from crm.policies.touches import Touch
from crm.queries import people as surroundings
from crm.queries.duplicates import same_people

ORIGIN = "form"
CONFIRM_SALT = "crm.confirm_submission"
PENDING_FOR = timedelta(days=14)
_NAMESPACE = uuid.UUID("4b1c5a76-2f50-4f3c-9d5e-0d1a7b2c9e44")
# Older than any edit: what somebody edited here is never overwritten by a form.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class InvalidAnswers(DomainError):
    """Some answers cannot be kept."""

    code = "invalid"


class LinkNotValid(DomainError):
    """This link does not lead anywhere any more."""

    code = "link_not_valid"
    status = 404


@dataclass(frozen=True, slots=True)
class Sent:
    """What came in: the key of the page it came from, the answers, where from, the words agreed to, files."""

    key: uuid.UUID
    answers: Answered
    touch: Touch
    consent_text: ConsentText
    files: Sequence[HeldFile] = ()


def known(*, key: uuid.UUID) -> Submission | None:
    """What this page brought before, when it is sent once more."""
    return Submission.objects.filter(key=key).first()


@transaction.atomic
def receive(*, form: CaptureForm, sent: Sent) -> Submission:
    """Keep the answers and let them in, or ask for a confirmation first where the form wants one.

    The same page sent twice is one submission. Raises InvalidAnswers with each field's reason. What comes
    back says nothing about whether the person was known: visitors must not learn it.
    """
    if before := known(key=sent.key):
        return before
    _read(sent.answers.person)
    wishes = sent.answers.wishes
    given = {"person": _with_language(sent.answers.person), "topics": wishes.topics, "pace": wishes.pace,
             "not_before": wishes.not_before}  # fmt: skip
    submission = Submission.objects.create(
        form=form, key=sent.key, given=given, answers=list(sent.answers.told), consent_text=sent.consent_text,
        source=sent.touch.source or form.source, medium=sent.touch.medium, page=sent.touch.page,
        campaign=sent.touch.campaign or form.campaign, submitted_at=timezone.now(),
        state=Submission.State.PENDING if form.needs_confirmation else Submission.State.RECEIVED,
    )  # fmt: skip
    HeldFile.objects.filter(pk__in=[file.pk for file in sent.files]).update(submission=submission)
    if form.needs_confirmation:
        submission.message = _ask_to_confirm(submission)
        submission.save(update_fields=["message"])
        return submission
    return Intake(submission).run()


@transaction.atomic
def confirm(*, token: str) -> Submission:
    """The person owns the address: let them in. Twice is once. Raises LinkNotValid."""
    submission = Submission.objects.select_for_update(of=("self",)).filter(pk=_opened(token)).first()
    if submission is None:
        raise LinkNotValid
    if submission.state == Submission.State.RECEIVED:
        return submission
    submission.state, submission.confirmed_at = Submission.State.RECEIVED, timezone.now()
    return Intake(submission).run()


@transaction.atomic
def forget_unconfirmed(*, now: datetime) -> int:
    """Forget who never confirmed, with the mail that asked; returns how many."""
    over = Submission.objects.filter(state=Submission.State.PENDING, submitted_at__lt=now - PENDING_FOR)
    held_files.drop(submissions=over)
    mails = [pk for pk in over.values_list("message_id", flat=True) if pk]
    deleted, _rows = over.delete()
    Message.objects.filter(pk__in=mails, candidate=None).delete()
    return deleted


class Intake:
    """One submission on its way into the records."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.form: CaptureForm = submission.form
        self.person = _read(submission.given["person"])

    def run(self) -> Submission:
        known = same_people(self.person)
        candidate = self._write(known)
        if candidate is None:
            return self._turned_away()
        self._agree(candidate, was_known=bool(known))
        self._wish(candidate)
        held_files.give(submission=self.submission, candidate=candidate)
        self.submission.candidate, self.submission.was_known = candidate, bool(known)
        self.submission.given = {}
        self.submission.save()
        Message.objects.filter(pk=self.submission.message_id or 0).update(candidate=candidate)
        self._tell(candidate)
        return self.submission

    def _write(self, known: list[Candidate]) -> Candidate | None:
        """Through the one door. Two records with this address: the older one; merging is for people."""
        if len(known) > 1:
            duplicates.queue_conflict([one.pk for one in known], signs=["given_together"], now=timezone.now())
            return known[0]
        person = self._for_known(known[0]) if known else self._for_new()
        outcome = upserts.Upsert([person], ORIGIN, timezone.now()).run()[0]
        return Candidate.objects.filter(pk=outcome.candidate_id).first() if outcome.candidate_id else None

    def _for_new(self) -> Person:
        source = self.submission.source or f"Form: {self.form.title}"
        columns = {"source": source[:120], "owner_id": self.form.owner_id}
        return replace(
            self.person, columns={**self.person.columns, **columns}, tags=tuple(self.form.tags),
            basis=self._basis(),
        )  # fmt: skip

    def _for_known(self, known: Candidate) -> Person:
        """Names and source stay as they are, and so does whatever somebody edited here."""
        kept = {name for name in ("first_name", "last_name", "locale") if getattr(known, name)}
        columns = {name: value for name, value in self.person.columns.items() if name not in kept}
        if not known.source and self.submission.source:
            columns["source"] = self.submission.source
        custom = {k: v for k, v in self.person.custom.items() if f"custom.{k}" not in known.edited_fields}
        return replace(
            self.person, columns=columns, custom=custom, tags=tuple(self.form.tags), read_at=_LONG_AGO
        )

    def _agree(self, candidate: Candidate, *, was_known: bool) -> None:
        """Keep the consent. Who stopped our mail comes back only when they confirmed the address."""
        if not was_known:
            return
        candidate.refresh_from_db()
        has_stopped = candidate.unsubscribed_at or candidate.consent == ConsentState.WITHDRAWN
        if has_stopped and not self.submission.confirmed_at:
            return
        consents.grant(candidate=candidate, basis=self._basis())
        unsubscribes.start_again(candidate=candidate)

    def _basis(self) -> Basis:
        at = self.submission.confirmed_at or self.submission.submitted_at
        text, months = self.submission.consent_text, self.form.consent_months
        return Basis(
            source=f"Form: {self.form.title}"[:120], basis="consent", granted_at=at,
            text_version=text.version if text else "",
            expires_at=at + relativedelta(months=months) if months else None,
        )  # fmt: skip

    def _wish(self, candidate: Candidate) -> None:
        given = self.submission.given
        if given.get("topics") is None and not given.get("pace") and not given.get("not_before"):
            return
        topics = given.get("topics")
        if topics is None:
            declined = set(candidate.topics_declined)
            topics = [topic for topic in TOPICS if topic not in declined]
        gap = candidate.preferred_gap_days
        if pace := given.get("pace"):
            gap = int(pace) if pace != "any" else None
        day = given.get("not_before")
        not_before = datetime.fromisoformat(day).date() if day else candidate.not_before
        preferences.choose(candidate=candidate, topics=topics, gap_days=gap, not_before=not_before)

    def _tell(self, candidate: Candidate) -> None:
        form, submission = self.form, self.submission
        events.record(
            "form.submitted",
            candidate=candidate,
            ref=f"form:{submission.pk}",
            data={
                "form": form.slug, "form_id": form.pk, "submission": submission.pk,
                "source": submission.source, "campaign": submission.campaign,
            },
        )  # fmt: skip
        registrations.follow_submission(submission=submission, candidate=candidate)

    def _turned_away(self) -> Submission:
        """They asked to be erased once: nothing of what they sent is kept."""
        held_files.drop(submissions=[self.submission])
        self.submission.delete()
        return self.submission


def confirm_url(submission: Submission, workspace: Workspace) -> str:
    """Where the person says that the address is theirs."""
    token = signing.Signer(salt=CONFIRM_SALT).sign_object({"w": workspace.pk, "s": submission.pk})
    path = reverse("form_confirm", args=[workspace.slug, submission.form.slug, token])
    return f"{settings.BASE_URL}{path}"


def _ask_to_confirm(submission: Submission) -> Message:
    workspace = Workspace.objects.get(pk=current_workspace_id())
    name = workspace.legal_name or workspace.name
    text = _(
        "Hello,\n\nsomebody entered this address on a page of %(name)s: %(title)s. "
        "If that was you, one click and you are in:\n\n%(url)s\n\n"
        "If it was not you, do nothing. We forget this address after two weeks and write no more."
    ) % {"name": name, "title": submission.form.title, "url": confirm_url(submission, workspace)}
    mail = ServiceMail(
        to_address=submission.given["person"]["email"],
        subject=_("Please confirm: %s") % submission.form.title,
        text=text,
        key=uuid.uuid5(_NAMESPACE, f"{workspace.pk}:confirm:{submission.pk}"),
        language=languages.current(),
    )
    return service_mails.queue([mail])[0]


def _with_language(person: Mapping[str, Any]) -> dict[str, Any]:
    """Who fills in a page in French is written to in French; a form may ask for the language itself."""
    language = languages.current()
    return {**({} if language == languages.PLAIN else {"locale": language}), **person}


def _read(given: dict[str, Any] | Any) -> Person:
    try:
        return people.read(given, custom_fields=surroundings.custom_fields() if given.get("custom") else {})
    except InvalidPerson as wrong:
        raise InvalidAnswers(fields=wrong.fields) from wrong


def _opened(token: str) -> int:
    try:
        opened = signing.Signer(salt=CONFIRM_SALT).unsign_object(token)
    except signing.BadSignature as broken:
        raise LinkNotValid from broken
    return int(opened["s"]) if opened.get("w") == current_workspace_id() else 0
