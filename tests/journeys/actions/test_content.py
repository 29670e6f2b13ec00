"""The content library: variants and pieces in real mail, and what became of it."""

from datetime import timedelta
from typing import Any

import pytest

from crm.actions import events
from crm.models import Event, JobPreference, Message, User, Workspace
from journeys.actions import enrollments, pieces, runs, templates
from journeys.actions.pieces import InvalidPiece, PieceInUse
from journeys.actions.templates import InvalidTemplate, TemplateInUse
from journeys.models import Piece, StepRun, Template, Wording
from journeys.queries import content_results, openings
from journeys.queries.content_results import Results
from talentpools.models import Segment, SegmentMember
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, message
from tests.journeys.conftest import Publish


def written(**given: Any) -> templates.Draft:
    return templates.Draft(**{"name": "Hello", "subject": "Hi", "body": "Words", "key": "hello", **given})


def test_each_person_gets_the_closest_variant_and_its_results(publish: Publish, grace: User) -> None:
    journey = publish(message())
    segment = Segment.objects.create(name="Alumni", rules={"match": "all", "rules": []})
    read = pieces.save(
        draft=pieces.Draft("A read", "article", url="https://x.example/a", key="read"), by=grace
    )
    german = pieces.save(
        draft=pieces.Draft("Lesestoff", "article", url="https://x.example/d", key="read", language="de"),
        by=grace,
    )
    body = 'Hallo {% asset "read" link %}'
    templates.save(draft=written(language="de", body=body), by=grace)
    templates.save(draft=written(segment_id=segment.pk, body="Dear old friend"), by=grace)
    people = [
        ReachableFactory.create(locale="de-AT"),
        ReachableFactory.create(),
        ReachableFactory.create(locale="de"),
    ]
    SegmentMember.objects.create(segment=segment, candidate=people[1], entered_at=NOW)
    enrollments.enroll(journey=journey, candidate_ids=[one.pk for one in people], now=NOW)
    runs.run_due(now=NOW)
    texts = {row.candidate_id: row.body_text for row in Message.objects.all()}
    assert [texts[one.pk] for one in people] == [
        "Hallo Lesestoff: https://x.example/d",
        "Dear old friend",
        "Hallo Lesestoff: https://x.example/d",
    ]
    assert Wording.objects.count() == 2
    assert content_results.by_piece() == {}

    Message.objects.update(state="delivered", sent_at=NOW, delivered_at=NOW)
    first = Message.objects.get(candidate=people[0])
    events.record("message.clicked", candidate=people[0], data={"message": first.pk, "actor": "human"})
    events.record("message.opened", candidate=people[2], data={"message": first.pk + 1, "actor": "scanner"})
    events.record("candidate.unsubscribed", candidate=people[2], at=NOW + timedelta(days=1))
    Message.objects.create(direction="in", kind="journey", state="received", in_reply_to=first)
    assert content_results.by_piece() == {german.pk: Results(2, 2, 0, 1, 1, 1)}
    assert read.pk not in content_results.by_piece()
    chosen = Template.objects.get(language="de")
    assert content_results.by_template()[chosen.pk].shares[1] == ("clicked", 1, "50 %")
    disproved = Event.objects.get(kind="message.clicked")
    events.record("message.click_disproved", candidate=people[0], data={"event": disproved.pk})
    assert content_results.by_piece()[german.pk].clicked == 0


def test_words_sent_twice_are_one_wording_and_changed_words_another(publish: Publish, grace: User) -> None:
    journey = publish(message())
    for count in (1, 1, 2):
        if count == 2:
            Template.objects.update(body="Other words")
        enrollments.enroll(journey=journey, candidate_ids=[ReachableFactory.create().pk], now=NOW)
        runs.run_due(now=NOW)
        assert Wording.objects.count() == count
    assert StepRun.objects.filter(wording=None).count() == 0


