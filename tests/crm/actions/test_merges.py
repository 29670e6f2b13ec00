from typing import Any

import pytest

from crm.actions import candidates, erasures, merges
from crm.actions.events import AlreadyUndone
from crm.models import Candidate, Event, Note
from crm.queries.engagement import signals_of
from tests.factories import EventFactory, MessageFactory, NoteFactory

pytestmark = pytest.mark.usefixtures("scope")


def create(**given: Any) -> Candidate:
    return candidates.create(given=given, origin="manual")


def snapshot(candidate_id: int) -> dict[str, Any]:
    candidate = Candidate.objects.get(pk=candidate_id)
    row = {
        f.attname: getattr(candidate, f.attname)
        for f in candidate._meta.concrete_fields
        if f.attname != "updated_at"
    }
    row["points"] = sorted(candidate.contact_points.values_list("normalized", "is_primary"))
    row["skills"] = sorted(candidate.candidate_skills.values_list("skill__name", flat=True))
    row["notes"] = sorted(candidate.notes.values_list("pk", flat=True))
    return row


@pytest.fixture
def pair() -> tuple[Candidate, Candidate]:
    keep = create(email="ada@example.com", first_name="Ada", city="London", skills=["SQL"], country="GB")
    other = create(
        email="a.l@example.com", first_name="Augusta", last_name="King", city="Paris", skills=["SQL", "Go"]
    )
    NoteFactory.create(candidate=other)
    MessageFactory.create(candidate=other)
    EventFactory.create(candidate=other, kind="message.replied")
    return keep, other


def test_merge_fills_gaps_takes_what_was_chosen_and_moves_the_rest(pair: Any) -> None:
    keep, other = pair
    merges.Merge(keep, other, ["city"]).run()
    kept = Candidate.objects.get(pk=keep.pk)
    assert (kept.first_name, kept.last_name, kept.city, kept.country) == ("Ada", "King", "Paris", "GB")
    assert sorted(kept.contact_points.values_list("normalized", flat=True)) == [
        "a.l@example.com",
        "ada@example.com",
    ]
    assert sorted(kept.candidate_skills.values_list("skill__name", flat=True)) == ["Go", "SQL"]
    assert Note.objects.get().candidate_id == keep.pk
    assert kept.engagement_key is not None
    assert len(signals_of([keep.pk])[keep.pk]) == 1
    assert Candidate.objects.get(pk=other.pk).merged_into_id == keep.pk


def test_undo_restores_both_exactly(pair: Any) -> None:
    keep, other = pair
    before = snapshot(keep.pk), snapshot(other.pk)
    # The merge computes the score of a signal nobody folded yet; what it was before is not kept.
    receipt = merges.Merge(keep, other, ["city", "first_name"]).run()
    merges.undo(receipt=receipt)
    after = snapshot(keep.pk), snapshot(other.pk)
    for name in ("engagement_key", "last_engaged_at", "last_replied_at"):
        before[1].pop(name), after[1].pop(name)
    assert after == before
    with pytest.raises(AlreadyUndone):
        merges.undo(receipt=receipt)


def test_merge_is_a_fact_that_higher_apps_can_follow(pair: Any) -> None:
    keep, other = pair
    receipt = merges.Merge(keep, other).run()
    fact = Event.objects.get(kind="candidate.merged")
    assert (fact.pk, fact.candidate_id, fact.data["other"]) == (receipt, keep.pk, other.pk)


def test_the_stricter_word_about_contact_holds_and_undo_lifts_it(pair: Any) -> None:
    keep, other = pair
    Candidate.objects.filter(pk=other.pk).update(unsubscribed_at=keep.created_at, consent="withdrawn")
    receipt = merges.Merge(keep, other).run()
    kept = Candidate.objects.get(pk=keep.pk)
    assert (kept.unsubscribed_at, kept.consent) == (keep.created_at, "withdrawn")
    merges.undo(receipt=receipt)
    kept.refresh_from_db()
    assert (kept.unsubscribed_at, kept.consent) == (None, "granted")


def test_merge_refuses_oneself_the_merged_and_the_erased(pair: Any) -> None:
    keep, other = pair
    with pytest.raises(merges.CannotMerge):
        merges.Merge(keep, keep).run()
    with pytest.raises(merges.UnknownField):
        merges.Merge(keep, other, ["engagement_key"]).run()
    merges.Merge(keep, other).run()
    with pytest.raises(merges.CannotMerge):
        merges.Merge(keep, other).run()


def test_erasing_the_one_kept_erases_both(pair: Any) -> None:
    keep, other = pair
    merges.Merge(keep, other).run()
    erasures.erase(candidate=Candidate.objects.get(pk=keep.pk))
    assert Candidate.objects.filter(anonymized_at=None).count() == 0
    assert not Candidate.objects.exclude(first_name="", last_name="", city="").exists()
