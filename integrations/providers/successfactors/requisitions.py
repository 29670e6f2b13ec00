"""JobRequisition with its locales, operators and postings → our requisition. Pure."""

import re
from datetime import datetime

from integrations.policies import hiring_words, places
from integrations.providers import fields
from integrations.providers.base import Payload, RequisitionRecord
from integrations.providers.rows import Skipped, Unreadable
from integrations.providers.successfactors import odata

# “Procurement (5000123)”: the code is no part of the name.
_CODED = re.compile(r"^(.*?)\s*\([^()]*\)$")
# First found wins; the words are codes and labels of the customer's own picklist.
WORDS = (
    ("on_hold", ("hold", "pause", "frozen", "freeze", "suspend")),
    ("filled", ("filled", "hired")),
    ("cancelled", ("cancel", "withdrawn")),
    ("closed", ("closed", "close")),
)
PRE_APPROVED, OPEN, CLOSED = "0", "1", "2"


def is_deleted(row: Payload) -> bool:
    return odata.truth(row.get("deleted"))


def requisition(row: Payload, skills: tuple[str, ...] = ()) -> RequisitionRecord:
    """`skills` are the names of custom fields that hold skills."""
    if is_deleted(row):
        raise Skipped("deleted")
    status = status_of(row)
    locale = _locale(row)
    department, location = _name(row, "department"), _name(row, "location")
    title = fields.text(locale, "jobTitle") or fields.demand_text(locale or {"jobTitle": ""}, "externalTitle")
    manager, recruiter = odata.first(row, "hiringManager"), odata.first(row, "recruiter")
    closed_at = odata.moment(row, "closedDateTime") if status in ("closed", "filled", "cancelled") else None
    number = fields.identity(row, "jobReqId")
    return RequisitionRecord(
        external_id=number,
        updated_at=odata.demand_moment(row, "lastModifiedDateTime", "createdDateTime"),
        title=title,
        # People there know a requisition by its number: jobCode is shared by every job of its kind.
        code=number,
        status=status,
        openings=max(1, _count(row, "numberOpenings")),
        department=department,
        location=location or fields.text(row, "city"),
        country=country(row),
        role_family=hiring_words.family(department, title),
        seniority=hiring_words.seniority(title),
        skills=listed(row, skills),
        hiring_manager_email=fields.text(manager, "email").lower(),
        hiring_manager_name=f"{fields.text(manager, 'firstName')} {fields.text(manager, 'lastName')}".strip(),
        recruiter_email=fields.text(recruiter, "email").lower(),
        opened_at=_opened(row),
        # No field tells of the approval.
        approved_at=None,
        closed_at=closed_at,
        filled_at=closed_at if status == "filled" else None,
    )


def status_of(row: Payload) -> str:
    """From the customer's picklist where it says something, within what the internal status allows."""
    internal = fields.text(row, "internalStatus").partition(".")[0]
    told = _word(odata.words(row, "status"))
    if row.get("isDraft") is True:
        raise Skipped("draft")
    if internal == PRE_APPROVED:
        raise Skipped("not approved yet")
    if internal == CLOSED:
        is_full = 0 < _count(row, "numberOpenings") <= _count(row, "openingsFilled")
        return told if told in ("filled", "cancelled") else ("filled" if is_full else "closed")
    if internal == OPEN or told or odata.words(row, "status"):
        return told or "open"
    raise Unreadable(f"internalStatus is “{internal}”, which is not 0, 1 or 2")


def country(row: Payload) -> str:
    return next(filter(None, (places.place(word).country for word in odata.words(row, "country"))), "")


def listed(row: Payload, names: tuple[str, ...]) -> tuple[str, ...]:
    """What these fields hold, lists in one text taken apart."""
    texts = [word for name in names for word in odata.words(row, name)]
    parts = (part.strip()[:80] for text in texts for part in re.split(r"[,;\n]", text))
    return tuple(dict.fromkeys(filter(None, parts)))


def _word(words: tuple[str, ...]) -> str:
    folded = [word.casefold() for word in words]
    return next((name for name, signs in WORDS if any(sign in word for sign in signs for word in folded)), "")


def _locale(row: Payload) -> Payload:
    """The title in the requisition's own language, else in English, else in any."""
    held = odata.many(row, "jobReqLocale")
    wanted = str(row.get("defaultLanguage") or "")
    told = [one for one in held if one.get("jobTitle") or one.get("externalTitle")]
    for start in filter(None, (wanted, "en")):
        for one in told:
            if str(one.get("locale") or "").startswith(start):
                return one
    return next(iter(told), {})


def _name(row: Payload, name: str) -> str:
    """From the object it refers to where it is expanded, else from the label without its code."""
    held = odata.first(row, f"{name}_obj")
    for key in ("name", "name_defaultValue", "name_en_US", "description"):
        if held.get(key):
            return fields.text(held, key)
    label = next(iter(odata.words(row, name)), "")
    coded = _CODED.match(label)
    return (coded.group(1) if coded else label)[:120]


def _opened(row: Payload) -> datetime | None:
    """The first posting; where nothing was ever posted, when it was made."""
    starts = [
        at
        for one in odata.many(row, "jobReqPostings")
        if (at := odata.moment(one, "postStartDateOffset") or odata.moment(one, "postStartDate"))
    ]
    return min(starts) if starts else odata.moment(row, "createdDateTime")


def _count(row: Payload, name: str) -> int:
    """Numbers come as texts, decimals among them."""
    try:
        return int(float(fields.text(row, name) or 0))
    except ValueError as fault:
        raise Unreadable(f"{name} is not a number") from fault
