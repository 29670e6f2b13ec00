import datetime as dt
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from analytics.models import Cost
from crm.models import Event, User, Workspace
from tests.analytics.histories import at

As = Callable[[User], Client]
IMPORT = "/w/acme/analytics/costs/import/"
LINES = 'day,origin,category,amount\n2026-03-04,crm,Events,50\n2026-03-05,external,Agencies,"1,000.00"\n'


def test_a_list_is_imported_once(client_as: As, grace: User, ada: User, scope: Workspace) -> None:
    client = client_as(grace)
    file = SimpleUploadedFile("costs.csv", LINES.encode("utf-16"))
    assert "2 costs entered." in client.post(IMPORT, {"file": file}, follow=True).content.decode()
    again = client.post(IMPORT, {"lines": f"{LINES}2026-03-04,crm,Events,50\n"}, follow=True)
    assert "1 costs entered. 2 were here already." in again.content.decode()
    assert sorted(Cost.objects.values_list("amount_cents", flat=True)) == [5_000, 5_000, 100_000]
    assert [event.data for event in Event.objects.filter(kind="cost.imported").order_by("pk")] == [
        {"costs": 2, "cents": 105_000}, {"costs": 1, "cents": 5_000},
    ]  # fmt: skip
    assert client_as(ada).post(IMPORT, {"lines": LINES}).status_code == 403


def test_nothing_is_imported_with_a_fault_and_nothing_is_lost(
    client_as: As, grace: User, scope: Workspace
) -> None:
    client, lines = client_as(grace), f"{LINES}tomorrow,crm,Events,x\n"
    answer = client.post(IMPORT, {"lines": lines})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 4: “tomorrow” is no day like 2026-03-31 or 31.3.2026; “x” is no amount above 0." in page
    assert "2026-03-05,external,Agencies" in page
    for body in ({}, {"lines": " "}, {"file": SimpleUploadedFile("x.csv", b"PK\x03\x04...")}):
        assert client.post(IMPORT, body).status_code == 422
    assert client.post(IMPORT, {"file": SimpleUploadedFile("x.csv", b"a" * 1_000_001)}).status_code == 422
    assert not Cost.objects.exists()


def test_costs_are_entered_and_taken_out(client_as: As, grace: User, scope: Workspace) -> None:
    client = client_as(grace)
    body = {"origin": "external", "category": "Job board", "amount": "120.50", "incurred_on": "2026-03-04"}

    assert client.post("/w/acme/analytics/costs/new/", body).status_code == 302
    cost = Cost.objects.get()
    assert (cost.amount_cents, cost.category) == (12_050, "Job board")
    gone = client.post(f"/w/acme/analytics/costs/{cost.pk}/removal/", follow=True).content.decode()
    assert not Cost.objects.exists()

    removal = Event.objects.get(kind="cost.removed")
    undo = f"/w/acme/analytics/costs/removals/{removal.pk}/undo/"
    assert undo in gone
    for _ in range(2):
        assert client.post(undo).status_code == 302
    back = Cost.objects.get()
    assert (back.amount_cents, back.category, back.incurred_on) == (12_050, "Job board", dt.date(2026, 3, 4))
    assert client.post(f"/w/acme/analytics/costs/removals/{removal.pk + 9}/undo/").status_code == 404


def test_bad_costs_and_wrong_roles(
    client_as: As, grace: User, ada: User, mallory: User, scope: Workspace
) -> None:
    cost = Cost.objects.create(origin="crm", category="Agency", amount_cents=1, incurred_on=at(1).date())
    body = {"origin": "luck", "category": "", "amount": "-1", "incurred_on": "soon"}

    assert client_as(grace).post("/w/acme/analytics/costs/new/", body).status_code == 422
    assert client_as(ada).post("/w/acme/analytics/costs/new/", body).status_code == 403
    assert client_as(ada).post(f"/w/acme/analytics/costs/{cost.pk}/removal/").status_code == 403
    assert client_as(mallory).post(f"/w/acme/analytics/costs/{cost.pk}/removal/").status_code == 404
    assert client_as(grace).post("/w/acme/analytics/costs/999999/removal/").status_code == 404
    assert Cost.objects.count() == 1
