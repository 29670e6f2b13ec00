from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from crm.actions import candidates, capture_forms, consents, erasures, unsubscribes
from crm.models import (
    Candidate,
    CaptureVisits,
    Consent,
    ConsentText,
    Event,
    Message,
    Submission,
    Suppression,
    User,
)
from crm.queries.held_data import held_about
from crm.queries.personal_data import export
from crm.tasks.upkeep import forget_unconfirmed
from tests.conftest import NOW
from tests.crm.capture import ANSWERS, live_form, send

PATH = "/f/acme/talent-community/"
pytestmark = pytest.mark.usefixtures("scope", "fresh_counters")


def test_a_visitor_becomes_a_candidate_with_the_words_they_agreed_to(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    live_form(ada, consent="You may write to me.", tags=["community"])
    answer = send(client, f"{PATH}?utm_source=meetup&utm_campaign=june", clock, role_family="engineering",
                  topics=["jobs"], pace="91")  # fmt: skip
    assert answer.status_code == 200
    assert "Thank you" in answer.text
    assert not answer.cookies
    person = Candidate.objects.get()
    assert (person.full_name, person.email, person.role_family) == (
        "Ines Duarte", "ines@people.example", "engineering",
    )  # fmt: skip
    assert (person.origin, person.source, person.owner) == ("form", "meetup", ada)
    assert (person.preferred_gap_days, "jobs" in person.topics_declined) == (91, False)
    assert "events" in person.topics_declined
    consent = Consent.objects.get()
    assert (consent.basis, consent.text_version) == ("consent", "talent-community/2")
    assert ConsentText.objects.get(version=consent.text_version).text == "You may write to me."
    sent = Submission.objects.get()
    assert (sent.source, sent.campaign, sent.was_known) == ("meetup", "june", False)
    assert [tag.tag.name for tag in person.candidate_tags.all()] == ["community"]
    event = Event.objects.get(kind="form.submitted")
    assert (event.candidate, event.data["form"]) == (person, "talent-community")
    words = [vars(one)["words"] for one in held_about(person).consents]
    assert words == ["You may write to me."]


def test_somebody_known_keeps_what_a_recruiter_edited_and_is_told_the_same(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    live_form(ada)
    known = candidates.create(
        given={"first_name": "Inês", "last_name": "D.", "email": "ines@people.example", "source": "Referral"},
        origin="manual", by=ada,
    )  # fmt: skip
    candidates.change(candidate=known, given={"current_title": "Staff Engineer"}, by=ada)
    known_answer = send(client, PATH, clock, current_title="Student", city="Porto")
    new_answer = send(client, PATH, clock, email="new@people.example")
    assert known_answer.content == new_answer.content
    known.refresh_from_db()
    assert (known.full_name, known.current_title, known.city) == ("Inês D.", "Staff Engineer", "Porto")
    assert known.source == "Referral"
    assert Submission.objects.get(candidate=known).was_known
    assert Consent.objects.filter(candidate=known, basis="consent").count() == 1


def test_faults_keep_every_value_and_name_the_question(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    live_form(ada)
    answer = send(client, PATH, clock, email="not-an-address", consent="", city="Porto")
    assert answer.status_code == 422
    assert 'value="Porto"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert {"email", "consent"} <= set(answer.context["fields"].errors)
    assert Candidate.objects.count() == 0


@pytest.mark.parametrize(
    ("answers", "words"),
    [({"homepage": "https://spam.example"}, "nobody sees"), ({"token": "forged"}, "open for a long time")],
)
def test_machines_are_kept_out_and_people_can_send_again(
    client: Client, ada: User, clock: time_machine.Traveller, answers: dict[str, str], words: str
) -> None:
    live_form(ada)
    refused = send(client, PATH, clock, **answers)
    assert refused.status_code == 422
    assert words in refused.text
    assert Candidate.objects.count() == 0
    clock.shift(5)
    again = client.post(PATH, ANSWERS | {"token": refused.context["fields"]["token"].value()})
    assert again.status_code == 200
    assert Candidate.objects.count() == 1


def test_a_form_sent_at_once_or_days_later_is_shown_again(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    live_form(ada)
    token = client.get(PATH).context["fields"]["token"].value()
    assert "faster than anybody" in client.post(PATH, ANSWERS | {"token": token}).text
    clock.shift(2 * 86_400)
    assert "a long time" in client.post(PATH, ANSWERS | {"token": token}).text
    assert Submission.objects.count() == 0


def test_one_page_sent_twice_is_one_submission(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    live_form(ada)
    data = ANSWERS | {"token": client.get(PATH).context["fields"]["token"].value()}
    clock.shift(9)
    assert [client.post(PATH, data).status_code for _ in range(2)] == [200, 200]
    assert (Submission.objects.count(), Event.objects.filter(kind="form.submitted").count()) == (1, 1)


def test_too_many_for_one_address_are_put_off(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    live_form(ada)
    statuses = [send(client, PATH, clock).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [422]


def test_double_opt_in_keeps_nobody_before_they_confirm(
    client: Client, ada: User, clock: time_machine.Traveller, on_commit: Callable[[], Any]
) -> None:
    live_form(ada, needs_confirmation=True)
    answer = send(client, PATH, clock)
    assert "look into your mail" in answer.text
    assert Candidate.objects.count() == 0
    mail = Message.objects.get()
    assert (mail.kind, mail.to_address, mail.candidate) == ("service", "ines@people.example", None)
    link = next(word for word in mail.body_text.split() if "/confirm/" in word)
    path = link[link.index("/f/") :]
    assert client.get(f"{path[:-4]}xyz/").status_code == 404
    assert [client.get(path).status_code for _ in range(2)] == [200, 200]
    person = Candidate.objects.get()
    assert Consent.objects.get().granted_at == Submission.objects.get().confirmed_at
    assert Message.objects.get().candidate == person


def test_who_never_confirms_is_forgotten(client: Client, ada: User, clock: time_machine.Traveller) -> None:
    live_form(ada, needs_confirmation=True)
    send(client, PATH, clock)
    forget_unconfirmed()
    assert Submission.objects.count() == 1
    clock.shift(15 * 86_400)
    forget_unconfirmed()
    assert (Submission.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_who_stopped_our_mail_comes_back_only_through_their_own_address(
    client: Client, ada: User, clock: time_machine.Traveller, is_confirmed: bool
) -> None:
    live_form(ada, needs_confirmation=is_confirmed)
    known = candidates.create(given={"email": "ines@people.example"}, origin="manual", by=ada)
    unsubscribes.stop_everything(candidate=known, channel="page")
    send(client, PATH, clock)
    if is_confirmed:
        link = next(word for word in Message.objects.get().body_text.split() if "/confirm/" in word)
        client.get(link[link.index("/f/") :])
    known.refresh_from_db()
    assert (known.unsubscribed_at is None) is is_confirmed
    assert Suppression.objects.exists() is not is_confirmed


def test_who_was_erased_leaves_no_trace(client: Client, ada: User, clock: time_machine.Traveller) -> None:
    live_form(ada)
    consents.suppress(address="ines@people.example", reason="erased")
    assert send(client, PATH, clock).status_code == 200
    assert (Candidate.objects.count(), Submission.objects.count()) == (0, 0)


def test_a_submission_goes_with_the_copy_and_with_the_erasure(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    live_form(ada)
    send(client, PATH, clock, city="Porto")
    person = Candidate.objects.get()
    assert "crm.submission" in export(person, now=NOW)["tables"]
    erasures.erase(candidate=person)
    assert Submission.objects.count() == 0


def test_drafts_are_not_there_and_closed_forms_say_so(client: Client, ada: User) -> None:
    form = capture_forms.create(title="Talent community", kind="community", company="Acme", by=ada)
    assert client.get(PATH).status_code == 404
    capture_forms.publish(form=form, by=ada)
    assert client.get("/f/nowhere/talent-community/").status_code == 404
    capture_forms.close(form=form, by=ada)
    assert client.get(PATH).status_code == 410


def test_visits_are_counted_by_source_and_robots_are_not(client: Client, ada: User) -> None:
    live_form(ada)
    for agent in ("Mozilla/5.0", "Mozilla/5.0", "Googlebot/2.1"):
        client.get(f"{PATH}?utm_source=fair", headers={"User-Agent": agent})
    counted = CaptureVisits.objects.get()
    assert (counted.page, counted.source, counted.visits) == ("form:talent-community", "fair", 2)


def test_only_named_sites_may_frame_the_form(client: Client, ada: User) -> None:
    form = live_form(ada)
    assert client.get(f"{PATH}embed/").status_code == 404
    capture_forms.change(form=form, given={"allowed_sites": ["https://careers.acme.example"]}, by=ada)
    framed = client.get(f"{PATH}embed/")
    assert "frame-ancestors 'self' https://careers.acme.example" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    plain = client.get(PATH)
    assert "frame-ancestors 'none'" in plain["Content-Security-Policy"]
    assert plain["X-Frame-Options"] == "DENY"
