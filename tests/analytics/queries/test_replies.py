from analytics.queries import replies
from analytics.queries.reach import GROUPINGS
from crm.models import User, Workspace
from journeys.models import Journey
from talentpools.models import Pool
from tests.analytics.histories import at, in_pool, mailed, question
from tests.factories import CandidateFactory


def test_reply_rate_by_each_grouping(scope: Workspace) -> None:
    answered, silent = CandidateFactory.create(), CandidateFactory.create()
    in_pool(answered, at(1))
    mailed(answered, "m1", "a", at(5), replied=at(6))
    mailed(silent, "m1", "b", at(5), replied=at(6), is_automatic=True)

    journey, sender = Journey.objects.get(), User.objects.get(email="sender@acme.example")
    half = {"delivered": 2, "replied": 1, "rate": 0.5}
    one, none = {"delivered": 1, "replied": 1, "rate": 1.0}, {"delivered": 1, "replied": 0, "rate": 0.0}
    found = replies.reply_rates(question())
    assert tuple(found) == GROUPINGS
    assert found["journey"] == [{"key": str(journey.pk), "name": "Warm", **half}]
    assert found["step"] == [{"key": f"{journey.pk}:m1", "name": "Warm · m1", **half}]
    assert found["template"] == [{"key": "hello", "name": "hello", **half}]
    assert found["sender"] == [{"key": str(sender.pk), "name": "Sender", **half}]
    assert found["variant"] == [
        {"key": f"{journey.pk}:s1:a", "name": "Warm · s1 · a", **one},
        {"key": f"{journey.pk}:s1:b", "name": "Warm · s1 · b", **none},
    ]
    assert found["pool"] == [{"key": str(Pool.objects.get().pk), "name": "Engineering", **one}]
    of_journey = replies.reply_rates_of_journey(question(), journey.pk)
    assert of_journey == {by: found[by] for by in ("journey", "step", "template", "sender")}
    Pool.objects.update(visibility=Pool.Visibility.PRIVATE)
    assert replies.reply_rates(question(), "pool") == {"pool": []}
