import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from crm.actions import claims, do_not_contact, messages
from crm.actions.messages import NewMessage
from crm.models import Candidate, DoNotContact, Event, Message
from crm.policies.do_not_contact import Terms
from crm.queries.do_not_contact import do_not_contact_q
from journeys.queries import people
from tests.factories import CandidateFactory
from tests.factories.journeys import ReachableFactory

pytestmark = pytest.mark.usefixtures("scope")
AUTOMATED, JOBS, WARN = Terms("automated"), Terms("topic", "jobs"), Terms(effect="warn")


def state_of(person: Candidate, kind: str, topic: str = "") -> str:
    message = messages.queue_many(
        [NewMessage(person.pk, person.email, "Hi", "There", kind=kind, topic=topic)]
    )[0]
    claims.start([message])
    return f"{Message.objects.get(pk=message.pk).state} {Message.objects.get(pk=message.pk).failure}".strip()


@pytest.mark.parametrize(
    ("terms", "kind", "topic", "stands"),
    [
        (Terms(), "one_to_one", "", "canceled do_not_contact"),
        (Terms(), "journey", "", "canceled do_not_contact"),
        (AUTOMATED, "one_to_one", "", "sending"),
        (AUTOMATED, "journey", "", "canceled do_not_contact"),
        (JOBS, "journey", "jobs", "canceled do_not_contact"),
        (JOBS, "journey", "events", "sending"),
        (WARN, "journey", "", "sending"),
    ],
)
def test_a_mark_is_checked_before_each_send(terms: Terms, kind: str, topic: str, stands: str) -> None:
    person = ReachableFactory.create()
    do_not_contact.restrict(candidate=person, terms=terms)
    assert state_of(person, kind, topic) == stands


def test_a_company_is_known_by_its_name_or_its_domain_until_the_mark_ends() -> None:
    by_name = CandidateFactory.create(current_company="ACMÉ", email="a@home.example")
    by_domain = CandidateFactory.create(current_company="Other", email="b@acme.example")
    other = CandidateFactory.create(current_company="Acme Two", email="c@sub.acme.example")
    do_not_contact.restrict_company(
        name="Acmé", domain="acme.example", expires_at=timezone.now() + dt.timedelta(days=1)
    )
    now = timezone.now()
    found = set(Candidate.objects.filter(do_not_contact_q(now=now)).values_list("pk", flat=True))
    assert found == {by_name.pk, by_domain.pk}
    later = now + dt.timedelta(days=2)
    assert not Candidate.objects.filter(do_not_contact_q(now=later)).exists()
    assert other.pk not in found


def test_a_journey_knows_closed_topics_and_cautions() -> None:
    person = ReachableFactory.create(current_company="Acme")
    do_not_contact.restrict(candidate=person, terms=JOBS)
    do_not_contact.restrict_company(name="ACME", reason="client", terms=WARN)
    seen = people.people([person.pk], people.house(), now=timezone.now())[person.pk]
    assert (seen.block_at(timezone.now()), seen.topics_closed) == ("", ("jobs",))
    assert seen.warnings == ("ACME is marked “think twice before you write”: client",)


def test_only_a_mark_that_stops_all_automated_mail_takes_people_out_of_journeys() -> None:
    person = ReachableFactory.create()
    for terms in (JOBS, WARN):
        do_not_contact.restrict(candidate=person, terms=terms)
    assert not Event.objects.filter(kind="candidate.restricted").exists()
    do_not_contact.restrict(candidate=person, terms=AUTOMATED)
    assert Event.objects.filter(kind="candidate.restricted", candidate=person).count() == 1
    person.refresh_from_db()
    assert person.do_not_contact_at is not None
    do_not_contact.lift(candidate=person)
    person.refresh_from_db()
    assert Candidate.objects.get(pk=person.pk).do_not_contact_at is None
    assert not DoNotContact.objects.exists()


def test_a_list_is_taken_once_and_whole_or_not_at_all() -> None:
    text = "Acme, acme.example\nGlobex\nAcme, acme.example"
    assert do_not_contact.import_companies(text=text) == (2, 1)
    assert do_not_contact.import_companies(text=text) == (0, 3)
    with pytest.raises(do_not_contact.UnreadableList):
        do_not_contact.import_companies(text="Initech\nHooli, no domain")
    assert not DoNotContact.objects.filter(company_name="Initech").exists()


def test_nobody_named_is_refused() -> None:
    with pytest.raises(do_not_contact.NobodyNamed):
        do_not_contact.restrict_company(name=" ", domain="")


def test_twice_is_once_and_a_lifted_mark_of_a_company_is_told() -> None:
    person = CandidateFactory.create()
    assert do_not_contact.restrict(candidate=person) == do_not_contact.restrict(candidate=person)
    mark = do_not_contact.restrict_company(name="Acme")
    do_not_contact.lift_mark(mark=mark)
    fact = Event.objects.get(kind="company.restriction_lifted")
    assert fact.data == {"do_not_contact": [mark.pk]}


def test_a_thousand_marks_are_asked_in_one_statement(django_assert_num_queries: Any) -> None:
    everybody = CandidateFactory.create_batch(3, current_company="Acme")
    do_not_contact.import_companies(text="\n".join(f"Company {n}, c{n}.example" for n in range(1_000)))
    at_home = people.house()
    with django_assert_num_queries(
        4
    ):  # the people, the marks, the suppressed addresses, budgets of their own
        people.people([one.pk for one in everybody], at_home, now=timezone.now())
