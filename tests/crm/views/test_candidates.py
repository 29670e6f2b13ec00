from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.actions import (
    activities,
    calls,
    candidates,
    custom_fields,
    notes,
    ownership,
    tags,
    tasks,
    vocabulary,
)
from crm.models import Candidate, Event, Note, Tag, Task, User, Workspace
from tests.conftest import NOW
from tests.factories import ApplicationFactory, EventFactory

LIST = "/w/acme/candidates/"
FREE, HELD = "&ownership=free", "&ownership=held"
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.usefixtures("scope")


def create(**given: Any) -> Candidate:
    return candidates.create(given=given, origin="manual")


@pytest.fixture
def person() -> Candidate:
    return create(
        email="ada@example.com", first_name="Ada", last_name="Lovelace", stage="screening", country="GB"
    )


def test_an_empty_list_teaches(client_as: Any, ada: User) -> None:
    assert "Everybody you meet, in one place" in client_as(ada).get(LIST).text


def test_the_list_shows_people_and_their_number(client_as: Any, ada: User, person: Candidate) -> None:
    page = client_as(ada).get(LIST)
    assert page.status_code == 200
    assert f'id="candidate-{person.pk}"' in page.text
    assert page.context["page"].total == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=love", True), ("q=LOVÉ+ada", True), ("q=nobody", False), ("q=%25", False),
        ("stage=screening", True), ("stage=offer_ready", False), ("stage=offer_ready&stage=screening", True),
        ("country=GB", True), ("country=DE", False), ("level=hot", True), ("level=none", False),
        ("level=cold&level=hot", True), ("reachable=yes", True), ("reachable=no", False), ("owner=99", False),
        ("owner=x", True), ("level=lukewarm", False), ("tag=1&skill=1", False),
        ("sort=nonsense&page=x", True), ("q=%00ada", True),
    ],
)  # fmt: skip
def test_filters_narrow_the_list(
    client_as: Any, ada: User, person: Candidate, query: str, found: bool
) -> None:
    for kind in ("message.replied", "event.attended"):
        activities.record(candidate=person, kind=kind, at=NOW)
        activities.record(candidate=person, kind="meeting.booked", at=person.created_at)
    page = client_as(ada).get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert (page.context["page"].total == 1) is found


@pytest.mark.parametrize(
    "sort", ["name", "-name", "engagement", "-engagement", "-created_at", "stage", "-last_engaged_at"]
)
def test_every_sort_shows_everybody_once(client_as: Any, ada: User, sort: str) -> None:
    for n in range(4):
        someone = create(email=f"p{n}@example.com", first_name=f"P{n}")
        if n % 2:
            activities.record(candidate=someone, kind="meeting.booked", at=someone.created_at)
    rows = client_as(ada).get(f"{LIST}?sort={sort}").context["page"].rows
    assert sorted(row.candidate.first_name for row in rows) == ["P0", "P1", "P2", "P3"]
    if sort == "-engagement":
        assert [row.level != "none" for row in rows] == [True, True, False, False]


def test_the_list_needs_the_same_statements_for_one_and_three(client_as: Any, ada: User) -> None:
    client, counts = client_as(ada), []
    for n in (1, 3):
        for i in range(n):
            create(email=f"p{n}{i}@example.com", tags=["x"], skills=["y"])
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(_statements(queries))
    assert counts[0] == counts[1] <= 12


def test_the_profile_needs_the_same_statements_for_one_and_three(
    client_as: Any, ada: User, person: Candidate
) -> None:
    client, counts = client_as(ada), []
    for n in (1, 3):
        for i in range(n):
            notes.add(candidate=person, body="x", by=ada)
            tasks.add(candidate=person, title="x", assignee=ada)
            activities.record(candidate=person, kind="meeting.booked", at=NOW, ref=f"{n}-{i}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{LIST}{person.pk}/")
        counts.append(_statements(queries))
    assert counts[0] == counts[1] <= 12


def _statements(queries: CaptureQueriesContext) -> int:
    return sum(
        not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SET")) for query in queries.captured_queries
    )


def test_an_application_shows_why_it_ended_and_what_interviewers_said(
    client_as: Any, ada: User, person: Candidate
) -> None:
    ended = {"outcome": "rejected", "rejection_reason_text": "Chose somebody local"}
    one, other = (
        ApplicationFactory.create(candidate=person, **ended),
        ApplicationFactory.create(candidate=person),
    )
    for rating, hours in (("Yes", 2), ("Strong no", 1)):
        data = {"application": one.pk, "title": "Pairing", "rating": rating, "author": "Hugo Lind"}
        at = NOW - timedelta(hours=hours)
        EventFactory.create(kind="scorecard.submitted", candidate=person, occurred_at=at, data=data)
    page = client_as(ada).get(f"{LIST}{person.pk}/")
    shown = {row.application.pk: row.scorecards for row in page.context["profile"].applications}
    assert [(card.rating, card.author) for card in shown[one.pk]] == [
        ("Strong no", "Hugo Lind"), ("Yes", "Hugo Lind"),
    ]  # fmt: skip
    assert shown[other.pk] == []
    assert ("Chose somebody local" in page.text, "Pairing, Hugo Lind" in page.text) == (True, True)


