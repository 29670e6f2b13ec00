import datetime as dt

from analytics.policies.figures import DaysByOrigin, DaysFigure, ShareFigure
from analytics.queries import hires, people
from crm.models import Offer, Workspace
from talentpools.models import Segment, SegmentMember
from tests.analytics.histories import at, event, hire, in_pool, question
from tests.analytics.worked import told
from tests.factories import ApplicationFactory, OfferFactory, RequisitionFactory

NOBODY = DaysFigure(None, None, None, 0)


def test_time_to_hire_worked_example(scope: Workspace) -> None:
    """docs/kpis.md, "Time to hire": 10, 20 and 60 days; the one of 10 days knew us."""
    requisition = RequisitionFactory.create(opened_at=at(1, 12, 1), approved_at=at(20, 12, 2))
    known = hire(at(25, 12, 2), at(2), requisition)
    in_pool(known.candidate, at(1, 12, 2))
    event(known.candidate, "message.replied", at(10, 12, 2))
    hire(at(1), at(12), requisition)
    unapproved = RequisitionFactory.create(opened_at=at(1, 12, 1))
    hire(at(1), at(2), unapproved)

    assert hires.time_to_hire(question()) == DaysByOrigin(
        DaysFigure(30.0, 20.0, 52.0, 3), DaysFigure(10.0, 10.0, 10.0, 1), DaysFigure(40.0, 40.0, 56.0, 2)
    )
    told("time_to_hire", 30.0, 20.0, 52.0, 3, 10.0, 40.0, 56.0, 2)


def test_time_to_accept_is_the_persons_own_clock(scope: Workspace) -> None:
    hire(at(1, 0), at(11, 6))
    hire(at(1, 0), at(21, 0))

    assert hires.time_to_accept(question()).all == DaysFigure(15.1, 15.1, 19.0, 2)
    told("time_to_accept", 15.1, 19.0)


def test_hires_of_nobody_are_null(scope: Workspace) -> None:
    assert hires.time_to_hire(question()) == DaysByOrigin(NOBODY, NOBODY, NOBODY)
    assert hires.share_of_hires(question()) == ShareFigure(0, 0, 0, None)
    assert hires.relationship_age(question()) == NOBODY


def test_period_is_whole_days_of_the_workspace_zone(scope: Workspace) -> None:
    hire(at(1), dt.datetime(2026, 2, 28, 22, 59, tzinfo=dt.UTC))  # 23:59 in Berlin, the day before
    hire(at(1), dt.datetime(2026, 2, 28, 23, 0, tzinfo=dt.UTC))  # 00:00 on 1 March
    hire(at(1), dt.datetime(2026, 3, 31, 21, 59, tzinfo=dt.UTC))  # 23:59 on 31 March, summer time
    hire(at(1), dt.datetime(2026, 3, 31, 22, 0, tzinfo=dt.UTC))  # 1 April

    assert hires.share_of_hires(question()).hires == 2


def test_latest_version_of_an_offer_decides(scope: Workspace) -> None:
    superseded = hire(at(1), at(5))
    OfferFactory.create(
        application=superseded, version=2, status=Offer.Status.DECLINED, extended_at=at(6), resolved_at=at(7)
    )
    superseded.outcome = "withdrawn"
    superseded.save()

    assert hires.share_of_hires(question()).hires == 0


def test_hire_without_an_offer_counts_and_is_flagged(scope: Workspace) -> None:
    ApplicationFactory.create(applied_at=at(1), outcome="hired", hired_at=at(9))

    assert hires.share_of_hires(question()).hires == 1
    assert hires.together(question())["exclusions"]["without_offer"] == 1
    [row], total = people.people_behind("time_to_accept", "all", question(), limit=10)
    assert (row.days, total) == (8.0, 1)
    assert "without an accepted offer" in row.why


def test_push_makes_the_origin_crm(scope: Workspace) -> None:
    hire(at(1), at(9), is_pushed=True)

    assert hires.share_of_hires(question()) == ShareFigure(1, 1, 0, 1.0)


def test_origin_needs_a_pool_and_a_word_within_the_window(scope: Workspace) -> None:
    both = hire(at(10), at(20)).candidate
    in_pool(both, at(9))
    event(both, "event.attended", at(9))
    too_old = hire(at(10), at(20)).candidate
    in_pool(too_old, at(9))
    event(too_old, "message.replied", at(10) - dt.timedelta(days=365, seconds=1))
    on_the_edge = hire(at(10), at(20)).candidate
    in_pool(on_the_edge, at(9))
    event(on_the_edge, "message.replied", at(10) - dt.timedelta(days=365))
    late_pool = hire(at(10), at(20)).candidate
    in_pool(late_pool, at(10))
    event(late_pool, "meeting.booked", at(9))
    late_word = hire(at(10), at(20)).candidate
    in_pool(late_word, at(9))
    event(late_word, "form.submitted", at(10))

    assert hires.share_of_hires(question()) == ShareFigure(5, 2, 0, 0.4)
    told("share_of_hires_from_crm", 5, 2, 0.4)


def test_segment_counts_like_a_pool_once_reviewed(scope: Workspace) -> None:
    segment = Segment.objects.create(name="Silver", rules={"match": "all", "rules": []})
    reviewed, waiting = hire(at(10), at(20)).candidate, hire(at(10), at(20)).candidate
    for person, is_reviewed in ((reviewed, True), (waiting, False)):
        SegmentMember.objects.create(
            segment=segment, candidate=person, entered_at=at(1), left_at=at(5), is_reviewed=is_reviewed
        )
        event(person, "message.clicked", at(9), actor="human")

    assert hires.share_of_hires(question()).crm == 1


def test_machine_click_and_automatic_reply_are_no_word(scope: Workspace) -> None:
    person = hire(at(10), at(20)).candidate
    in_pool(person, at(1))
    event(person, "message.delivered", at(8))
    event(person, "message.clicked", at(8), actor="machine")
    event(person, "message.replied", at(9), automatic=True)

    assert hires.share_of_hires(question()) == ShareFigure(1, 0, 1, 0.0)
    [row], _ = people.people_behind("share_of_hires_from_crm", "assisted", question(), limit=10)
    assert row.origin == "external"
    assert "assisted" in row.why


def test_relationship_age_runs_from_the_first_touch(scope: Workspace) -> None:
    person = hire(at(11), at(20)).candidate
    in_pool(person, at(1))
    event(person, "message.delivered", at(1))
    event(person, "message.replied", at(5))
    hire(at(1), at(9), is_pushed=True)  # no touch known: left out

    assert hires.relationship_age(question()) == DaysFigure(10.0, 10.0, 10.0, 1)
    told("relationship_age", 10.0, 1)
    assert hires.together(question())["first_touch"] == 1


def test_filters_narrow_to_the_requisition_and_the_pool(scope: Workspace) -> None:
    sales = RequisitionFactory.create(role_family="sales", department="Go to market", location="Berlin")
    wanted = hire(at(1), at(9), sales)
    hire(at(1), at(9))
    member = in_pool(wanted.candidate, at(1))

    for filters in (
        {"role_families": ("sales",)},
        {"departments": ("Go to market",)},
        {"locations": ("Berlin",)},
        {"requisitions": (sales.pk,)},
        {"pools": (member.pool_id,)},
    ):
        assert hires.share_of_hires(question(**filters)).hires == 1, filters
    assert hires.share_of_hires(question(journeys=(1,))).hires == 0
    assert hires.share_of_hires(question(recruiters=(1,))).hires == 0
