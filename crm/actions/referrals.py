"""A colleague names somebody; that person is asked before anything else, and nothing is kept of a no."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.actions import consents, events, service_mails, upserts
from crm.actions.service_mails import ServiceMail
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, ConsentText, Message, Referral, Workspace
from crm.policies import languages, people
from crm.policies.people import Basis, InvalidPerson, Person
from crm.queries.duplicates import same_people

SALT = "crm.referral"
WAITS = timedelta(days=30)
CONSENT = (
    "I agree that {company} keeps my name and address and writes to me about working there. "
    "I can change my mind at any time with the link under each mail."
)
_NAMESPACE = uuid.UUID("c2f5f4de-91bd-4d4a-93bb-3d3c5e1f4a77")


class InvalidReferral(DomainError):
    """Some of this cannot be used."""

    code = "invalid"


class LinkNotValid(DomainError):
    """This link does not lead anywhere any more."""

    code = "link_not_valid"
    status = 404


def page_token() -> str:
    """What lets colleagues name somebody: part of the link that is shared among them."""
    return signing.Signer(salt=f"{SALT}.page").sign(str(current_workspace_id()))


def is_page_token(token: str) -> bool:
    """Whether the link was made here."""
    try:
        return signing.Signer(salt=f"{SALT}.page").unsign(token) == str(current_workspace_id())
    except signing.BadSignature:
        return False


@transaction.atomic
def refer(*, given: Mapping[str, Any], key: uuid.UUID) -> Referral:
    """Keep the referral and ask the person. The same page sent twice is one referral.

    Somebody who hears from us already is not asked again; the colleague is not told that they are known.
    """
    if known := Referral.objects.filter(key=key).first():
        return known
    person = _read({"full_name": given["name"], "email": given["email"]})
    names = ("referrer_name", "referrer_email", "relation", "note", "name")
    referral = Referral.objects.create(
        key=key, created_at=timezone.now(), email=person.contacts[0].normalized,
        **{name: given.get(name, "") for name in names},
    )  # fmt: skip
    found = same_people(person)
    if found and found[0].consent == "granted" and not found[0].unsubscribed_at:
        return _attach(referral, found[0])
    referral.message = _ask(referral)
    referral.save(update_fields=["message"])
    return referral


@transaction.atomic
def agree(*, token: str) -> Referral:
    """The person says yes: a candidate, with the words they agreed to. Twice is once."""
    referral = by_token(token, lock=True)
    if referral.state == Referral.State.AGREED:
        return referral
    if referral.state != Referral.State.ASKED:
        raise LinkNotValid
    basis = Basis(source="Referral", basis="consent", text_version=consent_text().version)
    person = _read({"full_name": referral.name, "email": referral.email})
    found = same_people(person)
    if found:
        consents.grant(candidate=found[0], basis=basis)
        return _attach(referral, found[0])
    person = Person(columns={**person.columns, "source": "Referral"}, contacts=person.contacts, basis=basis)
    outcome = upserts.Upsert([person], "referral", timezone.now()).run()[0]
    if outcome.candidate_id is None:
        raise LinkNotValid(outcome.reason)
    return _attach(referral, Candidate.objects.get(pk=outcome.candidate_id))


@transaction.atomic
def decline(*, token: str) -> Referral:
    """The person says no: name, address, note and the mail that asked are gone. Twice is once."""
    referral = by_token(token, lock=True)
    if referral.state != Referral.State.ASKED:
        return referral
    _forget([referral], Referral.State.DECLINED)
    return Referral.objects.get(pk=referral.pk)


@transaction.atomic
def forget_unanswered(*, now: datetime) -> int:
    """Who did not answer within a month is forgotten; returns how many."""
    over = Referral.objects.filter(state=Referral.State.ASKED, created_at__lt=now - WAITS)
    rows = list(over.select_for_update(of=("self",)))
    _forget(rows, Referral.State.LAPSED)
    return len(rows)


def consent_text() -> ConsentText:
    """The words a referred person agrees to."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    words = CONSENT.format(company=workspace.legal_name or workspace.name)
    found = ConsentText.objects.filter(version__startswith="referral/", text=words).first()
    count = ConsentText.objects.filter(version__startswith="referral/").count()
    return found or ConsentText.objects.create(version=f"referral/{count + 1}", text=words)


def answer_token(referral: Referral) -> str:
    """What is in the link only the referred person gets."""
    return signing.Signer(salt=f"{SALT}.answer").sign(f"{current_workspace_id()}.{referral.pk}")


def by_token(token: str, *, lock: bool = False) -> Referral:
    """The referral a link in a mail is about. Raises LinkNotValid."""
    try:
        workspace, _dot, pk = signing.Signer(salt=f"{SALT}.answer").unsign(token).partition(".")
    except signing.BadSignature as broken:
        raise LinkNotValid from broken
    rows = Referral.objects.select_for_update(of=("self",)) if lock else Referral.objects.all()
    found = rows.filter(pk=int(pk)).first() if workspace == str(current_workspace_id()) else None
    if found is None:
        raise LinkNotValid
    return found


def _ask(referral: Referral) -> Message:
    workspace = Workspace.objects.get(pk=current_workspace_id())
    path = reverse("referral_answer", args=[workspace.slug, answer_token(referral)])
    text = _(
        "Hello %(name)s,\n\n%(who)s thinks that you and %(company)s should know each other, and gave us this "
        "address. Before we keep anything we would like to ask you:\n\n%(url)s\n\n"
        "You can say yes or no there. If you do nothing we forget your name and address after a month "
        "and write no more."
    ) % {
        "name": referral.name.split()[0] if referral.name.split() else "",
        "who": referral.referrer_name,
        "company": workspace.name,
        "url": f"{settings.BASE_URL}{path}",
    }
    mail = ServiceMail(
        to_address=referral.email,
        subject=_("%(who)s mentioned you to %(company)s")
        % {"who": referral.referrer_name, "company": workspace.name},
        text=text,
        key=uuid.uuid5(_NAMESPACE, f"{workspace.pk}:{referral.pk}"),
        language=languages.current(),
    )
    return service_mails.queue([mail])[0]


def _attach(referral: Referral, candidate: Candidate) -> Referral:
    referral.candidate, referral.state = candidate, Referral.State.AGREED
    referral.answered_at = timezone.now()
    referral.name = referral.email = ""
    referral.save()
    Message.objects.filter(pk=referral.message_id or 0).update(candidate=candidate)
    data = {"referral": referral.pk, "relation": referral.relation}
    events.record("candidate.referred", candidate=candidate, ref=f"referral:{referral.pk}", data=data)
    return referral


def _forget(rows: list[Referral], state: str) -> None:
    ids = [row.pk for row in rows]
    mails = [row.message_id for row in rows if row.message_id]
    Referral.objects.filter(pk__in=ids).update(
        name="", email="", note="", relation="", message=None, state=state, answered_at=timezone.now()
    )
    Message.objects.filter(pk__in=mails, candidate=None).delete()


def _read(given: Mapping[str, Any]) -> Person:
    try:
        person = people.read(given, custom_fields={})
    except InvalidPerson as wrong:
        raise InvalidReferral(fields=wrong.fields) from wrong
    if not person.contacts:
        raise InvalidReferral(fields={"email": "An e-mail address is needed."})
    return person