def test_a_fragment_is_answered_to_htmx(client_as: Any, ada: User, person: Candidate) -> None:
    assert "<html" not in client_as(ada).get(LIST, headers=HTMX).text
    panel = client_as(ada).get(f"{LIST}{person.pk}/", headers=HTMX | {"HX-Target": "panel"})
    assert "data-panel-close" in panel.text
    assert "HX-Request" in panel["Vary"]


def test_outsiders_and_roles(
    client_as: Any, person: Candidate, mallory: User, ana: User, harry: User
) -> None:
    assert client_as(mallory).get(f"{LIST}{person.pk}/").status_code == 404
    assert client_as(ana).get(LIST).status_code == 403
    assert client_as(harry).get(f"{LIST}{person.pk}/").status_code == 200
    assert client_as(harry).post(f"{LIST}{person.pk}/notes/", {"body": "x"}).status_code == 403


def test_adding_warns_before_a_likely_duplicate(client_as: Any, ada: User, person: Candidate) -> None:
    client, form = client_as(ada), {"first_name": "ada", "last_name": "LOVELACE", "email": "al@example.com"}
    warned = client.post(f"{LIST}new/", form)
    assert warned.status_code == 422
    assert "Looks like somebody you know" in warned.text
    assert client.post(f"{LIST}new/", form | {"confirmed": "1"}).status_code == 302
    assert Candidate.objects.count() == 2


def test_adding_somebody_known_is_refused_with_the_form(client_as: Any, ada: User, person: Candidate) -> None:
    answer = client_as(ada).post(f"{LIST}new/", {"email": "ADA@example.com", "first_name": "x"})
    assert answer.status_code == 422
    assert "already here" in answer.text
    assert Candidate.objects.count() == 1


def test_one_field_is_edited_in_place(client_as: Any, ada: User, person: Candidate) -> None:
    client, url = client_as(ada), f"{LIST}{person.pk}/edit/?field=city"
    assert 'name="city"' in client.get(url, headers=HTMX).text
    assert "Paris" in client.post(url, {"city": "Paris"}, headers=HTMX).text
    person.refresh_from_db()
    assert (person.city, person.stage) == ("Paris", "screening")
    bad = client.post(f"{LIST}{person.pk}/edit/?field=country", {"country": "Atlantis"}, headers=HTMX)
    assert (bad.status_code, "is no country" in bad.text) == (422, True)


def test_the_whole_form_keeps_what_is_not_in_it(client_as: Any, ada: User, person: Candidate) -> None:
    client = client_as(ada)
    initial = client.get(f"{LIST}{person.pk}/edit/").context["form"].initial
    kept = {name: "" if value is None else value for name, value in initial.items()}
    answer = client.post(f"{LIST}{person.pk}/edit/", kept | {"headline": "New", "tags": "a, b"})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.headline, person.email, person.country) == ("New", "ada@example.com", "GB")
    assert sorted(person.candidate_tags.values_list("tag__name", flat=True)) == ["a", "b"]


def test_bulk_acts_on_all_results_and_can_be_undone(client_as: Any, ada: User, person: Candidate) -> None:
    bob, client = create(email="bob@example.com", stage="screening"), client_as(ada)
    other = create(email="o@example.com")
    answer = client.post(f"{LIST}bulk/", {"all": "1", "query": "stage=screening", "stage": "offer_ready"})
    assert answer["Location"] == f"{LIST}?stage=screening"
    stages = dict(Candidate.objects.values_list("pk", "stage"))
    assert stages == {person.pk: "offer_ready", bob.pk: "offer_ready", other.pk: ""}
    receipt = Event.objects.get(kind="candidates.stage_set").pk
    assert client.post(f"/w/acme/receipts/{receipt}/undo/").status_code == 302
    assert Candidate.objects.filter(stage="screening").count() == 2
    assert client.post(f"/w/acme/receipts/{receipt}/undo/").status_code == 409


