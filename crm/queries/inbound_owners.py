"""Which mails of a mailbox concern this workspace: answers to ours, and mail from people it knows."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings

from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, ContactPoint, Message
from crm.policies import automatic_mail, received_mail, reply_matching
from crm.policies.received_mail import ReceivedMail


def ours_among(heads: Mapping[int, bytes]) -> dict[int, str | None]:
    """uid → the recipient that names our message, else nothing, for each mail to be taken. Four statements.

    None for a bounce: only its body knows which mail it is about (`is_about_ours`).
    """
    workspace_id = current_workspace_id()
    parsed = {uid: received_mail.parse_headers(raw) for uid, raw in heads.items()}
    coded = {uid: found for uid, mail in parsed.items() if (found := _code_in(mail, workspace_id))}
    answered = _answered(parsed, workspace_id)
    known = _known({mail.from_address for mail in parsed.values()})
    own = _own_ids({mail.message_id for mail in parsed.values() if mail.message_id})
    taken: dict[int, str | None] = {}
    for uid, mail in parsed.items():
        if mail.message_id in own:
            continue  # our own mail in a shared folder
        if uid in coded or uid in answered or mail.from_address in known:
            taken[uid] = coded.get(uid, "")
        elif automatic_mail.nature_of(mail).kind == "bounce":
            taken[uid] = None
    return taken


def is_about_ours(raw: bytes) -> bool:
    """Whether this bounce returns a mail of this workspace."""
    mail = received_mail.parse(raw)
    named = (automatic_mail.bounce_of(mail).original_id, *mail.references)
    found = reply_matching.ours_in(named, domain=settings.MAIL_DOMAIN)
    keys = [key for key, owner in found if owner == current_workspace_id()]
    return Message.objects.filter(key__in=keys).exists()


def _code_in(mail: ReceivedMail, workspace_id: int) -> str:
    for recipient in mail.recipients:
        address = reply_matching.address_of(recipient, domains=(settings.INBOUND_DOMAIN,))
        if address and address.ids and address.ids[0] == workspace_id:
            return recipient
    return ""


def _answered(parsed: Mapping[int, ReceivedMail], workspace_id: int) -> set[int]:
    named = {
        uid: {key for key, owner in _keys(mail) if owner == workspace_id} for uid, mail in parsed.items()
    }
    keys: set[UUID] = set().union(*named.values())
    held = set(Message.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    return {uid for uid, names in named.items() if names & held}


def _keys(mail: ReceivedMail) -> list[tuple[UUID, int]]:
    return list(reply_matching.ours_in(mail.references, domain=settings.MAIL_DOMAIN))


def _known(addresses: set[str]) -> set[str]:
    addresses = {address for address in addresses if address}
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, normalized__in=addresses)
    people = Candidate.objects.filter(email__in=addresses)
    return set(points.values_list("normalized", flat=True)) | set(people.values_list("email", flat=True))


def _own_ids(ids: set[str]) -> set[str]:
    sent = Message.objects.filter(direction=Message.Direction.OUT, rfc_message_id__in=ids)
    return set(sent.values_list("rfc_message_id", flat=True))
