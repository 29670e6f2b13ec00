from pathlib import Path
from typing import Any

import pytest

from crm.actions import candidates
from crm.models import Candidate, CandidateTag, ListRun, User
from crm.views import candidates as views

LIST = "/w/acme/candidates/"
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.usefixtures("scope", "large")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """Three people are many here."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(views, "IN_ONE_GO", 2)
    monkeypatch.setattr(views, "_FILE_IN_ONE_GO", 2)
    for n in range(3):
        candidates.create(given={"email": f"p{n}@example.com", "city": "Rome"}, origin="manual")


def test_many_are_changed_in_the_background_and_back(client_as: Any, ada: User, on_commit: Any) -> None:
    client = client_as(ada)
    asked = {"all": "1", "query": "q=p", "tag": "VIP", "action": "tag"}
    page = client.post(f"{LIST}bulk/", asked)["Location"]
    assert page.startswith("/w/acme/runs/")
    assert client.get(f"{page}?progress=1", headers=HTMX).status_code == 200
    with on_commit():
        client.post(f"{LIST}bulk/", asked)
    run = ListRun.objects.latest("pk")
    page = f"/w/acme/runs/{run.pk}/"
    assert "Undo all of it" in client.get(page).text
    assert client.get(f"{page}?progress=1", headers=HTMX).status_code == 286
    assert CandidateTag.objects.count() == 3
    with on_commit():
        client.post(f"{page}undo/")
    assert CandidateTag.objects.count() == 0
    assert client.post(f"{page}undo/").status_code == 409


def test_a_run_is_stopped(client_as: Any, ada: User) -> None:
    client = client_as(ada)
    page = client.post(f"{LIST}bulk/", {"all": "1", "stage": "screening"})["Location"]
    client.post(f"{page}stop/")
    assert ListRun.objects.get().state == "canceled"


def test_a_large_export_is_downloaded_by_whoever_asked(
    client_as: Any, ada: User, grace: User, harry: User, mallory: User, on_commit: Any
) -> None:
    client = client_as(ada)
    with on_commit():
        page = client.get(f"{LIST}export/?format=csv")["Location"]
    assert "Download" in client.get(page).text
    lines = b"".join(client.get(f"{page}file/").streaming_content).decode().splitlines()
    assert len(lines) == 4
    assert client_as(grace).get(page).status_code == 200
    assert client_as(harry).get(page).status_code == 403
    assert client_as(mallory).get(f"{page}file/").status_code == 404
    ListRun.objects.update(storage_name="")
    assert client.get(f"{page}file/").status_code == 404
    assert client.get(f"{LIST}export/?format=pdf").status_code == 422


def test_few_are_exported_at_once_as_a_workbook(client_as: Any, ada: User) -> None:
    candidates.archive(candidate_ids=[Candidate.objects.get(email="p2@example.com").pk])
    answer = client_as(ada).get(f"{LIST}export/?format=xlsx")
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_an_owner_is_set_for_those_ticked(client_as: Any, ada: User) -> None:
    first = Candidate.objects.order_by("pk")[0]
    asked = {"ids": [first.pk], "owner": str(ada.pk), "action": "owner"}
    client_as(ada).post(f"{LIST}bulk/", asked)
    first.refresh_from_db()
    assert first.owner == ada