def test_bulk_tags_and_archives_the_rows_ticked(client_as: Any, ada: User, person: Candidate) -> None:
    client = client_as(ada)
    client.post(f"{LIST}bulk/", {"ids": [person.pk, "x"], "tag": "VIP", "action": "tag"})
    assert list(person.candidate_tags.values_list("tag__name", flat=True)) == ["VIP"]
    client.post(f"{LIST}bulk/", {"ids": [person.pk], "tag": "", "action": "archive"})
    person.refresh_from_db()
    assert person.archived_at is not None
    assert client.post(f"{LIST}bulk/", {"ids": [person.pk], "tag": " "}).status_code == 422
    assert client.post(f"{LIST}bulk/", {"ids": [person.pk], "stage": "hired"}).status_code == 400


def test_the_export_is_safe_to_open(client_as: Any, ada: User, person: Candidate) -> None:
    candidates.change(candidate=person, given={"headline": "=cmd|' /C calc'!A0"})
    answer = client_as(ada).get(f"{LIST}export/?q=ada")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("id,first_name")
    assert "'=cmd|' /C calc'!A0" in lines[1]


def test_the_export_has_the_fields_of_the_workspace(client_as: Any, ada: User, person: Candidate) -> None:
    custom_fields.add(label="Badges", kind="set", choices=("Red", "Blue"))
    candidates.change(candidate=person, given={"custom": {"badges": ["Red", "Blue"]}})
    answer = client_as(ada).get(f"{LIST}export/")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].endswith(",custom.badges")
    assert lines[1].endswith(",Red; Blue")


def test_notes_are_private_to_their_author(client_as: Any, ada: User, grace: User, person: Candidate) -> None:
    client = client_as(ada)
    client.post(f"{LIST}{person.pk}/notes/", {"body": "Secret salary", "is_private": "on"})
    client.post(f"{LIST}{person.pk}/notes/", {"body": "Public praise"})
    mine, theirs = (client_as(user).get(f"{LIST}{person.pk}/").text for user in (ada, grace))
    assert ("Secret salary" in mine, "Secret salary" in theirs, "Public praise" in theirs) == (
        True,
        False,
        True,
    )
    note = Note.objects.get(body="Public praise")
    assert client_as(grace).post(f"/w/acme/notes/{note.pk}/removal/").status_code == 404
    assert client.post(f"/w/acme/notes/{note.pk}/removal/").status_code == 302
    assert client.post(f"{LIST}{person.pk}/notes/", {"body": " "}).status_code == 422


def test_tasks_are_finished_and_reopened(client_as: Any, ada: User, person: Candidate) -> None:
    client = client_as(ada)
    client.post(f"{LIST}{person.pk}/tasks/", {"title": "Call", "due_on": "2026-07-01"})
    task = Task.objects.get()
    assert "Call" in client.get("/w/acme/").text
    client.post(f"/w/acme/tasks/{task.pk}/completion/", {"from": "today"})
    assert "Call" not in client.get("/w/acme/").context["found"].tasks
    client.post(f"/w/acme/tasks/{task.pk}/reopening/")
    task.refresh_from_db()
    assert task.done_at is None


def test_merging_from_the_profile_and_back(client_as: Any, ada: User, person: Candidate) -> None:
    other, client = create(email="al@example.com", first_name="Ada", last_name="Lovelace"), client_as(ada)
    assert f'value="{other.pk}"' in client.get(f"{LIST}{person.pk}/duplicates/").text
    client.post(f"{LIST}{person.pk}/merges/", {"other": other.pk})
    assert client.get(f"{LIST}{other.pk}/").status_code == 404
    receipt = Event.objects.get(kind="candidate.merged").pk
    client.post(f"/w/acme/merges/{receipt}/undo/")
    assert client.get(f"{LIST}{other.pk}/").status_code == 200


def test_restricting_archiving_and_erasing(client_as: Any, ada: User, grace: User, person: Candidate) -> None:
    client, url = client_as(grace), f"{LIST}{person.pk}/"
    client.post(f"{url}restriction/")
    assert "marked the person" in client.get(url).text
    client.post(f"{url}restriction/")
    client.post(f"{url}archive/")
    assert client.get(LIST).context["page"].total == 0
    client.post(f"{url}archive/")
    point = person.contact_points.get()
    client.post(f"{url}contact-points/{point.pk}/removal/")
    assert "There is no e-mail address." in client.get(url).text
    assert client_as(ada).post(f"{url}erasure/").status_code == 403
    client.post(f"{url}erasure/")
    assert client.get(url).status_code == 404


def test_the_timeline_goes_on_where_it_ended(client_as: Any, ada: User, person: Candidate) -> None:
    for n in range(40):
        activities.record(candidate=person, kind="form.submitted", at=NOW, ref=str(n))
    client = client_as(ada)
    page = client.get(f"{LIST}{person.pk}/")
    last = page.context["entries"][-1].event.pk
    older = client.get(f"{LIST}{person.pk}/timeline/?before={last}")
    assert len(page.context["entries"]) == 30
    assert len(older.context["entries"]) == 11
    assert client.get(f"{LIST}{person.pk}/timeline/?before=999999").status_code == 404


