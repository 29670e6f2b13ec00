import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Candidate, ImportRun, User
from crm.policies import xlsx_files

URL = "/w/acme/imports/"
pytestmark = pytest.mark.usefixtures("scope")


def upload(client: Any, content: bytes = b"Name,Email\nAda,ada@example.com\nBad,nope\n") -> Any:
    return client.post(URL, {"file": SimpleUploadedFile("people.csv", content)})


def test_a_file_is_looked_at_rehearsed_and_imported(client_as: Any, ada: User, on_commit: Any) -> None:
    client = client_as(ada)
    page = upload(client)["Location"]
    shown = client.get(page)
    assert [(c.header, c.field, c.cells[0]) for c in shown.context["columns"]] == [
        ("Name", "full_name", "Ada"), ("Email", "email", "ada@example.com"),
    ]  # fmt: skip
    mapping = {"header": ["Name", "Email"], "field": ["full_name", "email"]}
    with on_commit():
        client.post(f"{page}start/", mapping | {"dry_run": "1"})
    assert Candidate.objects.count() == 0
    assert "What would happen" in client.get(page).text
    with on_commit():
        client.post(f"{page}start/", mapping)
    assert Candidate.objects.get().email == "ada@example.com"
    assert b"nope" in client.get(f"{page}refused/").content


def test_a_workbook_is_imported_and_every_row_told(client_as: Any, ada: User, on_commit: Any) -> None:
    client, file = client_as(ada), io.BytesIO()
    rows = [["Email", "City"], ["ada@example.com", "Paris"], [], ["nope", "Rome"]]
    xlsx_files.written(rows, file)
    page = upload(client, file.getvalue())["Location"]
    with on_commit():
        client.post(f"{page}start/", {"header": ["Email", "City"], "field": ["email", "city"]})
    told = b"".join(client.get(f"{page}outcomes/").streaming_content).decode().splitlines()
    person = Candidate.objects.get(city="Paris")
    assert told[:2] == ["row,outcome,reason,candidate", f"2,created,,{person.pk}"]
    assert told[2].startswith("4,refused,")


def test_progress_is_polled_until_it_is_over(client_as: Any, ada: User, on_commit: Any) -> None:
    client = client_as(ada)
    page = upload(client)["Location"]
    client.post(f"{page}start/", {"header": ["Email"], "field": ["email"]})
    poll = {"HX-Request": "true"}
    assert client.get(f"{page}?progress=1", headers=poll).status_code == 200
    client.post(f"{page}stop/")
    assert client.get(f"{page}?progress=1", headers=poll).status_code == 286
    assert ImportRun.objects.get().state == "canceled"


def test_bad_files_and_mappings_are_422(client_as: Any, ada: User) -> None:
    client = client_as(ada)
    assert upload(client, b"PK\x03\x04").status_code == 422
    assert client.post(URL).status_code == 422
    page = upload(client)["Location"]
    assert client.post(f"{page}start/", {"header": ["Name"], "field": ["full_name"]}).status_code == 422


def test_outsiders_and_roles(client_as: Any, ada: User, harry: User, mallory: User) -> None:
    page = upload(client_as(ada))["Location"]
    assert client_as(harry).get(page).status_code == 403
    assert client_as(mallory).get(page).status_code == 404
