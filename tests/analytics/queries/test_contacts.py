from analytics.policies.figures import ConversionFigure, DropOffStep, ReplyFigure
from analytics.queries import contacts, people, replies
from crm.models import Workspace
from tests.analytics.histories import at, event, question
from tests.analytics.worked import told
from tests.factories import ApplicationFactory, CandidateFactory, StageEntryFactory


def test_conversion_and_drop_off_worked_example(scope: Workspace) -> None:
    """docs/kpis.md, "Conversion to screening": four people written to, one through, one in screening."""
    through, screening, clicked, silent = (CandidateFactory.create() for _ in range(4))
    for person in (through, screening, clicked, silent):
        event(person, "message.sent", at(3))
    event(clicked, "message.delivered", at(3))
    event(clicked, "message.clicked", at(4), actor="human")
    event(screening, "message.replied", at(5))
    started = ApplicationFactory.create(candidate=screening, applied_at=at(6))
    StageEntryFactory.create(application=started, stage="screening", entered_at=at(8))
    ended = ApplicationFactory.create(candidate=through, applied_at=at(6))
    StageEntryFactory.create(application=ended, stage="interview", entered_at=at(12, 12, 4))

    assert contacts.conversion_to_screening(question()) == ConversionFigure(4, 1, 0.25)
    assert [(cut["days"], cut["screened"], cut["observed"]) for cut in contacts.cohort(question()).cuts] == [
        (30, 0, 4),
        (60, 1, 4),
        (90, 1, 4),
    ]
    assert contacts.drop_off(question()) == [
        DropOffStep("contacted", 4, 1.0),
        DropOffStep("delivered", 3, 0.75),
        DropOffStep("engaged", 3, 0.75),
        DropOffStep("replied", 2, 0.5),
        DropOffStep("screening_started", 2, 0.5),
        DropOffStep("screening_completed", 1, 0.25),
    ]
    told("conversion_to_screening", 4, 1, 0.25, 0)
    told("drop_off", 4, 3, 2, 1)
    assert contacts.cohort(question()).standing[0] == {"step": "contacted", "waiting": 1, "lost": 0}


def test_only_a_first_contact_in_the_period_counts(scope: Workspace) -> None:
    before, inside, after = (CandidateFactory.create() for _ in range(3))
    event(before, "message.delivered", at(20, 12, 2))
    event(before, "message.delivered", at(5))
    event(inside, "message.delivered", at(5))
    event(after, "message.delivered", at(5, 12, 4))

    found, total = people.people_behind("conversion_to_screening", "contacted", question(), limit=10)
    assert ([row.candidate for row in found], total) == ([inside.pk], 1)


def test_what_happened_before_the_contact_is_no_conversion(scope: Workspace) -> None:
    person = CandidateFactory.create()
    earlier = ApplicationFactory.create(candidate=person, applied_at=at(1, 12, 1))
    StageEntryFactory.create(application=earlier, stage="final_interview", entered_at=at(1, 12, 2))
    event(person, "message.sent", at(5))

    assert contacts.conversion_to_screening(question()) == ConversionFigure(1, 0, 0.0)


def test_a_completed_call_is_a_completed_screening(scope: Workspace) -> None:
    called, unanswered = CandidateFactory.create(), CandidateFactory.create()
    for person in (called, unanswered):
        event(person, "message.sent", at(5))
    event(called, "call.completed", at(6))
    event(unanswered, "call.logged", at(6), outcome="no_answer")

    assert contacts.conversion_to_screening(question()).screened == 1


def test_people_gone_are_shown_as_lost(scope: Workspace) -> None:
    gone = CandidateFactory.create(unsubscribed_at=at(6))
    event(gone, "message.delivered", at(5))

    assert contacts.cohort(question()).standing[1] == {"step": "delivered", "waiting": 0, "lost": 1}


def test_reply_rate_worked_example(scope: Workspace) -> None:
    """docs/kpis.md, "Reply rate": three people got mail, one answered, one was out of office."""
    answered, away, silent = (CandidateFactory.create() for _ in range(3))
    for person in (answered, away, silent):
        event(person, "message.delivered", at(5))
    event(answered, "message.replied", at(6))
    event(away, "message.replied", at(6), automatic=True)

    assert replies.reply_rate(question()) == ReplyFigure(3, 1, 1 / 3)
    told("reply_rate", 1, 3)


def test_reply_rate_of_nobody_is_null(scope: Workspace) -> None:
    assert replies.reply_rate(question()) == ReplyFigure(0, 0, None)
    assert contacts.conversion_to_screening(question()) == ConversionFigure(0, 0, None)
    assert contacts.drop_off(question())[0] == DropOffStep("contacted", 0, None)


def test_filters_narrow_to_the_person(scope: Workspace) -> None:
    wanted = CandidateFactory.create(role_family="sales", city="Berlin")
    other = CandidateFactory.create()
    application = ApplicationFactory.create(candidate=wanted, requisition__department="Go to market")
    for person in (wanted, other):
        event(person, "message.delivered", at(5))

    for filters in (
        {"role_families": ("sales",)},
        {"locations": ("Berlin",)},
        {"departments": ("Go to market",)},
        {"requisitions": (application.requisition_id,)},
    ):
        assert replies.reply_rate(question(**filters)).delivered == 1, filters