def test_the_timeline_is_narrowed_by_kind(client_as: Any, ada: User, person: Candidate) -> None:
    activities.record(candidate=person, kind="form.submitted", at=NOW)
    notes.add(candidate=person, body="Met at the fair", by=ada)
    client, url = client_as(ada), f"{LIST}{person.pk}/timeline/"
    kinds = [entry.event.kind for entry in client.get(f"{url}?kind=notes").context["entries"]]
    assert kinds == ["note.added"]
    card = client.get(f"{url}?kind=events", headers=HTMX)
    assert ("<html" in card.text, len(card.context["entries"])) == (False, 1)
    assert "Nothing of this kind" in client.get(f"{url}?kind=mail").text
    assert len(client.get(url).context["entries"]) > 2


def test_a_call_is_logged_with_what_was_said(client_as: Any, ada: User, person: Candidate) -> None:
    client, url = client_as(ada), f"{LIST}{person.pk}/calls/"
    client.post(url, {"outcome": "completed", "note": "Open to Lisbon"})
    client.post(url, {"outcome": "no_answer", "at": "2026-01-05T10:00"})
    done, tried = Event.objects.get(kind="call.completed"), Event.objects.get(kind="call.attempted")
    assert (done.actor, done.data["outcome"], tried.occurred_at.year) == (ada, "completed", 2026)
    assert Note.objects.get().body == "Open to Lisbon"
    assert client.post(url, {"outcome": "completed", "at": "2099-01-05T10:00"}).status_code == 422
    assert client.post(url, {"outcome": "nonsense"}).status_code == 422
    with pytest.raises(calls.InvalidCall):
        calls.log(candidate=person, outcome="nonsense", by=ada)
    assert Event.objects.filter(kind__startswith="call.").count() == 2


def test_a_note_is_pinned_above_the_timeline_and_unpinned(
    client_as: Any, ada: User, grace: User, person: Candidate
) -> None:
    note = notes.add(candidate=person, body="Wants remote", by=ada)
    secret = notes.add(candidate=person, body="Salary", by=ada, is_private=True)
    client, profile = client_as(ada), f"{LIST}{person.pk}/"
    client.post(f"/w/acme/notes/{note.pk}/pin/")
    client.post(f"/w/acme/notes/{secret.pk}/pin/")
    assert {n.body for n in client.get(profile).context["profile"].pinned} == {"Wants remote", "Salary"}
    assert [n.body for n in client_as(grace).get(profile).context["profile"].pinned] == ["Wants remote"]
    assert client_as(grace).post(f"/w/acme/notes/{secret.pk}/pin/").status_code == 404
    client.post(f"/w/acme/notes/{note.pk}/pin/")
    note.refresh_from_db()
    assert note.pinned_at is None


def test_the_list_says_whose_people_are_and_who_is_free(
    client_as: Any, ada: User, workspace: Workspace, clock: Any
) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(ownership_days=30)
    for name in ("Lost", "Held"):
        clock.shift(timedelta(days=60))
        one = candidates.create(
            given={"email": f"{name}@example.com".lower(), "first_name": f"{name}-body"}, origin="manual"
        )
        ownership.take(candidate=one, by=ada)
    client = client_as(ada)

    def listed(query: str = "") -> str:
        return str(client.get(f"{LIST}?column=ownership{query}").content.decode())

    assert "until 12 Nov 2026" in listed()
    assert "Free to take" in listed()
    assert [("Lost-body" in listed(asked), "Held-body" in listed(asked)) for asked in (FREE, HELD)] == [
        (True, False),
        (False, True),
    ]


def test_tags_put_away_are_not_offered(client_as: Any, ada: User, person: Candidate) -> None:
    tags.add(candidate_ids=[person.pk], name="Old fair", by=ada)
    assert "Old fair" in client_as(ada).get(LIST).text
    vocabulary.archive(word=Tag.objects.get(), by=ada)
    assert "Old fair" not in client_as(ada).get(LIST).text


def test_the_palette_finds_people(client_as: Any, ada: User, person: Candidate, workspace: Workspace) -> None:
    assert "Ada Lovelace" in client_as(ada).get("/w/acme/palette/?q=love").text
    assert client_as(ada).get("/w/acme/palette/?q=").text.strip() == ""


def test_an_empty_day_teaches(client_as: Any, ada: User, settings: Any) -> None:
    settings.TODAY_PANELS = []
    assert "A quiet day" in client_as(ada).get("/w/acme/").text
