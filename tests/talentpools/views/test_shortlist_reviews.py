import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from crm.actions import attachments
from crm.models import Attachment, Candidate, Event, Requisition, User, Workspace
from talentpools.actions import shortlist_reviews, shortlists
from talentpools.models import ReviewVerdict, ShortlistEntry, ShortlistReview
from tests.factories import ApplicationFactory, CandidateFactory, ContactPointFactory, RequisitionFactory

As = Callable[[User], Client]
OnCommit = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def requisition(scope: Workspace, ada: User) -> Requisition:
    made: Requisition = RequisitionFactory.create(title="Platform engineer", role_family="engineering")
    people = [
        CandidateFactory.create(first_name=name, last_name="Able", email=f"{name.lower()}@mail.example")
        for name in ("Nina", "Omar")
    ]
    shortlists.add(requisition=made, candidate_ids=[person.pk for person in people], by=ada, note="Strong")
    return made


@pytest.fixture
def link(client_as: As, ada: User, requisition: Requisition, on_commit: OnCommit) -> str:
    """The address a hiring manager finds in the mail."""
    body = {"email": "Hanna@Acme.example", "name": "Hanna", "request": "Two for you.", "days": "14"}
    with on_commit():
        answer = client_as(ada).post(f"/w/acme/requisitions/{requisition.pk}/reviews/", body)
    assert answer.status_code == 302
    return _link_in(mail.outbox[-1].body)


def _link_in(text: Any) -> str:
    found = re.search(r"/review/\w+/", str(text))
    assert found
    return found[0]


def _entry(name: str) -> ShortlistEntry:
    return ShortlistEntry.objects.get(candidate__first_name=name)


@contextmanager
def _days_later(days: int) -> Iterator[None]:
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=days), tick=False):
        yield


def test_the_mail_says_who_asks_for_what(link: str) -> None:
    (sent,) = mail.outbox
    assert sent.to == ["hanna@acme.example"]
    assert sent.subject == "Platform engineer: your view on 2 people"
    assert "Two for you." in sent.body
    assert "Ada asks" in sent.body
    assert ShortlistReview.objects.get().mailed_at is not None


def test_a_manager_judges_everybody_without_an_account(
    client: Client, client_as: As, ada: User, link: str, on_commit: OnCommit
) -> None:
    overview = client.get(link)
    assert overview.status_code == 200
    assert "Nina Able" in overview.content.decode()
    assert not overview.cookies
    nina, omar = _entry("Nina"), _entry("Omar")

    first = client.post(f"{link}{nina.pk}/", {"verdict": "star", "note": "Call her today"})
    assert first["Location"] == f"{link}{omar.pk}/"
    with on_commit():
        last = client.post(f"{link}{omar.pk}/", {"verdict": "no", "reason": "too_junior"})
    assert last["Location"] == f"{link}?done=1"

    nina.refresh_from_db()
    assert (nina.verdict, nina.verdict_note) == ("star", "Call her today")
    Requisition.objects.update(opened_at=dt.datetime.now(dt.UTC))
    today = client_as(ada).get("/w/acme/requisitions/opened/").content.decode()
    assert "2 of 2 judged" in today
    assert ReviewVerdict.objects.get(entry=omar).reason == "too_junior"
    assert ShortlistReview.objects.get().finished_at is not None
    told = mail.outbox[-1]
    assert (told.to, "1 starred, 0 yes, 1 no" in told.body) == (["ada@acme.example"], True)
    assert Event.objects.filter(kind="review.judged", candidate=nina.candidate).exists()


def test_the_reviewer_pages_through_and_comes_back_to_whom_they_left_out(
    client: Client, link: str, ada: User, requisition: Requisition
) -> None:
    pia = CandidateFactory.create(first_name="Pia", last_name="Able", city="Lyon", country="FR")
    shortlists.add(requisition=requisition, candidate_ids=[pia.pk], by=ada)
    nina, omar, third = (f"{link}{_entry(name).pk}/" for name in ("Nina", "Omar", "Pia"))
    middle = client.get(omar).content.decode()
    for shown in ("2 of 3", f'href="{nina}" rel="prev"', f'href="{third}" rel="next"'):
        assert shown in middle
    last = client.get(third).content.decode()
    assert "Lyon, France" in last
    assert 'rel="next"' not in last

    assert client.post(omar, {"verdict": "yes"})["Location"] == third
    assert client.post(third, {"verdict": "yes"})["Location"] == nina