def test_an_archived_variant_is_not_sent_and_the_last_of_a_key_stays(publish: Publish, grace: User) -> None:
    journey = publish(message())
    german = templates.save(draft=written(language="de", body="Hallo"), by=grace)
    templates.archive(template=german, by=grace)
    enrollments.enroll(journey=journey, candidate_ids=[ReachableFactory.create(locale="de").pk], now=NOW)
    runs.run_due(now=NOW)
    assert "all well?" in Message.objects.get().body_text
    with pytest.raises(TemplateInUse):
        templates.archive(template=Template.objects.get(language="en"), by=grace)
    templates.restore(template=german, by=grace)
    copied = templates.duplicate(template=german, by=grace)
    assert (copied.key, copied.name, copied.body, copied.language) == ("hello-2", "Hello (2)", "Hallo", "de")


def test_a_template_calls_only_what_is_there(scope: Workspace, grace: User) -> None:
    with pytest.raises(InvalidTemplate) as refusal:
        templates.save(draft=written(body='{% snippet "nowhere" %}'), by=grace)
    assert refusal.value.fields == {"body": "There is no snippet or asset “nowhere”."}
    assert Template.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"body": ""}, "body"),
        ({"body": "{{ candidate.shoe_size }}"}, "body"),
        ({"body": "{% if %}"}, "body"),
        ({"body": '{% snippet "pace" %}', "key": "pace-2"}, ""),
        ({"body": '{% snippet "own" %}', "key": "own"}, "body"),
        ({"kind": "article", "url": "javascript:alert(1)"}, "url"),
        ({"key": "pace"}, "key"),
        ({"key": "pace", "kind": "story", "language": "de"}, "kind"),
    ],
)
def test_a_piece_is_checked(scope: Workspace, grace: User, given: dict[str, Any], field: str) -> None:
    pieces.save(draft=pieces.Draft("Pace", body="Slow", key="pace"), by=grace)
    draft = pieces.Draft(**{"name": "Other", "body": "Words", **given})
    if not field:
        assert pieces.save(draft=draft, by=grace).key == "pace-2"
        return
    with pytest.raises(InvalidPiece) as refusal:
        pieces.save(draft=draft, by=grace)
    assert field in refusal.value.fields
    assert Piece.objects.count() == 1


def test_a_piece_is_archived_put_back_copied_and_changed(scope: Workspace, grace: User) -> None:
    piece = pieces.save(draft=pieces.Draft("Pace", body="Slow", key="pace"), by=grace)
    template = templates.save(draft=written(body='{% snippet "pace" %}'), by=grace)
    with pytest.raises(PieceInUse, match="Hello"):
        pieces.archive(piece=piece, by=grace)
    Template.objects.filter(pk=template.pk).update(body="Words")
    pieces.archive(piece=piece, by=grace)
    other = pieces.save(draft=pieces.Draft("Pace", body="Fast", key="pace"), by=grace)
    with pytest.raises(InvalidPiece):
        pieces.restore(piece=piece, by=grace)
    changed = pieces.save(
        draft=pieces.Draft("Pace", body="<p>Fast<script></script></p>", key="pace"), by=grace, piece=other
    )
    assert changed.body == "<p>Fast</p>"
    pieces.archive(piece=changed, by=grace)
    pieces.restore(piece=piece, by=grace)
    assert pieces.duplicate(piece=piece, by=grace).key == "pace-2"


def test_what_somebody_looks_for_comes_from_their_own_page(scope: Workspace) -> None:
    person = ReachableFactory.create(
        role_family="sales", seniority="mid", custom={"preferred_location": "Rome"}
    )
    assert openings.seekers([person.pk])[person.pk].places == ("Rome",)
    JobPreference.objects.create(
        candidate=person, role_families=["engineering"], skills=["Python"], places=["Berlin"], remote="only",
        salary_floor=90_000, currency=scope.currency,
    )  # fmt: skip
    found = openings.seekers([person.pk])[person.pk]
    assert found.role_families == {"engineering"}
    assert found.seniorities == {"mid"}
    assert found.skills == {"python"}
    assert found.places == ("Berlin",)
    assert (found.remote, found.salary_floor) == ("only", 90_000)
    JobPreference.objects.update(currency="XXX")
    assert openings.seekers([person.pk])[person.pk].salary_floor is None
