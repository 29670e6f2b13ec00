import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from crm.actions import messages, notes, ownership
from crm.models import Candidate, Event, User, Workspace
from crm.queries.ownership import held_by_others, ownerships
from journeys.models import Journey
from journeys.queries import entry, plans
from tests.factories.journeys import ReachableFactory, document

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def person(clock: time_machine.Traveller) -> Candidate:
    return ReachableFactory.create()


def held(person: Candidate, by: User) -> bool:
    return person.pk in held_by_others([person.pk], by_id=by.pk, now=timezone.now())


def test_a_relation_lasts_from_the_last_human_touch(
    person: Candidate, ada: User, grace: User, clock: time_machine.Traveller
) -> None:
    ownership.take(candidate=person, by=ada)
    with pytest.raises(ownership.OwnedBySomebodyElse, match="Ada is in touch"):
        ownership.take(candidate=person, by=grace)
    clock.shift(dt.timedelta(days=80))
    notes.add(candidate=person, body="Still talking", is_private=False, by=ada)
    clock.shift(dt.timedelta(days=80))
    assert held(person, grace)
    clock.shift(dt.timedelta(days=11))
    assert not held(person, grace)
    assert ownerships([person.pk])[person.pk].is_over(timezone.now())
    ownership.take(candidate=person, by=grace)
    assert Candidate.objects.get(pk=person.pk).owner == grace


def test_what_a_colleague_does_renews_nothing(
    person: Candidate, ada: User, grace: User, clock: time_machine.Traveller
) -> None:
    ownership.take(candidate=person, by=ada)
    clock.shift(dt.timedelta(days=80))
    notes.add(candidate=person, body="Met them", is_private=False, by=grace)
    clock.shift(dt.timedelta(days=11))
    assert not held(person, grace)


def test_the_owner_renews_hands_over_and_releases_and_history_is_kept(
    person: Candidate, ada: User, grace: User, clock: time_machine.Traveller
) -> None:
    ownership.take(candidate=person, by=ada)
    person.refresh_from_db()
    clock.shift(dt.timedelta(days=80))
    ownership.extend(candidate=person, by=ada)
    clock.shift(dt.timedelta(days=80))
    with pytest.raises(ownership.NotYours):
        ownership.release(candidate=person, by=grace)
    ownership.hand_over(candidate=person, to=grace, by=ada)
    assert held(person, ada)
    ownership.release(candidate=person, by=grace)
    assert Candidate.objects.get(pk=person.pk).owner is None
    kinds = list(
        Event.objects.filter(kind__startswith="owner.").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == ["owner.taken", "owner.extended", "owner.handed_over", "owner.released"]


def test_a_colleagues_mail_is_warned_of_or_refused_where_it_is_strict(
    person: Candidate, ada: User, grace: User
) -> None:
    ownership.take(candidate=person, by=ada)
    person.refresh_from_db()
    messages.write(candidate=person, subject="Hi", text="There", by=grace)
    Workspace.objects.update(is_ownership_strict=True)
    with pytest.raises(ownership.OwnedBySomebodyElse):
        messages.write(candidate=person, subject="Hi", text="There", by=grace)
    messages.write(candidate=person, subject="Hi", text="There", by=ada)


def test_enrolling_somebody_elses_person_is_cautioned_or_refused(
    person: Candidate, ada: User, grace: User
) -> None:
    ownership.take(candidate=person, by=ada)
    journey: Any = _journey()
    plan = plans.read_plan(journey.draft)

    def judged(by: User | None) -> entry.Entry:
        who = by.pk if by else None
        return entry.entry(journey, plan, [person.pk], now=timezone.now(), asked_by=who)

    assert [len(judged(by).cautions) for by in (grace, ada, None)] == [1, 0, 0]
    Workspace.objects.update(is_ownership_strict=True)
    assert [one.code for one in judged(grace).refused] == ["owned"]
    assert judged(ada).refused == judged(None).refused == ()


def test_zero_days_is_for_good_and_many_people_are_asked_at_once(
    person: Candidate, ada: User, grace: User, clock: Any, django_assert_num_queries: Any
) -> None:
    Workspace.objects.update(ownership_days=0)
    ownership.take(candidate=person, by=ada)
    clock.shift(dt.timedelta(days=4_000))
    assert held(person, grace)
    others = [one.pk for one in ReachableFactory.create_batch(3, owner=ada)]
    with django_assert_num_queries(3):
        assert len(ownerships([person.pk, *others])) == 4


def _journey() -> Any:
    return Journey.objects.create(name="J", draft=document({"id": "w", "type": "wait", "after": {"days": 1}}))
