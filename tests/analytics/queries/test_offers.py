from analytics.policies.figures import AcceptanceByNurture, AcceptanceFigure
from analytics.queries import offers, people
from crm.models import Workspace
from tests.analytics.histories import at, event, question
from tests.analytics.worked import told
from tests.factories import ApplicationFactory, MessageFactory, OfferFactory


def test_offer_acceptance_worked_example(scope: Workspace) -> None:
    """docs/kpis.md, "Offer acceptance": five offers extended in March, one of them to somebody nurtured."""
    nurtured = OfferFactory.create(status="accepted", extended_at=at(10), resolved_at=at(12))
    MessageFactory.create(
        candidate=nurtured.application.candidate, kind="journey", state="delivered", delivered_at=at(9)
    )
    late = OfferFactory.create(status="declined", extended_at=at(10), resolved_at=at(12))
    event(late.application.candidate, "message.delivered", at(11), journey=1)
    OfferFactory.create(status="pending", extended_at=at(10))
    OfferFactory.create(status="withdrawn", extended_at=at(10), resolved_at=at(11))
    OfferFactory.create(status="expired", extended_at=at(10), resolved_at=at(20))

    assert offers.offer_acceptance(question()) == AcceptanceByNurture(
        AcceptanceFigure(5, 1, 1, 1, 2, 0.2, 0.5),
        AcceptanceFigure(1, 1, 0, 0, 0, 1.0, 1.0),
        AcceptanceFigure(4, 0, 1, 1, 2, 0.0, 0.0),
    )
    told("offer_acceptance", 5, 1, 2, 0.2, 0.5, 4, 0)


def test_superseded_versions_do_not_count(scope: Workspace) -> None:
    application = ApplicationFactory.create()
    OfferFactory.create(
        application=application, version=1, status="declined", extended_at=at(5), resolved_at=at(6)
    )
    OfferFactory.create(
        application=application, version=2, status="accepted", extended_at=at(7), resolved_at=at(8)
    )

    assert offers.offer_acceptance(question()).all == AcceptanceFigure(1, 1, 0, 0, 0, 1.0, 1.0)


def test_an_answered_offer_was_extended(scope: Workspace) -> None:
    OfferFactory.create(status="accepted", extended_at=None, resolved_at=at(8))
    OfferFactory.create(status="pending", extended_at=None)

    assert offers.offer_acceptance(question()).all.extended == 1


def test_a_newsletter_does_not_nurture(scope: Workspace) -> None:
    offer = OfferFactory.create(status="accepted", extended_at=at(10), resolved_at=at(12))
    MessageFactory.create(
        candidate=offer.application.candidate, kind="newsletter", state="delivered", delivered_at=at(9)
    )
    event(offer.application.candidate, "message.delivered", at(9))

    figure = offers.offer_acceptance(question())
    assert figure.nurtured == AcceptanceFigure(0, 0, 0, 0, 0, None, None)
    [row], _ = people.people_behind("offer_acceptance", "cold", question(), limit=10)
    assert row.why == "Accepted. No journey message before the offer."
