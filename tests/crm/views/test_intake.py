from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.actions import candidates, landing_pages, referrals, sources
from crm.models import (
    Candidate,
    CaptureVisits,
    Consent,
    Event,
    LandingPage,
    Message,
    Referral,
    Submission,
    User,
)
from tests.crm.capture import live_form, send

pytestmark = pytest.mark.usefixtures("scope", "fresh_counters")
NAMED = {
    "referrer_name": "Carl", "referrer_email": "carl@acme.example", "name": "Rosa Lind",
    "email": "rosa@people.example", "relation": "Worked together",
}  # fmt: skip


def refer(client: Client, clock: time_machine.Traveller, **given: str) -> Any:
    path = f"/r/acme/{referrals.page_token()}/"
    token = client.get(path).context["fields"]["token"].value()
    clock.shift(9)
    return client.post(path, NAMED | {"token": token} | given)


def answer_path() -> str:
    text = Message.objects.get().body_text
    return text[text.index("/r/acme/answer/") :].split()[0]


def test_a_referred_person_is_asked_before_anything_else(
    client: Client, clock: time_machine.Traveller
) -> None:
    thanks = refer(client, clock)
    assert thanks.status_code == 200
    assert Candidate.objects.count() == 0
    status = thanks.context["status_path"]
    assert "wait for their answer" in client.get(status).text
    path = answer_path()
    assert "Carl thinks" in client.get(path).text
    for _ in range(2):
        client.post(path, {"answer": "yes"})
    person = Candidate.objects.get()
    assert (person.full_name, person.origin, person.source) == ("Rosa Lind", "referral", "Referral")
    assert Consent.objects.get().text_version == "referral/1"
    assert Event.objects.filter(kind="candidate.referred", candidate=person).count() == 1
    assert "We are in touch" in client.get(status).text


def test_nothing_is_kept_of_a_no(client: Client, clock: time_machine.Traveller) -> None:
    status = refer(client, clock).context["status_path"]
    path = answer_path()
    assert "Forgotten" in client.post(path, {"answer": "no"}).text
    assert client.post(path, {"answer": "yes"}).status_code == 404
    row = Referral.objects.get()
    assert (row.name, row.email, row.note, row.state) == ("", "", "", "declined")
    assert (Candidate.objects.count(), Message.objects.count()) == (0, 0)
    assert "We keep nothing" in client.get(status).text


def test_no_answer_is_a_no_after_a_month(client: Client, clock: time_machine.Traveller) -> None:
    refer(client, clock)
    row = Referral.objects.get()
    assert referrals.forget_unanswered(now=row.created_at + referrals.WAITS) == 0
    clock.shift(31 * 86_400)
    assert referrals.forget_unanswered(now=row.created_at + referrals.WAITS * 2) == 1
    row.refresh_from_db()
    assert (row.email, row.state) == ("", "lapsed")


