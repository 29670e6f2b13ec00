from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from crm.models import Candidate, Event, User, Workspace
from crm.policies.rules.places import InvalidRules
from talentpools.actions import decisions, refreshes, segments
from talentpools.actions.segments import Draft, SegmentInUse, SegmentNameTaken
from talentpools.models import Segment, SegmentDecision, SegmentMember, SegmentSize
from tests.conftest import NOW
from tests.factories import CandidateFactory

GERMANS = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "DE"}]}


def german(**fields: Any) -> Candidate:
    return CandidateFactory.create(country="DE", **fields)


def inside(segment: Segment) -> set[int]:
    stays = SegmentMember.objects.filter(segment=segment, left_at=None, is_reviewed=True)
    return set(stays.values_list("candidate_id", flat=True))


def told(kind: str) -> list[int | None]:
    return list(
        Event.objects.filter(kind=kind).order_by("candidate_id").values_list("candidate_id", flat=True)
    )


@pytest.fixture
def segment(scope: Workspace, grace: User) -> Segment:
    return segments.create(draft=Draft("Germans", GERMANS), by=grace)


def test_creating_a_segment_computes_it(scope: Workspace, grace: User) -> None:
    ada, _ = german(), CandidateFactory.create(country="FR")

    made = segments.create(draft=Draft("Germans", GERMANS), by=grace)

    assert inside(made) == {ada.pk}
    assert (made.size, made.refreshed_version, made.refresh_error) == (1, 1, "")
    assert told("segment.entered") == [ada.pk]


def test_refresh_is_a_difference_with_events_and_history(segment: Segment) -> None:
    stays, comes, goes = german(), german(), german()
    Candidate.objects.filter(pk=comes.pk).update(country="FR")
    refreshes.refresh(segment=segment, now=NOW)
    Candidate.objects.filter(pk=comes.pk).update(country="DE")
    Candidate.objects.filter(pk=goes.pk).update(country="FR")

    done = refreshes.refresh(segment=segment, now=NOW + timedelta(hours=1))

    assert (done.entered, done.left, done.size) == (1, 1, 2)
    assert inside(segment) == {stays.pk, comes.pk}
    stay = SegmentMember.objects.get(candidate=goes)
    assert (stay.left_at, stay.left_by_version) == (NOW + timedelta(hours=1), 1)
    assert told("segment.left") == [goes.pk]
    sizes = SegmentSize.objects.filter(segment=segment).order_by("pk").values_list("size", "entered", "left")
    assert list(sizes) == [(0, 0, 0), (2, 2, 0), (2, 1, 1)]


def test_refreshing_twice_is_refreshing_once(segment: Segment) -> None:
    german()
    refreshes.refresh(segment=segment, now=NOW)

    again = refreshes.refresh(segment=segment, now=NOW)

    assert (again.entered, again.left, again.size) == (0, 0, 1)
    assert len(told("segment.entered")) == 1


def test_somebody_who_comes_back_has_two_stays(segment: Segment) -> None:
    ada = german()
    for country in ("DE", "FR", "DE"):
        Candidate.objects.filter(pk=ada.pk).update(country=country)
        refreshes.refresh(segment=segment, now=NOW)

    assert SegmentMember.objects.filter(candidate=ada).count() == 2
    assert inside(segment) == {ada.pk}


def test_only_looks_at_the_people_named(segment: Segment) -> None:
    ada, grace = german(), german()

    done = refreshes.refresh(segment=segment, now=NOW, only=[ada.pk])

    assert (inside(segment), done.size) == ({ada.pk}, 1)
    refreshes.refresh(segment=segment, now=NOW, only=[grace.pk])
    assert inside(segment) == {ada.pk, grace.pk}


def test_a_rebuild_that_matches_nobody_empties_the_segment(segment: Segment) -> None:
    german()
    refreshes.refresh(segment=segment, now=NOW)
    Candidate.objects.update(country="")

    assert refreshes.refresh(segment=segment, now=NOW).size == 0
    assert inside(segment) == set()


def test_a_failed_refresh_keeps_the_members_and_says_why(segment: Segment) -> None:
    ada = german()
    refreshes.refresh(segment=segment, now=NOW)
    Segment.objects.filter(pk=segment.pk).update(rules={"segment": 999_999})

    done = refreshes.refresh(segment=segment, now=NOW)

    segment.refresh_from_db()
    assert done.error == segment.refresh_error == "segment: There is no such segment."
    assert inside(segment) == {ada.pk}


def test_an_archived_person_leaves(segment: Segment) -> None:
    ada = german()
    refreshes.refresh(segment=segment, now=NOW)
    Candidate.objects.filter(pk=ada.pk).update(archived_at=NOW)

    assert refreshes.refresh(segment=segment, now=NOW).left == 1


def test_manual_decisions_survive_every_refresh(segment: Segment, ada: User) -> None:
    kept_out, kept_in = german(), CandidateFactory.create(country="FR")
    decisions.exclude(segment=segment, candidate=kept_out, by=ada)
    decisions.include(segment=segment, candidate=kept_in, by=ada)

    refreshes.refresh(segment=segment, now=NOW)
    assert inside(segment) == {kept_in.pk}

    decisions.undecide(segment=segment, candidate=kept_out, by=ada)
    decisions.undecide(segment=segment, candidate=kept_in, by=ada)
    assert inside(segment) == {kept_out.pk}


