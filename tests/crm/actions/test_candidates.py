from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from crm.actions import candidates, consents, erasures, tags
from crm.actions.candidates import CannotAdd, DuplicateCandidate, InvalidCandidate
from crm.actions.contact_points import BelongsToSomebodyElse
from crm.actions.events import AlreadyUndone, UnknownReceipt
from crm.actions.upserts import Upsert
from crm.models import (
    Candidate,
    CandidateTag,
    Consent,
    ContactPoint,
    Event,
    Message,
    Note,
    Suppression,
    Tag,
    User,
    Workspace,
)
from crm.policies import people
from crm.policies.people import Basis
from crm.queries.suppressions import hash_of
from tests.factories import CandidateFactory, MessageFactory, NoteFactory

pytestmark = pytest.mark.usefixtures("scope")


def create(**given: Any) -> Candidate:
    return candidates.create(given=given, origin="manual")


def upsert(*rows: dict[str, Any], **options: Any) -> list[tuple[str, int | None]]:
    read = [people.read(row, custom_fields={}, read_at=options.pop("read_at", None)) for row in rows]
    return [(o.outcome, o.candidate_id) for o in Upsert(read, "csv", timezone.now(), **options).run()]


def test_create_stores_the_person_with_their_basis_and_a_fact(grace: User) -> None:
    ada = candidates.create(
        given={"email": "Ada@Example.com", "first_name": "Ada", "phone": "+49 30 1234567", "skills": ["SQL"]},
        origin="manual", by=grace, basis=Basis(source="form", basis="consent", text_version="v2"),
    )  # fmt: skip
    assert (ada.email, ada.email_state, ada.consent, ada.origin) == (
        "ada@example.com",
        "ok",
        "granted",
        "manual",
    )
    points = ContactPoint.objects.filter(candidate=ada).order_by("kind")
    assert list(points.values_list("kind", "normalized", "is_primary")) == [
        ("email", "ada@example.com", True),
        ("phone", "+49301234567", False),
    ]
    assert Consent.objects.get(candidate=ada).text_version == "v2"
    fact = Event.objects.get(kind="candidate.created")
    assert (fact.candidate_id, fact.actor_id, fact.data) == (ada.pk, grace.pk, {"origin": "manual"})


def test_every_door_records_a_basis() -> None:
    create(email="a@example.com")
    upsert({"email": "b@example.com"})
    assert Consent.objects.count() == Candidate.objects.count() == 2


@pytest.mark.parametrize(
    "again",
    [{"email": "ADA@example.com"}, {"link": "https://de.linkedin.com/in/ada?x=1"}, {"external_id": "gh-1"}],
)
def test_create_refuses_somebody_who_is_here(again: dict[str, Any]) -> None:
    ada = create(email="ada@example.com", link="linkedin.com/in/ada", external_id="gh-1")
    with pytest.raises(DuplicateCandidate) as refusal:
        create(**again)
    assert refusal.value.fields == {"candidate": str(ada.pk)}
    assert Candidate.objects.count() == 1


def test_create_refuses_what_cannot_be_stored_and_changes_nothing() -> None:
    with pytest.raises(InvalidCandidate) as refusal:
        create(email="nope", first_name="x" * 300)
    assert sorted(refusal.value.fields) == ["email", "first_name"]
    assert Candidate.objects.count() == Event.objects.count() == 0


def test_a_shared_phone_does_not_make_two_people_one() -> None:
    create(email="a@example.com", phone="+49301234567")
    create(email="b@example.com", phone="+49301234567")
    assert Candidate.objects.count() == 2


def test_change_stamps_what_a_person_edited_and_older_sources_leave_it() -> None:
    ada = create(email="ada@example.com", city="Berlin", country="DE")
    candidates.change(candidate=ada, given={"city": "London"})
    yesterday = datetime(2020, 1, 1, tzinfo=UTC)
    assert upsert({"email": "ada@example.com", "city": "Rome", "country": "IT"}, read_at=yesterday) == [
        ("updated", ada.pk)
    ]
    ada.refresh_from_db()
    assert (ada.city, ada.country) == ("London", "IT")


def test_change_replaces_lists_whole_and_moves_the_primary_address() -> None:
    ada = create(email="ada@example.com", skills=["SQL", "Go"], tags=["vip"])
    changed = candidates.change(candidate=ada, given={"email": "ada@new.example.com", "skills": ["Rust"]})
    assert changed.email == "ada@new.example.com"
    assert list(ada.candidate_skills.values_list("skill__name", flat=True)) == ["Rust"]
    assert list(ada.candidate_tags.values_list("tag__name", flat=True)) == ["vip"]
    assert ada.contact_points.filter(is_primary=True).get().normalized == "ada@new.example.com"


def test_change_refuses_an_address_of_somebody_else() -> None:
    ada, bob = create(email="ada@example.com"), create(email="bob@example.com")
    with pytest.raises(BelongsToSomebodyElse) as refusal:
        candidates.change(candidate=ada, given={"email": "bob@example.com"})
    assert refusal.value.fields == {"candidate": str(bob.pk)}
    ada.refresh_from_db()
    assert ada.email == "ada@example.com"


