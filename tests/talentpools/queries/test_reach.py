import datetime as dt
import random
from collections import Counter
from typing import Any

from crm.models import SearchCandidate, User, Workspace
from journeys.actions import journeys
from journeys.models import ContactBudget
from journeys.policies.pressure import slide_for
from journeys.queries import entry, people, plans
from talentpools.queries import reach
from tests.factories import CandidateFactory, DoNotContactFactory, MessageFactory
from tests.factories.journeys import TemplateFactory, document, message

NOW = dt.datetime(2026, 6, 15, 9, 0, tzinfo=dt.UTC)
# The code of a refused enrolment and what the depth calls it.
CALLED = {
    "no_address": "bad_address", "suppressed": "bad_address", "unsubscribed": "unsubscribed",
    "no_basis": "no_consent", "do_not_contact": "do_not_contact", "in_process": "in_process",
}  # fmt: skip


def _ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def _crowd(dice: random.Random) -> None:
    for _ in range(80):
        person = CandidateFactory.create(
            email_state=dice.choice(["ok"] * 12 + ["none", "bounced", "suppressed"]),
            consent=dice.choice(["granted"] * 12 + ["pending", "none"]),
            consent_expires_at=dice.choice([*[None] * 9, _ago(1), _ago(-1)]),
            unsubscribed_at=dice.choice([*[None] * 9, _ago(3)]),
            in_process=dice.choice([False] * 7 + [True]),
            preferred_gap_days=dice.choice([None, None, 0, 30]),
            last_contacted_at=_ago(2),
        )
        if dice.random() < 0.1:
            scope = dice.choice(["everything", "automated"])
            DoNotContactFactory.create(candidate=person, effect="block", scope=scope)
        if dice.random() < 0.2:
            budget = {"gap_days": dice.choice([None, 0, 60]), "cap_messages": dice.choice([None, 0, 1])}
            span = dice.choice([None, 5, 90])
            ContactBudget.objects.create(candidate=person, **budget, cap_days=span, set_at=NOW)
        for _ in range(dice.choice([0, 0, 1, 3])):
            MessageFactory.create(
                candidate=person,
                kind=dice.choice(["journey", "newsletter", "one_to_one", "service"]),
                state=dice.choice(["sent", "delivered", "canceled"]),
                sent_at=_ago(dice.choice([1, 6.9, 7.1, 20, 29, 31])),
            )


def test_depth_is_what_enrolling_says(scope: Workspace, grace: User) -> None:
    _crowd(random.Random(5))
    TemplateFactory.create(key="hello")
    for cap in (3, 0):
        Workspace.objects.update(cap_messages=cap)
        everybody = SearchCandidate.objects.all()
        ids = sorted(everybody.values_list("pk", flat=True))
        journey: Any = journeys.save_draft(document=document(message(), exit_on=["in_process"]), by=grace)
        judged = entry.entry(journey, plans.read_plan(journey.draft), ids, now=NOW)
        heard = people.heard_at(ids, now=NOW)
        capped = {
            person.id
            for person in judged.enters
            if slide_for(NOW, heard.get(person.id, []), person.budget(judged.house))
        }

        found = reach.depth(everybody, now=NOW)

        expected = Counter(CALLED[one.code] for one in judged.refused)
        expected["capped"] = len(capped)
        assert {row.code: row.people for row in found.hindrances if row.people} == dict(+expected)
        assert found.reachable == len(judged.enters) - len(capped)
        assert min(expected.values()) > 1
        assert len(expected) == len(reach.SENTENCES)
        assert set(reach.within(everybody, "capped", now=NOW).values_list("pk", flat=True)) == capped
        assert sum(found.of(code) for code in (*reach.SENTENCES, reach.REACHABLE)) == found.of("") == len(ids)