def test_who_is_asked_again_finishes_again(
    client: Client, link: str, ada: User, requisition: Requisition, on_commit: OnCommit
) -> None:
    for round_, name in enumerate(("Nina", "Omar", "Pia")):
        if name == "Pia":
            pia = CandidateFactory.create(first_name="Pia", last_name="Able")
            shortlists.add(requisition=requisition, candidate_ids=[pia.pk], by=ada)
            again = shortlist_reviews.invite(requisition=requisition, email="hanna@acme.example", by=ada)
            assert (again.finished_at, again.mailed_at) == (None, None)
            assert shortlist_reviews.link(again).endswith(link)
        with on_commit():
            client.post(f"{link}{_entry(name).pk}/", {"verdict": "yes"})
        told = [sent for sent in mail.outbox if "judged the shortlist" in sent.subject]
        assert len(told) == round_


def test_a_second_verdict_replaces_the_first(client: Client, link: str) -> None:
    nina = _entry("Nina")
    for verdict in ("no", "yes"):
        client.post(f"{link}{nina.pk}/", {"verdict": verdict})
    assert ReviewVerdict.objects.get().verdict == "yes"


def test_the_page_shows_what_a_manager_needs_and_no_address(
    client: Client, link: str, scope: Workspace
) -> None:
    nina = _entry("Nina")
    Candidate.objects.filter(pk=nina.candidate_id).update(current_title="SRE", years_experience=7)
    ApplicationFactory.create(
        candidate=nina.candidate,
        requisition__title="Data engineer",
        outcome="rejected",
        furthest_stage="final_interview",
        ended_at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
        rejection_reason_text="Asked for too much",
    )
    page = client.get(f"{link}{nina.pk}/").content.decode()
    for shown in ("SRE", "7 years", "Data engineer: Final interview", "Strong"):
        assert shown in page
    for hidden in ("nina@mail.example", "Asked for too much"):
        assert hidden not in page


