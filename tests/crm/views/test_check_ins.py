import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.actions import candidates, registrations
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, Event, Message, Registration, TalentEvent, User
from crm.policies import tickets
from tests.conftest import NOW
from tests.crm.capture import live_event, send

PATH = "/e/acme/open-evening/"
pytestmark = pytest.mark.usefixtures("scope", "fresh_counters")


def guests(event: TalentEvent, count: int) -> list[Registration]:
    people = [
        candidates.create(
            given={"first_name": f"Guest {n}", "email": f"g{n}@people.example"}, origin="manual"
        )
        for n in range(count)
    ]
    return [registrations.register(event=event, candidate=person) for person in people]


def tap(key: str, *, at: datetime = NOW, **values: Any) -> dict[str, Any]:
    return {"key": key, "at": at.isoformat()} | values


def sent(client: Client, event: TalentEvent, *taps: dict[str, Any]) -> Any:
    return client.post(f"/w/acme/events/{event.pk}/arrivals/", {"taps": json.dumps(taps)})


def ticket(row: Registration) -> str:
    return tickets.ticket_of(current_workspace_id(), row.pk)


def test_the_page_has_a_worker_that_reaches_nothing_else(client_as: Any, ada: User, mallory: User) -> None:
    event = live_event(ada)
    page = client_as(ada).get(f"/w/acme/events/{event.pk}/check-in/")
    assert "worker-src 'self'" in page["Content-Security-Policy"]
    address = f"/w/acme/events/{event.pk}/check-in/worker.js"
    assert address in page.text
    worker = client_as(ada).get(address)
    assert (worker["Content-Type"], "Service-Worker-Allowed" in worker) == ("text/javascript", False)
    assert client_as(mallory).get(address).status_code == 404
    assert "worker-src" not in client_as(ada).get("/w/acme/")["Content-Security-Policy"]


