"""Every number of people on every page of figures opens a list of that many."""

import datetime as dt

import pytest

from analytics.models import Cost
from analytics.policies.asking import read
from analytics.policies.sections import Behind
from analytics.policies.terms import Terms
from analytics.queries import people
from analytics.queries.dashboards.registry import DASHBOARDS
from analytics.queries.preferences import preference
from crm.models import Event, User, Workspace
from journeys.models import Enrollment, Journey
from talentpools.models import Member
from tests.analytics.histories import NOW, at, event, hire, in_pool, mailed, question
from tests.factories import ApplicationFactory, CandidateFactory, MessageFactory

# Numbers that count no people, by section and column.
NOT_PEOPLE = {("requisitions", "Openings"), ("health", "Net")}
FROM, TO = dt.date(2026, 1, 14), dt.date(2026, 3, 18)


@pytest.fixture
def history(scope: Workspace, ada: User) -> None:
    write_history(scope, ada)


def write_history(scope: Workspace, ada: User) -> None:
    """Something for every page to count."""
    scope.time_zone = "Europe/Berlin"
    scope.save()
    shown = preference()
    shown.shows_recruiters = True
    shown.save()
    _of_hires()
    _of_journeys(ada)
    Cost.objects.create(origin="crm", category="Events", amount_cents=90_000, incurred_on=at(1).date())


def _of_hires() -> None:
    known = hire(at(1), at(11), source="Referral").candidate
    in_pool(known, at(1, 12, 2))
    event(known, "message.delivered", at(2, 12, 2), journey=1)
    event(known, "message.replied", at(3, 12, 2))
    event(known, "stage.changed", at(4), **{"from": "", "to": "screening"})
    event(known, "stage.changed", at(9), **{"from": "screening", "to": "interview_ready"})
    for month, day in ((2, 20), (3, 18), (3, 19)):
        hire(at(1, 12, 1), at(day, 12, month))
    ApplicationFactory.create(applied_at=at(3), source="Referral", furthest_rank=3)
    for kind, day in (("application.created", 1), ("offer.accepted", 11), ("message.sent", 17)):
        event(known, kind, at(day))
    Event.objects.create(kind="message.sent", occurred_at=at(17), data={})


def _of_journeys(ada: User) -> None:
    answered, silent = CandidateFactory.create(owner=ada), CandidateFactory.create()
    for person in (answered, silent):
        event(person, "message.delivered", at(5))
        in_pool(person, at(2))
    mailed(answered, "m1", "a", at(5), replied=at(6))
    mailed(silent, "m1", "b", at(5), replied=at(6), is_automatic=True)
    mailed(silent, "m2", "b", at(9))
    MessageFactory.create(candidate=answered, sender=ada, sent_at=at(7), state="sent")
    MessageFactory.create(candidate=answered, direction="in", state="received", created_at=at(8))
    Member.objects.filter(candidate=silent).update(left_at=at(17))
    left_alone = CandidateFactory.create()
    ApplicationFactory.create(candidate=left_alone, applied_at=at(12))
    journey = Journey.objects.get()
    Enrollment.objects.create(
        journey=journey,
        version=journey.versions.get(),
        candidate=left_alone,
        enrolled_at=at(5),
        state="holdout",
    )
    for kind, day in (("promise.made", 5), ("promise.made", 6), ("promise.kept", 7)):
        event(answered, kind, at(day), owner=ada.pk)


@pytest.mark.parametrize("page", DASHBOARDS)
def test_every_count_opens_its_people(history: None, scope: Workspace, page: str) -> None:
    asked = question(FROM, TO)
    dashboard = DASHBOARDS[page](asked)

    told = [
        (section.id, row[0].text, header, cell.value, _listed(cell.behind, scope))
        for section in dashboard.sections
        for row in section.rows
        for header, cell in zip(section.headers, row, strict=True)
        if isinstance(cell.value, int) and (section.id, header) not in NOT_PEOPLE
    ]
    assert [line for line in told if line[3] != line[4]] == []
    assert any(line[3] for line in told)
    assert [tile.label for tile in dashboard.tiles if _lies(tile.value, tile.n, tile.behind, scope)] == []


def _lies(value: str, n: int | str, behind: Behind | None, scope: Workspace) -> bool:
    """Neither the list of its n, nor of the share of it that it says."""
    if n == "":
        return False
    share = float(value.removesuffix(" %")) / 100 * int(n) if value.endswith(" %") else None
    counts = {float(n), float(value.replace(",", "")) if value.isdecimal() else None, share and round(share)}
    return _listed(behind, scope) not in counts


def _listed(behind: Behind | None, scope: Workspace) -> int | None:
    """How many the address behind a number lists."""
    if behind is None:
        return None
    given = {"from": FROM.isoformat(), "to": TO.isoformat(), "group": behind.group, **dict(behind.filters)}
    reading = read(
        {name: [value] for name, value in given.items()}, workspace=scope, terms=Terms(), now=NOW, reader=None
    )
    chosen = people.choose(behind.key, given, reading.question)
    assert people.has_list(behind.key)
    return people.people_behind(behind.key, chosen, reading.question, limit=50)[1]
