from datetime import timedelta

import pytest
from django.utils import timezone

from crm.actions import candidates, contact_points
from crm.actions.contact_points import BelongsToSomebodyElse, NoContact
from crm.models import Candidate, ContactPoint, Event, RemovedContactPoint, User, Workspace

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def person() -> Candidate:
    return candidates.create(given={"email": "ada@example.com", "country": "GB"}, origin="manual")


def points(person: Candidate, kind: str) -> list[tuple[str, bool]]:
    rows = ContactPoint.objects.filter(candidate=person, kind=kind).order_by("pk")
    return list(rows.values_list("normalized", "is_primary"))


def test_several_of_each_kind_and_the_first_is_primary(person: Candidate, grace: User) -> None:
    for value in ("020 7946 0958", "+49 30 1234567"):
        contact_points.add(candidate=person, kind="phone", value=value, label="Work", by=grace)
    contact_points.add(candidate=person, kind="link", value="https://www.github.com/Ada?tab=x")
    contact_points.add(candidate=person, kind="email", value="Ada@Private.example")
    assert points(person, "phone") == [("+442079460958", True), ("+49301234567", False)]
    assert points(person, "link") == [("github.com/ada", True)]
    assert points(person, "email") == [("ada@example.com", True), ("ada@private.example", False)]
    assert Event.objects.filter(kind="candidate.changed", actor=grace).count() == 2


def test_a_number_without_a_country_is_of_the_persons_or_of_ours(workspace: Workspace) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(country="DE")
    nobody = candidates.create(given={"email": "x@example.com"}, origin="manual")
    assert (
        contact_points.add(candidate=nobody, kind="phone", value="030 1234567").normalized == "+49301234567"
    )


def test_adding_twice_is_adding_once(person: Candidate) -> None:
    for value in ("b@example.com", "B@example.com"):
        contact_points.add(candidate=person, kind="email", value=value)
    assert len(points(person, "email")) == 2


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "nope"), ("phone", "12"), ("link", "not a link"), ("email", "\x00")]
)
def test_what_is_none_is_refused_in_words(person: Candidate, kind: str, value: str) -> None:
    with pytest.raises(NoContact) as refusal:
        contact_points.add(candidate=person, kind=kind, value=value)
    assert "value" in refusal.value.fields
    assert ContactPoint.objects.count() == 1


def test_somebody_elses_address_is_refused(person: Candidate) -> None:
    candidates.create(given={"email": "b@example.com"}, origin="manual")
    with pytest.raises(BelongsToSomebodyElse):
        contact_points.add(candidate=person, kind="email", value="b@example.com")


def test_mail_goes_to_the_preferred_address(person: Candidate, grace: User) -> None:
    point = contact_points.add(candidate=person, kind="email", value="b@example.com")
    contact_points.prefer(contact_point=point, by=grace)
    contact_points.prefer(contact_point=point, by=grace)
    person.refresh_from_db()
    assert (person.email, points(person, "email")) == (
        "b@example.com",
        [("ada@example.com", False), ("b@example.com", True)],
    )
    assert Event.objects.filter(kind="candidate.changed", actor=grace).count() == 1


def test_what_is_taken_off_can_be_put_back(person: Candidate) -> None:
    contact_points.add(candidate=person, kind="email", value="b@example.com")
    first = ContactPoint.objects.get(normalized="ada@example.com")
    removed = contact_points.remove(contact_point=first)
    person.refresh_from_db()
    assert (person.email, points(person, "email")) == ("b@example.com", [("b@example.com", True)])
    contact_points.put_back(removed=removed)
    person.refresh_from_db()
    assert person.email == "ada@example.com"
    assert sorted(points(person, "email")) == [("ada@example.com", True), ("b@example.com", False)]
    assert RemovedContactPoint.objects.count() == 0


def test_the_last_address_leaves_none_behind(person: Candidate) -> None:
    contact_points.remove(contact_point=ContactPoint.objects.get())
    person.refresh_from_db()
    assert (person.email, person.email_state) == ("", "none")


def test_an_address_given_to_somebody_else_does_not_come_back(person: Candidate) -> None:
    removed = contact_points.remove(contact_point=ContactPoint.objects.get())
    candidates.create(given={"email": "ada@example.com"}, origin="manual")
    with pytest.raises(BelongsToSomebodyElse):
        contact_points.put_back(removed=removed)
    assert RemovedContactPoint.objects.count() == 1


def test_the_next_phone_and_link_become_primary(person: Candidate) -> None:
    first = contact_points.add(candidate=person, kind="phone", value="+442079460958")
    contact_points.add(candidate=person, kind="phone", value="+442079460959")
    contact_points.remove(contact_point=first)
    assert points(person, "phone") == [("+442079460959", True)]
    contact_points.remove(contact_point=ContactPoint.objects.get(kind="phone"))
    assert points(person, "phone") == []


def test_what_was_taken_off_is_forgotten_after_a_month(person: Candidate) -> None:
    removed = contact_points.remove(contact_point=ContactPoint.objects.get())
    assert contact_points.forget_removed() == 0
    RemovedContactPoint.objects.filter(pk=removed.pk).update(removed_at=timezone.now() - timedelta(days=31))
    assert contact_points.forget_removed() == 1