def test_cv_and_profiles_are_at_hand_and_nobody_elses(
    client: Client, link: str, ada: User, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    nina, omar = _entry("Nina"), _entry("Omar")
    kept = attachments.add(
        candidate=nina.candidate, file_name="nina.txt", content=b"Ten years of Go.", by=ada
    )
    ContactPointFactory.create(
        candidate=nina.candidate, kind="link", value="https://github.com/nina", normalized="github.com/nina"
    )
    page = client.get(f"{link}{nina.pk}/").content.decode()
    assert "nina.txt" in page
    assert 'href="https://github.com/nina"' in page
    answer = client.get(f"{link}{nina.pk}/cv/")
    assert answer.getvalue() == b"Ten years of Go."
    assert answer["Cache-Control"].count("no-store") == 1
    assert client.get(f"{link}{omar.pk}/cv/").status_code == 404

    Attachment.objects.filter(pk=kept.pk).update(scan="infected")
    assert "nina.txt" not in client.get(f"{link}{nina.pk}/").content.decode()
    assert client.get(f"{link}{nina.pk}/cv/").status_code == 404
    other = RequisitionFactory.create()
    shortlists.add(requisition=other, candidate_ids=[nina.candidate_id], by=ada)
    foreign = ShortlistEntry.objects.get(requisition=other)
    assert client.get(f"{link}{foreign.pk}/cv/").status_code == 404


@pytest.mark.parametrize("body", [{}, {"verdict": "perhaps"}, {"verdict": "yes", "reason": "shoes"}])
def test_a_bad_verdict_is_422_and_keeps_nothing(client: Client, link: str, body: dict[str, str]) -> None:
    assert client.post(f"{link}{_entry('Nina').pk}/", body).status_code == 422
    assert not ReviewVerdict.objects.exists()


def test_a_link_reaches_its_own_list_alone(client: Client, link: str, ada: User) -> None:
    other = RequisitionFactory.create(title="Secret hire")
    shortlists.add(requisition=other, candidate_ids=[CandidateFactory.create().pk], by=ada)
    foreign = ShortlistEntry.objects.get(requisition=other)
    off = client.get(f"{link}{foreign.pk}/")
    assert off.status_code == 404
    assert "no longer on the list" in off.content.decode()
    assert "Secret hire" not in client.get(link + "mine/").content.decode()
    assert client.get(link[:-3] + "aa/").status_code == 404


def test_a_link_ends_when_it_is_taken_back_or_expires(
    client: Client, client_as: As, ada: User, link: str
) -> None:
    with _days_later(15):
        assert client.get(link).status_code == 404
    review = ShortlistReview.objects.get()
    client_as(ada).post(f"/w/acme/requisitions/reviews/{review.pk}/revocation/")
    assert client.get(link).status_code == 404
    late = client.post(f"{link}{_entry('Nina').pk}/", {"verdict": "yes", "note": "Call <her>"})
    assert late.status_code == 404
    for shown in ("taken back or has expired", "What you wrote was not kept", "Call &lt;her&gt;"):
        assert shown in late.content.decode()
    assert not ReviewVerdict.objects.exists()


def test_who_does_not_answer_is_reminded_once(link: str, on_commit: OnCommit) -> None:
    now = dt.datetime.now(dt.UTC)
    for days, reminded in ((2, 0), (4, 1), (8, 0)):
        with on_commit():
            assert shortlist_reviews.remind_waiting(now=now + dt.timedelta(days=days)) == reminded
    assert [sent.subject.split(":")[0] for sent in mail.outbox] == ["Platform engineer", "Reminder"]
    assert _link_in(mail.outbox[-1].body) == link


@pytest.mark.parametrize("settled", ["archived", "closed"])
def test_nobody_is_reminded_of_what_is_settled(client: Client, link: str, settled: str) -> None:
    client.post(f"{link}{_entry('Nina').pk}/", {"verdict": "yes"})
    now = dt.datetime.now(dt.UTC)
    if settled == "archived":
        Candidate.objects.filter(first_name="Omar").update(archived_at=now)
        assert "1 of 1 judged" in client.get(link + "mine/").content.decode()
    else:
        Requisition.objects.update(status="closed")
    assert shortlist_reviews.remind_waiting(now=now + dt.timedelta(days=4)) == 0


def test_a_managers_own_page_lists_their_requisitions(
    client: Client, link: str, ada: User, on_commit: OnCommit
) -> None:
    other = RequisitionFactory.create(title="Data engineer")
    shortlists.add(requisition=other, candidate_ids=[CandidateFactory.create().pk], by=ada)
    shortlist_reviews.invite(requisition=other, email="hanna@acme.example", by=ada)
    page = client.get(link + "mine/").content.decode()
    assert "Data engineer" in page
    assert "0 of 2 judged" in page


def test_an_empty_list_cannot_be_reviewed(client_as: As, ada: User, scope: Workspace) -> None:
    empty = RequisitionFactory.create()
    answer = client_as(ada).post(
        f"/w/acme/requisitions/{empty.pk}/reviews/", {"email": "h@acme.example", "days": "3"}
    )
    assert answer.status_code == 422
    assert not ShortlistReview.objects.exists()


def test_a_hiring_manager_may_not_invite(client_as: As, harry: User, requisition: Requisition) -> None:
    answer = client_as(harry).post(
        f"/w/acme/requisitions/{requisition.pk}/reviews/", {"email": "x@y.example"}
    )
    assert answer.status_code == 403


def test_the_list_is_sorted_and_narrowed_by_verdict(
    client: Client, client_as: As, ada: User, link: str, requisition: Requisition
) -> None:
    client.post(f"{link}{_entry('Omar').pk}/", {"verdict": "star"})
    page = f"/w/acme/requisitions/{requisition.pk}/shortlist/"
    shown = client_as(ada).get(page).content.decode()
    assert shown.index("Omar Able") < shown.index("Nina Able")
    narrowed = client_as(ada).get(page + "?verdict=none").content.decode()
    assert "Nina Able" in narrowed
    assert "Omar Able" not in narrowed


def test_people_stand_side_by_side(client_as: As, ada: User, requisition: Requisition) -> None:
    Requisition.objects.update(skills=["Go"])
    ids = "&".join(f"ids={entry.candidate_id}" for entry in ShortlistEntry.objects.all())
    page = f"/w/acme/requisitions/{requisition.pk}/shortlist/comparison/"
    chosen = [entry.candidate_id for entry in ShortlistEntry.objects.all()]
    asked = client_as(ada).post(page, {"ids": chosen, "query": "verdict=yes", "all": ""})
    assert asked["Location"] == f"{page}?{ids}"
    shown = client_as(ada).get(asked["Location"]).content.decode()
    assert "Nina Able" in shown
    assert "Omar Able" in shown
    assert "Wanted skills missing" in shown
    assert "Nobody to compare" in client_as(ada).get(page).content.decode()
