"""Whose mail an incoming mail is: by the code in its recipient, then by what it refers to, then by sender."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from crm.policies.tokens import Purpose, unseal

_OURS = re.compile(r"<([0-9a-f]{32})\.(\d{1,18})@([^<>\s]+)>")

_MARKED = re.compile(r"\+r-([a-z2-7]{20,})$")


@dataclass(frozen=True, slots=True)
class Address:
    """What a recipient of ours stands for: `ids` as sealed, or the name before the @."""

    purpose: Purpose | None
    ids: tuple[int, ...] = ()
    name: str = ""


def address_of(recipient: str, *, domains: Iterable[str]) -> Address | None:
    """What the recipient means to us; None for a foreign domain or a forged code."""
    local, _, domain = recipient.strip().strip("<>").lower().rpartition("@")
    if marked := _MARKED.search(local):
        # In whatever mailbox it lands: nobody can make such a code but us.
        ids = unseal(Purpose.REPLY, marked[1])
        return Address(Purpose.REPLY, ids) if ids else None
    if not local or domain not in {known.lower() for known in domains}:
        return None
    prefix, plus, code = local.partition("+")
    if not plus or prefix not in (Purpose.REPLY, Purpose.STOP):
        return Address(None, name=prefix)
    ids = unseal(Purpose(prefix), code)
    return Address(Purpose(prefix), ids) if ids else None


def ours_in(references: Iterable[str], *, domain: str) -> list[tuple[uuid.UUID, int]]:
    """(message key, workspace id) of every Message-ID of ours among the references, the latest first."""
    found = [match for reference in references if (match := _OURS.fullmatch(reference))]
    return [(uuid.UUID(m[1]), int(m[2])) for m in reversed(found) if m[3].lower() == domain.lower()]


def key_of(text: str) -> tuple[uuid.UUID, int] | None:
    """(message key, workspace id) of a provider's `key`: the whole Message-ID or what stands before its @."""
    match = re.fullmatch(r"<?([0-9a-f]{32})\.(\d{1,18})(?:@[^<>\s]*)?>?", text.strip())
    return (uuid.UUID(match[1]), int(match[2])) if match else None
