"""Reads a question out of an address: which days (?from&to, ?days), beside which (?compare), and filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from analytics.policies.periods import Period, a_year_before, just_before, last_days
from analytics.policies.questions import Filters, Question
from analytics.policies.terms import Terms
from crm.kernel.errors import DomainError
from crm.models import Workspace

DEFAULT_DAYS = 365
LONGEST_DAYS = 366 * 20
FILTERS = ("role_family", "department", "location", "pool", "journey", "recruiter", "requisition")

PERIODS = ("from", "to", "compare_from", "compare_to")
RELATIVE = ("days", "compare")
"""What pages say instead of dates, so that a kept or shared address moves along with today."""
COMPARISONS = {"before": just_before, "year": a_year_before}

Asked = Mapping[str, Sequence[str]]


class InvalidQuestion(DomainError):
    """These figures cannot be asked for like this."""

    code = "invalid"
    status = 400


@dataclass(frozen=True, slots=True)
class Reading:
    """The question, and the period it is to be compared with, if any."""

    question: Question
    compare: Period | None


def read(asked: Asked, *, workspace: Workspace, terms: Terms, now: datetime, reader: int | None) -> Reading:
    """The question in the workspace's zone; the last year without dates. Refuses what is malformed."""
    zone = ZoneInfo(workspace.time_zone)
    given = _period(asked, "from", "to", zone)
    period = given or last_days(now.astimezone(zone).date(), _length(asked), zone)
    compare = _period(asked, "compare_from", "compare_to", zone) or _comparison(asked, period)
    question = Question(
        period=period,
        now=now,
        filters=Filters(
            role_families=_texts(asked, "role_family"),
            departments=_texts(asked, "department"),
            locations=_texts(asked, "location"),
            pools=_ids(asked, "pool"),
            journeys=_ids(asked, "journey"),
            recruiters=_ids(asked, "recruiter"),
            requisitions=_ids(asked, "requisition"),
        ),
        terms=terms,
        currency=workspace.currency,
        reader=reader,
        compare=compare,
    )
    return Reading(question, compare)


def refuse_unknown(asked: Asked, *also: str) -> None:
    """Refuse a parameter that is no part of a question, by its name; `also` are the caller's own."""
    unknown = [name for name in asked if name not in (*PERIODS, *FILTERS, *also)]
    if unknown:
        known = ", ".join((*PERIODS, *FILTERS, *also))
        raise InvalidQuestion(fields=dict.fromkeys(unknown, f"Unknown filter. Known are: {known}."))


def _length(asked: Asked) -> int:
    text = "".join(asked.get("days", [])[-1:]).strip()
    if not text:
        return DEFAULT_DAYS
    if not (text.isdecimal() and len(text) < 6 and 1 <= int(text) <= LONGEST_DAYS):
        raise InvalidQuestion(fields={"days": "A number of days, at most twenty years."})
    return int(text)


def _comparison(asked: Asked, period: Period) -> Period | None:
    name = "".join(asked.get("compare", [])[-1:]).strip()
    if not name:
        return None
    if name not in COMPARISONS:
        raise InvalidQuestion(fields={"compare": f"One of {', '.join(COMPARISONS)}."})
    return COMPARISONS[name](period)


def _period(asked: Asked, first: str, last: str, zone: ZoneInfo) -> Period | None:
    from_on, to_on = _day(asked, first), _day(asked, last)
    if from_on is None and to_on is None:
        return None
    if from_on is None or to_on is None:
        missing = first if from_on is None else last
        raise InvalidQuestion(fields={missing: f"Give both {first} and {last}, or neither."})
    if to_on < from_on:
        raise InvalidQuestion(fields={last: f"This is before {first}."})
    if (to_on - from_on).days > LONGEST_DAYS:
        raise InvalidQuestion(fields={first: "At most twenty years."})
    return Period(from_on, to_on, zone)


def _day(asked: Asked, name: str) -> date | None:
    text = "".join(asked.get(name, [])[-1:]).strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidQuestion(fields={name: "A day like 2026-03-31."}) from None
    if not 1970 <= day.year <= 9000:
        raise InvalidQuestion(fields={name: "A year from 1970 on."})
    return day


def _texts(asked: Asked, name: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in asked.get(name, []) if value.strip())


def _ids(asked: Asked, name: str) -> tuple[int, ...]:
    given = _texts(asked, name)
    if not all(value.isdecimal() and len(value) < 19 for value in given):
        raise InvalidQuestion(fields={name: "The id of one, a number."})
    return tuple(int(value) for value in given)
