import datetime as dt

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from crm import models

PASSWORD = "a long enough password"
LONG_AGO = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


class WorkspaceFactory(DjangoModelFactory[models.Workspace]):
    class Meta:
        model = models.Workspace

    name = factory.Sequence(lambda n: f"Workspace {n}")
    slug = factory.Sequence(lambda n: f"workspace-{n}")


class UserFactory(DjangoModelFactory[models.User]):
    class Meta:
        model = models.User

    name = factory.Sequence(lambda n: f"User {n}")
    email = factory.Sequence(lambda n: f"user-{n}@people.example")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class MembershipFactory(DjangoModelFactory[models.Membership]):
    class Meta:
        model = models.Membership

    workspace = factory.SubFactory(WorkspaceFactory)
    user = factory.SubFactory(UserFactory)
    role = models.Role.RECRUITER


class InvitationFactory(DjangoModelFactory[models.Invitation]):
    class Meta:
        model = models.Invitation

    email = factory.Sequence(lambda n: f"invited-{n}@people.example")
    role = models.Role.RECRUITER
    invited_by = factory.SubFactory(UserFactory)
    expires_at = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


class ApiKeyFactory(DjangoModelFactory[models.ApiKey]):
    """A key nobody holds; a test that calls the API makes one with `crm.actions.api_keys.create`."""

    class Meta:
        model = models.ApiKey

    name = factory.Sequence(lambda n: f"Key {n}")
    role = models.Role.ADMIN
    secret_hash = factory.Sequence(lambda n: f"{n:064d}")
    hint = "0000"


class CandidateFactory(DjangoModelFactory[models.Candidate]):
    class Meta:
        model = models.Candidate

    first_name = factory.Sequence(lambda n: f"First{n}")
    last_name = factory.Sequence(lambda n: f"Last{n}")
    email = factory.Sequence(lambda n: f"candidate-{n}@people.example")
    email_state = models.EmailState.OK


class ContactPointFactory(DjangoModelFactory[models.ContactPoint]):
    class Meta:
        model = models.ContactPoint

    candidate = factory.SubFactory(CandidateFactory)
    kind = models.ContactPoint.Kind.EMAIL
    value = factory.LazyAttribute(lambda point: point.candidate.email)
    normalized = factory.LazyAttribute(lambda point: point.value.lower())
    is_primary = True


class ConsentFactory(DjangoModelFactory[models.Consent]):
    class Meta:
        model = models.Consent

    candidate = factory.SubFactory(CandidateFactory)
    basis = models.Consent.Basis.CONSENT
    source = "form"
    granted_at = LONG_AGO


class DoNotContactFactory(DjangoModelFactory[models.DoNotContact]):
    class Meta:
        model = models.DoNotContact

    candidate = factory.SubFactory(CandidateFactory)
    reason = "Asked at a fair."


class EventFactory(DjangoModelFactory[models.Event]):
    class Meta:
        model = models.Event

    kind = "candidate.created"
    candidate = factory.SubFactory(CandidateFactory)
    occurred_at = LONG_AGO


class MessageFactory(DjangoModelFactory[models.Message]):
    class Meta:
        model = models.Message

    candidate = factory.SubFactory(CandidateFactory)
    direction = models.Message.Direction.OUT
    kind = models.Message.Kind.ONE_TO_ONE
    state = models.Message.State.SENT
    subject = "Hello"
    body_text = "Hello"
    to_address = factory.LazyAttribute(lambda message: message.candidate.email)
    sent_at = LONG_AGO


class NoteFactory(DjangoModelFactory[models.Note]):
    class Meta:
        model = models.Note

    candidate = factory.SubFactory(CandidateFactory)
    author = factory.SubFactory(UserFactory)
    body = "Met at a fair."


class TagFactory(DjangoModelFactory[models.Tag]):
    class Meta:
        model = models.Tag

    name = factory.Sequence(lambda n: f"Tag {n}")
    folded = factory.LazyAttribute(lambda tag: tag.name.lower())


class SkillFactory(DjangoModelFactory[models.Skill]):
    class Meta:
        model = models.Skill

    name = factory.Sequence(lambda n: f"Skill {n}")
    folded = factory.LazyAttribute(lambda skill: skill.name.lower())


class RequisitionFactory(DjangoModelFactory[models.Requisition]):
    class Meta:
        model = models.Requisition

    title = factory.Sequence(lambda n: f"Requisition {n}")
    opened_at = LONG_AGO


class ApplicationFactory(DjangoModelFactory[models.Application]):
    class Meta:
        model = models.Application

    candidate = factory.SubFactory(CandidateFactory)
    requisition = factory.SubFactory(RequisitionFactory)
    applied_at = LONG_AGO


class StageEntryFactory(DjangoModelFactory[models.StageEntry]):
    class Meta:
        model = models.StageEntry

    application = factory.SubFactory(ApplicationFactory)
    stage = models.HiringStage.APPLIED
    vendor_stage = "Application Review"
    entered_at = LONG_AGO


class OfferFactory(DjangoModelFactory[models.Offer]):
    class Meta:
        model = models.Offer

    application = factory.SubFactory(ApplicationFactory)
    status = models.Offer.Status.PENDING
    extended_at = LONG_AGO