def test_a_ticket_comes_by_mail_and_is_known_in_each_form(
    client: Client, client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    event = live_event(ada)
    send(client, PATH, clock)
    row = Registration.objects.get()
    link = next(word for word in Message.objects.get().body_text.split() if "/ticket/" in word)
    path = link[link.index("/ticket/") :]
    page = client.get(path)
    code = tickets.short(ticket(row))
    assert (code in page.text, "Ines Duarte" in page.text, page.cookies) == (True, True, {})
    assert client.get(f"{path}qr.svg")["Content-Type"] == "image/svg+xml"
    assert client.get(f"/ticket/{'a' * 36}/").status_code == 404
    door = client_as(ada)
    for q in (link, ticket(row), code, code.lower().replace("-", " "), "Inês  DUARTE"):
        assert "Ines" in door.get(f"/w/acme/events/{event.pk}/check-in/", {"q": q}).text
    registrations.cancel(registration=row, by=ada)
    assert "given back" in client.get(path).text


def test_what_a_phone_kept_is_taken_in_once(client_as: Any, ada: User, clock: time_machine.Traveller) -> None:
    event = live_event(ada)
    first, second = guests(event, 2)
    clock.move_to(event.starts_at + timedelta(minutes=30))
    tapped = event.starts_at + timedelta(minutes=5)
    link = f"https://acme.example/ticket/{ticket(first)}/"
    taps = [tap("a", at=tapped, ticket=link), tap("b", at=tapped, registration=second.pk),
            tap("c", at=tapped, ticket=tickets.short(ticket(first)))]  # fmt: skip
    door = client_as(ada)
    for outcomes in (["present", "present", "unchanged"], ["unchanged"] * 3):
        answer = sent(door, event, *taps).json()
        assert [(one["key"], one["outcome"]) for one in answer["arrivals"]] == list(
            zip("abc", outcomes, strict=True)
        )
        assert answer["count"] == "2 / 2"
    first.refresh_from_db()
    assert (first.state, first.present_at, first.checked_in_by) == ("present", tapped, ada)
    assert f'id="person-{first.pk}"' in answer["arrivals"][0]["html"]
    clock.move_to(event.ends_at)
    door.post(f"/w/acme/events/{event.pk}/closing/")
    assert Event.objects.filter(kind="event.attended").count() == 2


@pytest.mark.parametrize(
    ("state", "outcome", "after"),
    [
        ("waiting", "waiting", "waiting"),
        ("canceled", "canceled", "canceled"),
        ("missed", "present", "present"),
    ],
)
def test_a_scan_says_what_it_cannot_decide(
    client_as: Any, ada: User, clock: time_machine.Traveller, state: str, outcome: str, after: str
) -> None:
    event = live_event(ada)
    row = guests(event, 1)[0]
    Registration.objects.update(state=state)
    answer = sent(client_as(ada), event, tap("a", ticket=ticket(row))).json()
    row.refresh_from_db()
    assert (answer["arrivals"][0]["outcome"], row.state) == (outcome, after)


def test_other_tickets_and_strange_codes_check_nobody_in(
    client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    event, other = live_event(ada), live_event(ada, name="Fair")
    row = guests(other, 1)[0]
    elsewhere = tickets.ticket_of(current_workspace_id() + 1, row.pk)
    taps = [tap("a", ticket=ticket(row)), tap("b", ticket=elsewhere), tap("c", ticket="ABCD-EFGH"),
            tap("d", ticket="https://example.com"), tap("e", registration=10**9)]  # fmt: skip
    answer = sent(client_as(ada), event, *taps).json()
    assert [one["outcome"] for one in answer["arrivals"]] == ["other_event"] + ["unknown"] * 4
    assert "Fair" in answer["arrivals"][0]["sentence"]
    assert Registration.objects.filter(state="present").count() == 0


def test_a_tap_is_taken_back_and_a_wrong_clock_is_not_believed(
    client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    event = live_event(ada)
    row = guests(event, 1)[0]
    door = client_as(ada)
    sent(door, event, tap("a", at=datetime(1999, 1, 1, tzinfo=UTC), registration=row.pk))
    row.refresh_from_db()
    assert row.present_at == NOW
    sent(door, event, tap("b", registration=row.pk, present=False))
    again = Registration.objects.get()
    assert (again.state, again.present_at, again.checked_in_by) == ("registered", None, None)


def test_many_taps_are_as_many_statements_as_one(
    client_as: Any, ada: User, clock: time_machine.Traveller
) -> None:
    event = live_event(ada)
    rows, door = guests(event, 4), client_as(ada)
    counts = []
    for some in (rows[:1], rows[1:]):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            sent(door, event, *(tap(str(one.pk), ticket=ticket(one)) for one in some))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "taps", ["", "{", "7", "[7]", '[{"key": "a"}]', '[{"key": "a", "at": "2026-01-01"}]']
)
def test_what_is_no_list_of_taps_is_refused(client_as: Any, ada: User, taps: str) -> None:
    event = live_event(ada)
    answer = client_as(ada).post(f"/w/acme/events/{event.pk}/arrivals/", {"taps": taps})
    assert (answer.status_code, "detail" in answer.json()) == (400, True)


def test_a_workbook_says_who_came(client_as: Any, ada: User) -> None:
    event = live_event(ada)
    row = guests(event, 1)[0]
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Name", "E-mail"])
    book.active.append(["Guest", "G0@people.example"])
    book.save(file)
    url = f"/w/acme/events/{event.pk}/attendance/"
    page = client_as(ada).post(url, {"file": SimpleUploadedFile("came.xlsx", file.getvalue())})
    assert [one.outcome for one in page.context["outcomes"]] == ["present"]
    row.refresh_from_db()
    assert row.state == "present"
    broken = SimpleUploadedFile("came.xlsx", file.getvalue()[:900])
    assert client_as(ada).post(url, {"file": broken}).context["attendance"].errors["file"]


def test_only_who_may_edit_forms_stands_at_the_door(
    client_as: Any, ada: User, harry: User, mallory: User
) -> None:
    event = live_event(ada)
    assert sent(client_as(harry), event).status_code == 403
    assert sent(client_as(mallory), event).status_code == 404
    assert Candidate.objects.count() == 0
