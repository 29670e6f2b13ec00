from typing import Any

import pytest
import time_machine
from django.utils import timezone

from crm.actions import candidates, duplicates, merge_batches, merges
from crm.actions.upserts import Upsert
from crm.models import Candidate, DuplicatePair, MergeBatch, Workspace
from crm.policies.people import read
from crm.queries.duplicates import suggestions
from crm.queries.likenesses import LARGEST_GROUP

pytestmark = pytest.mark.usefixtures("scope")


def create(**given: Any) -> Candidate:
    return candidates.create(given=given, origin="manual")


def look() -> None:
    duplicates.look(now=timezone.now())


def pairs() -> list[tuple[int, int, int, str]]:
    rows = DuplicatePair.objects.order_by("pk")
    return list(rows.values_list("first_id", "second_id", "score", "state"))


@pytest.fixture
def namesakes() -> tuple[Candidate, Candidate]:
    given = {"first_name": "Zoë", "last_name": "Quist", "current_company": "Acme"}
    return create(email="zoe@a.example", **given), create(
        email="zoe@b.example", **given | {"first_name": "ZOE"}
    )


def test_name_and_company_or_a_phone_are_queued_and_a_name_alone_is_not(namesakes: Any) -> None:
    first, second = namesakes
    other = create(email="q@c.example", phone="+49 30 901820", first_name="Zoë", last_name="Quist")
    phone = create(email="r@c.example", phone="030 / 901820", country="DE", first_name="Rob")
    look()
    assert sorted(pairs()) == [
        (first.pk, second.pk, 80, "open"),
        (other.pk, phone.pk, 70, "open"),
    ]
    assert Workspace.objects.get(pk=first.workspace_id).duplicates_open == 2
    look()
    assert len(pairs()) == 2


def test_a_switchboard_makes_nobody_a_duplicate() -> None:
    for number in range(LARGEST_GROUP + 1):
        create(email=f"p{number}@a.example", phone="+49 30 901820")
    look()
    assert pairs() == []


def test_later_looks_find_pairs_of_those_who_changed(namesakes: Any, clock: time_machine.Traveller) -> None:
    look()
    clock.shift(3_600)
    loner = create(email="l@a.example", first_name="Lone")
    first, second = namesakes
    clock.shift(3_600)
    candidates.change(candidate=loner, given={"full_name": "Zoë Quist", "current_company": "ACME"})
    look()
    assert {(a, b) for a, b, _, _ in pairs()} == {
        (first.pk, second.pk),
        (first.pk, loner.pk),
        (second.pk, loner.pk),
    }


def test_not_the_same_person_is_remembered_until_it_is_taken_back(namesakes: Any) -> None:
    look()
    pair = DuplicatePair.objects.get()
    receipt = duplicates.dismiss(pair_ids=[pair.pk])
    duplicates.look(now=timezone.now(), everybody=True)
    assert [state for *_, state in pairs()] == ["dismissed"]
    assert Workspace.objects.get(slug="acme").duplicates_open == 0
    duplicates.undo(receipt=receipt)
    assert [state for *_, state in pairs()] == ["open"]


def test_a_merge_answers_the_question_and_its_undo_asks_again(namesakes: Any) -> None:
    look()
    first, second = namesakes
    receipt = merges.Merge(first, second).run()
    assert [state for *_, state in pairs()] == ["merged"]
    merges.undo(receipt=receipt)
    assert [state for *_, state in pairs()] == ["open"]


def test_somebody_with_addresses_of_two_records_queues_the_two() -> None:
    one, two = create(email="one@a.example"), create(email="two@a.example")
    person = read({"emails": ["one@a.example", "two@a.example"]}, custom_fields={})
    outcome = Upsert([person], "csv", timezone.now()).run()[0]
    assert (outcome.outcome, outcome.code) == ("refused", "ambiguous")
    assert pairs() == [(one.pk, two.pk, 90, "open")]


def test_what_the_form_says_somebody_looks_like(namesakes: Any) -> None:
    first, second = namesakes
    given = {"full_name": "zoe quist", "current_company": "acme", "email": "ZOE@b.example"}
    found = suggestions(read(given, custom_fields={}))
    assert [(one.candidate.pk, one.score, one.is_certain) for one in found] == [
        (second.pk, 100, True),
        (first.pk, 80, False),
    ]
    assert found[0].because == "same e-mail address, same name and company"


def test_many_are_merged_in_the_background_and_undone_together(ada: Any, on_commit: Any) -> None:
    for number in range(3):
        for side in "ab":
            create(email=f"{side}{number}@a.example", full_name=f"Same {number}", current_company="Acme")
    look()
    chosen = list(DuplicatePair.objects.values_list("pk", flat=True))
    with on_commit():
        batch = merge_batches.start(pair_ids=chosen, by=ada)
    merged = Candidate.objects.exclude(merged_into=None)
    assert (merged.count(), MergeBatch.objects.get(pk=batch.pk).state) == (3, "finished")
    with on_commit():
        merge_batches.undo(batch=batch)
    assert (merged.count(), MergeBatch.objects.get(pk=batch.pk).state) == (0, "undone")
    assert [state for *_, state in pairs()] == ["open"] * 3
    with pytest.raises(merge_batches.NotUndoable):
        merge_batches.undo(batch=batch)


def test_a_pair_that_cannot_be_merged_waits_with_its_reason(ada: Any, on_commit: Any) -> None:
    given = {"full_name": "Same Name", "current_company": "Acme"}
    people = [create(email=f"{side}@a.example", **given) for side in "abc"]
    look()
    with on_commit():
        merge_batches.start(pair_ids=[*DuplicatePair.objects.values_list("pk", flat=True)], by=ada)
    failed = DuplicatePair.objects.exclude(failure="").get()
    assert (failed.state, failed.failure) == ("open", "One of the two was merged or erased before.")
    assert Candidate.objects.filter(merged_into=people[0]).count() == 2


def test_merging_nothing_is_refused(ada: Any) -> None:
    with pytest.raises(merge_batches.NothingToMerge):
        merge_batches.start(pair_ids=[], by=ada)