def test_upsert_creates_updates_and_then_changes_nothing() -> None:
    rows = [
        {"email": "a@example.com", "city": "Rome"},
        {"email": "A@example.com", "city": "Bonn"},
        {"external_id": "7"},
    ]
    first = upsert(*rows)
    assert [outcome for outcome, _ in first] == ["created", "updated", "created"]
    assert first[0][1] == first[1][1]
    facts = Event.objects.count()
    assert [outcome for outcome, _ in upsert(rows[1], rows[2])] == ["unchanged", "unchanged"]
    assert Event.objects.count() == facts


def test_upsert_needs_the_same_few_statements_for_one_and_for_fifty(
    django_assert_max_num_queries: Any,
) -> None:
    people_ = [{"email": f"p{n}@example.com", "skills": ["SQL"], "tags": ["t"]} for n in range(50)]
    with django_assert_max_num_queries(32):
        upsert(*people_)


def test_upsert_refuses_to_guess_between_two_people() -> None:
    create(email="a@example.com")
    create(external_id="7")
    assert upsert({"email": "a@example.com", "external_id": "7"}) == [("refused", None)]


def test_upsert_without_writing_says_what_would_happen() -> None:
    ghosts: dict[Any, Any] = {}
    assert upsert({"email": "a@example.com"}, ghosts=ghosts) == [("created", None)]
    assert upsert({"email": "a@example.com"}, ghosts=ghosts) == [("unchanged", None)]
    assert Candidate.objects.count() == 0


def test_stage_moves_are_undone_by_their_receipt(grace: User) -> None:
    ada, bob = create(email="a@example.com", stage="screening"), create(email="b@example.com")
    receipt = candidates.set_stage(candidate_ids=[ada.pk, bob.pk], stage="offer_ready", by=grace)
    candidates.change(candidate=bob, given={"stage": "interview_ready"})
    assert candidates.undo_stages(receipt=receipt) == 1
    assert dict(Candidate.objects.values_list("pk", "stage")) == {
        ada.pk: "screening",
        bob.pk: "interview_ready",
    }
    with pytest.raises(AlreadyUndone):
        candidates.undo_stages(receipt=receipt)
    with pytest.raises(UnknownReceipt):
        candidates.undo_stages(receipt=receipt + 99)
    assert Event.objects.filter(kind="stage.changed", candidate=ada).count() == 2


def test_stage_refuses_an_unknown_one() -> None:
    with pytest.raises(InvalidCandidate):
        candidates.set_stage(candidate_ids=[1], stage="hired")


def test_tags_are_undone_only_where_they_were_new() -> None:
    ada, bob = create(email="a@example.com", tags=["VIP"]), create(email="b@example.com")
    receipt = tags.add(candidate_ids=[ada.pk, bob.pk], name=" vip ")
    assert Tag.objects.count() == 1
    assert tags.undo(receipt=receipt) == 1
    assert list(CandidateTag.objects.values_list("candidate_id", flat=True)) == [ada.pk]


def test_an_empty_tag_is_refused() -> None:
    with pytest.raises(tags.NoTag):
        tags.add(candidate_ids=[1], name="  ")


def test_archiving_twice_is_archiving_once() -> None:
    ada = create(email="a@example.com")
    assert candidates.archive(candidate_ids=[ada.pk]) == 1
    assert candidates.archive(candidate_ids=[ada.pk]) == 0
    assert candidates.restore(candidate_ids=[ada.pk]) == 1


def test_erase_leaves_a_nameless_row_and_a_hash(workspace: Workspace) -> None:
    ada = create(email="ada@example.com", first_name="Marker", phone="+49301234567", custom={}, tags=["x"])
    NoteFactory.create(candidate=ada, body="Marker")
    MessageFactory.create(candidate=ada)
    erasures.erase(candidate=ada)
    erasures.erase(candidate=ada)
    assert (ada.full_name.strip(), ada.email, ada.anonymized_at is not None) == ("", "", True)
    left: list[Any] = [Note, Message, ContactPoint, Consent, CandidateTag]
    assert [model.objects.filter(candidate=ada).count() for model in left] == [0] * 5
    assert Suppression.objects.get().address_hash == hash_of("ada@example.com")
    assert Event.objects.filter(kind="candidate.erased", candidate=ada).count() == 1


def test_an_erased_person_does_not_come_back() -> None:
    erasures.erase(candidate=create(email="ada@example.com"))
    with pytest.raises(CannotAdd, match="asked to be erased"):
        create(email="ada@example.com")
    assert upsert({"email": "ada@example.com"}) == [("refused", None)]


def test_a_suppressed_address_stays_suppressed_through_every_door() -> None:
    consents.suppress(address="ada@example.com", reason="unsubscribed")
    ada = create(email="ada@example.com")
    assert (ada.email_state, ada.unsubscribed_at is not None) == ("suppressed", True)


def test_a_withdrawal_is_lifted_by_consent_only() -> None:
    ada = CandidateFactory.create(consent="granted")
    consents.withdraw(candidate=ada, channel="page")
    consents.grant(candidate=ada, basis=Basis(source="csv"))
    ada.refresh_from_db()
    assert ada.consent == "withdrawn"
    consents.grant(candidate=ada, basis=Basis(source="page", basis="consent"))
    ada.refresh_from_db()
    assert ada.consent == "granted"
