from analytics.queries import replies
from crm.models import Candidate, Message, User, Workspace
from journeys.models import Enrollment, Journey, JourneyVersion, StepRun
from tests.analytics.histories import at, in_pool, question
from tests.factories import CandidateFactory, MessageFactory

DEFINITION = {"steps": [{"id": "m1", "type": "message", "template": "silver-1"}]}


def _run_of(journey: Journey, person: Candidate, sender: User) -> Message:
    version, _ = JourneyVersion.objects.get_or_create(
        journey=journey, number=1, defaults={"definition": DEFINITION, "published_at": at(1)}
    )
    enrollment = Enrollment.objects.create(
        journey=journey, version=version, candidate=person, enrolled_at=at(1)
    )
    message = MessageFactory.create(
        candidate=person, kind="journey", sender=sender, sent_at=at(5), delivered_at=at(5), state="delivered"
    )
    StepRun.objects.create(
        enrollment=enrollment,
        journey=journey,
        step_id="m1",
        kind="message",
        state="done",
        message=message,
        started_at=at(5),
    )
    return message


def test_reply_rate_by_each_grouping(scope: Workspace, ada: User) -> None:
    journey = Journey.objects.create(name="Silver medalists", draft={})
    answered, silent = CandidateFactory.create(), CandidateFactory.create()
    in_pool(answered, at(1))
    message = _run_of(journey, answered, ada)
    _run_of(journey, silent, ada)
    for is_automatic in (False, True):
        MessageFactory.create(
            candidate=answered, direction="in", state="received", in_reply_to=message,
            is_automatic=is_automatic, sent_at=at(6), delivered_at=None,
        )  # fmt: skip

    half = {"delivered": 2, "replied": 1, "rate": 0.5}
    assert replies.reply_rate_by(question(), "journey") == [
        {"key": str(journey.pk), "name": "Silver medalists", **half}
    ]
    assert replies.reply_rate_by(question(), "step") == [
        {"key": f"{journey.pk}:m1", "name": "Silver medalists · m1", **half}
    ]
    assert replies.reply_rate_by(question(), "template") == [{"key": "silver-1", "name": "silver-1", **half}]
    assert replies.reply_rate_by(question(), "sender") == [{"key": str(ada.pk), "name": "Ada", **half}]
    [pool] = replies.reply_rate_by(question(), "pool")
    assert (pool["name"], pool["delivered"], pool["rate"]) == ("Engineering", 1, 1.0)