def test_review_lets_matches_wait_until_somebody_accepts(scope: Workspace, ada: User) -> None:
    yes, no, later = german(), german(), german()
    segment = segments.create(draft=Draft("Review", GERMANS, mode=Segment.Mode.REVIEW), by=ada)
    assert (inside(segment), segment.size, told("segment.entered")) == (set(), 0, [])

    assert decisions.accept(segment=segment, candidate_ids=[yes.pk], by=ada).changed == 1
    assert decisions.refuse(segment=segment, candidate_ids=[no.pk], by=ada).changed == 1
    refreshes.refresh(segment=segment, now=NOW)

    segment.refresh_from_db()
    assert (inside(segment), segment.size) == ({yes.pk}, 1)
    assert told("segment.entered") == [yes.pk]
    assert told("segment.left") == []
    waiting = SegmentMember.objects.filter(segment=segment, left_at=None, is_reviewed=False)
    assert [stay.candidate_id for stay in waiting] == [later.pk]
    assert SegmentDecision.objects.get().candidate_id == no.pk


def test_switching_to_automatic_lets_those_who_wait_in(scope: Workspace, ada: User) -> None:
    waits = german()
    segment = segments.create(draft=Draft("Review", GERMANS, mode=Segment.Mode.REVIEW), by=ada)

    segments.update(segment=segment, draft=Draft("Review", GERMANS), by=ada)

    assert inside(segment) == {waits.pk}
    assert told("segment.entered") == [waits.pk]


def test_new_rules_are_a_new_version_and_say_who_left_by_it(segment: Segment, grace: User) -> None:
    ada = german()
    refreshes.refresh(segment=segment, now=NOW)
    french = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "FR"}]}

    changed = segments.update(segment=segment, draft=Draft("French", french), by=grace)

    assert (changed.rules_version, changed.refreshed_version, changed.size) == (2, 2, 0)
    assert SegmentMember.objects.get(candidate=ada).left_by_version == 2
    renamed = segments.update(segment=changed, draft=Draft("Frenchmen", french), by=grace)
    assert renamed.rules_version == 2


def test_a_segment_builds_on_its_parent(segment: Segment, grace: User) -> None:
    both, _ = german(city="Berlin"), CandidateFactory.create(city="Berlin")
    refreshes.refresh(segment=segment, now=NOW)
    berlin = {"match": "all", "rules": [{"field": "city", "op": "eq", "value": "berlin"}]}

    child = segments.create(draft=Draft("Berliners", berlin, parent=segment), by=grace)

    assert inside(child) == {both.pk}


def test_segments_are_computed_after_those_they_name(segment: Segment, grace: User) -> None:
    rest = segments.create(draft=Draft("Others", {"not": {"segment": segment.pk}}), by=grace)
    ada, other = german(), CandidateFactory.create()

    done = refreshes.refresh_all(now=NOW)

    assert [one.segment_id for one in done] == [segment.pk, rest.pk]
    assert (inside(segment), inside(rest)) == ({ada.pk}, {other.pk})


def test_a_circle_is_refused_with_its_path(segment: Segment, grace: User) -> None:
    middle = segments.create(draft=Draft("Middle", {"segment": segment.pk}), by=grace)
    last = segments.create(draft=Draft("Last", {"not": {"segment": middle.pk}}), by=grace)

    with pytest.raises(InvalidRules) as refused:
        segments.update(segment=segment, draft=Draft("Germans", {"segment": last.pk}), by=grace)

    assert "Germans → Last → Middle → Germans" in refused.value.fields["rules"]
    segment.refresh_from_db()
    assert segment.rules == GERMANS


def test_itself_is_the_shortest_circle(segment: Segment, grace: User) -> None:
    with pytest.raises(InvalidRules):
        segments.update(segment=segment, draft=Draft("Germans", {"segment": segment.pk}), by=grace)
    with pytest.raises(InvalidRules):
        segments.update(segment=segment, draft=Draft("Germans", GERMANS, parent=segment), by=grace)


@pytest.mark.parametrize("empty", [{"match": "all", "rules": []}, {"not": {"match": "any", "rules": []}}])
def test_an_empty_tree_is_not_saved(scope: Workspace, grace: User, empty: Any) -> None:
    with pytest.raises(InvalidRules):
        segments.create(draft=Draft("Everybody", empty), by=grace)

    assert not Segment.objects.exists()


def test_names_are_taken_once(segment: Segment, grace: User) -> None:
    with pytest.raises(SegmentNameTaken):
        segments.create(draft=Draft("Germans", GERMANS), by=grace)


def test_a_segment_in_use_is_not_deleted(segment: Segment, grace: User) -> None:
    user = segments.create(draft=Draft("Others", {"not": {"segment": segment.pk}}), by=grace)
    with pytest.raises(SegmentInUse):
        segments.delete(segment=segment, by=grace)

    segments.delete(segment=user, by=grace)
    segments.delete(segment=segment, by=grace)

    assert not Segment.objects.exists()


def test_the_command_prints_one_json_line(segment: Segment, capsys: Any) -> None:
    german()

    call_command("refresh_segments", "--workspace", "acme", "--json")

    assert '"segments": 1, "entered": 1, "left": 0, "failed": 0' in capsys.readouterr().out