def test_somebody_known_is_not_asked_again_and_nobody_is_told(
    client: Client, client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    known = candidates.create(given={"email": "rosa@people.example"}, origin="manual", by=ada)
    assert "We ask them" in refer(client, clock).text
    assert (Referral.objects.get().candidate, Message.objects.count()) == (known, 0)
    assert "In touch" in client_as(ada).get("/w/acme/referrals/").text


def test_links_nobody_made_lead_nowhere(client: Client, clock: time_machine.Traveller) -> None:
    assert client.get("/r/acme/1:forged/").status_code == 404
    assert client.get("/r/acme/answer/1.1:forged/").status_code == 404
    assert refer(client, clock, email="nope").status_code == 422
    assert refer(client, clock, homepage="x").status_code == 422


def test_leavers_come_in_with_their_terms(client_as: Any, ada: User) -> None:
    text = (
        b"Name,E-mail,Left on,Good terms,Would rehire\n"
        b"Ana Ek,ana@people.example,2026-03-31,yes,yes\nBo Ost,bo@people.example,2025-12-31,no,no\n"
        b"No One,,,,\n"
    )
    member = client_as(ada)
    page = member.post("/w/acme/alumni/", {"file": SimpleUploadedFile("left.csv", text)})
    assert [one.outcome for one in page.context["outcomes"]] == ["created", "created", "refused"]
    ana = Candidate.objects.get(email="ana@people.example")
    assert ana.custom == {"left_on": "2026-03-31", "left_on_good_terms": True, "would_rehire": True}
    assert (ana.origin, ana.source) == ("alumni", "Alumni")
    assert list(Candidate.objects.filter(candidate_tags__tag__name="alumni")) == [ana]
    again = member.post("/w/acme/alumni/", {"file": SimpleUploadedFile("left.csv", text)})
    assert [one.outcome for one in again.context["outcomes"]][:2] == ["unchanged", "unchanged"]
    assert (
        member.post("/w/acme/alumni/", {"file": SimpleUploadedFile("x.csv", b"A,B\n1,2\n")}).status_code
        == 422
    )


def test_sources_are_merged_and_parted_again(
    client: Client, client_as: Any, ada: User, grace: User, clock: time_machine.Traveller
) -> None:
    live_form(ada)
    send(client, "/f/acme/talent-community/?utm_source=linkedin", clock)
    candidates.create(given={"email": "bo@people.example", "source": "LinkedIn"}, origin="manual", by=ada)
    admin = client_as(grace)
    assert client_as(ada).post("/w/acme/sources/names/").status_code == 403
    assert admin.post("/w/acme/sources/names/", {"before": "linkedin", "after": " "}).status_code == 422
    admin.post("/w/acme/sources/names/", {"before": "linkedin", "after": "LinkedIn"})
    page = admin.get("/w/acme/sources/")
    assert [(one.name, one.people, one.answers) for one in page.context["sources"]] == [("LinkedIn", 2, 1)]
    assert "Talent community,LinkedIn" in admin.get("/w/acme/sources/export/").text
    receipt = Event.objects.get(kind=sources.KIND)
    assert admin.post(f"/w/acme/sources/receipts/{receipt.pk}/undo/").status_code == 302
    assert sorted(Candidate.objects.values_list("source", flat=True)) == ["LinkedIn", "linkedin"]
    assert admin.post(f"/w/acme/sources/receipts/{receipt.pk}/undo/").status_code == 409


def test_a_landing_page_is_built_published_and_answered(
    client: Client, client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    form, member = live_form(ada), client_as(ada)
    base = member.post("/w/acme/landing-pages/", {"title": "Campus 2026", "form": form.pk})["Location"]
    added = member.post(f"{base}blocks/", {"kind": "faq"})["Location"]
    member.post(added, {"heading": "Asked", "text": "Is it remote?\nYes.\n\nSince when?\n2019."})
    member.post(f"{added}move/", {"to": "up"})
    page = LandingPage.objects.get()
    assert [one["kind"] for one in page.blocks] == ["hero", "text", "jobs", "faq", "form"]
    path = "/l/acme/campus-2026/"
    assert client.get(path).status_code == 404
    assert "Is it remote?" in member.get(f"{base}preview/").text
    member.post(f"{base}publication/")
    send(client, f"{path}?utm_campaign=autumn", clock)
    sent = Submission.objects.get()
    assert (sent.page, sent.campaign) == ("landing:campus-2026", "autumn")
    assert CaptureVisits.objects.get().visits == 1
    assert member.get(base).context["row"].conversion == 100
    assert member.get(f"{base}qr.png").content.startswith(b"\x89PNG")
    member.post(f"{added}removal/")
    landing_pages.set_live(page=page, is_live=False, by=ada)
    assert client.get(path).status_code == 404


def test_outsiders_and_roles(client_as: Any, harry: User, mallory: User) -> None:
    for path in ("landing-pages", "referrals", "alumni", "sources"):
        assert client_as(harry).get(f"/w/acme/{path}/").status_code == 403
        assert client_as(mallory).get(f"/w/acme/{path}/").status_code == 404
