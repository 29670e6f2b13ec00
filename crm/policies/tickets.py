"""Tickets to an event: the code in a QR picture, and its beginning, which is what somebody can type."""

import re
from collections.abc import Iterable

from crm.policies.tokens import Purpose, seal, unseal

_IN_ADDRESS = re.compile(r"/ticket/([a-z2-7]+)")
_SHORT = 8
# What is mistaken for a letter when a code is read aloud or off a screen.
_MISREAD = str.maketrans("018", "olb", "- ")


def ticket_of(workspace_id: int, registration_id: int) -> str:
    """The code of a registration, the same each time."""
    return seal(Purpose.TICKET, workspace_id, registration_id, 0)


def short(ticket: str) -> str:
    """The beginning of the code, as it stands below the picture."""
    return f"{ticket[: _SHORT // 2]}-{ticket[_SHORT // 2 : _SHORT]}".upper()


def registration_in(text: str, workspace_id: int) -> int | None:
    """The registration a scanned text or a whole code stands for, if it is a ticket of this workspace."""
    found = _IN_ADDRESS.search(text)
    ids = unseal(Purpose.TICKET, found[1] if found else text.strip().lower())
    return ids[1] if ids and len(ids) == 3 and ids[0] == workspace_id else None


def typed(text: str) -> str:
    """The short code somebody typed, as it was meant; empty when it cannot be one."""
    meant = text.strip().lower().translate(_MISREAD)
    return meant if len(meant) == _SHORT and meant.isascii() and meant.isalnum() else ""


def meant(text: str, workspace_id: int, registration_ids: Iterable[int]) -> int | None:
    """Which of these registrations a typed short code stands for."""
    code = typed(text)
    if not code:
        return None
    return next((pk for pk in registration_ids if ticket_of(workspace_id, pk).startswith(code)), None)
