import io
import zipfile
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.actions import attachments, candidates
from crm.models import Attachment, Candidate, ContactPoint, Event, FieldProposal, User
from tests.factories.files import pdf

HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.usefixtures("scope", "storage")


@pytest.fixture
def person() -> Candidate:
    return candidates.create(given={"email": "ada@example.com", "first_name": "Ada"}, origin="manual")


def upload(client: Any, person: Candidate, content: bytes, name: str = "cv.pdf", **headers: str) -> Any:
    url = f"/w/acme/candidates/{person.pk}/files/new/"
    return client.post(url, {"file": SimpleUploadedFile(name, content), "kind": "cv"}, headers=headers)


def test_a_cv_is_uploaded_found_and_its_facts_taken_over(
    client_as: Any, ada: User, person: Candidate, on_commit: Any
) -> None:
    client = client_as(ada)
    with on_commit():
        assert upload(client, person, pdf("Ada\nada@private.example\nLangmuir probes")).status_code == 302
    card = client.get(f"/w/acme/candidates/{person.pk}/files/", headers=HTMX).text
    assert "Searchable" in card
    assert "<html" not in card
    page = client.get("/w/acme/candidates/?q=langm")
    assert "<mark>Langm</mark>uir" in page.text
    proposal = FieldProposal.objects.get()
    url = f"/w/acme/candidates/{person.pk}/proposals/"
    client.post(url, {"proposal": proposal.pk, "verdict": "accepted"}, headers=HTMX)
    assert ContactPoint.objects.filter(normalized="ada@private.example").exists()


def test_refused_files_are_422_with_the_reason(client_as: Any, ada: User, person: Candidate) -> None:
    answer = upload(client_as(ada), person, b"<html><script>alert(1)</script>", **HTMX)
    assert (answer.status_code, "something else" in answer.text) == (422, True)
    assert client_as(ada).post(f"/w/acme/candidates/{person.pk}/files/new/").status_code == 422
    assert Attachment.objects.count() == 0


def test_a_download_is_saved_and_never_shown(client_as: Any, ada: User, person: Candidate) -> None:
    file = attachments.add(candidate=person, file_name="Zoë.pdf", content=pdf("x"))
    answer = client_as(ada).get(f"/w/acme/files/{file.pk}/")
    assert b"".join(answer.streaming_content) == pdf("x")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "application/pdf"
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox",
    )
    default_storage.delete(file.storage_name)
    assert client_as(ada).get(f"/w/acme/files/{file.pk}/").status_code == 404


def test_a_file_is_taken_off_and_put_back(client_as: Any, ada: User, person: Candidate) -> None:
    file, client = attachments.add(candidate=person, file_name="cv.pdf", content=pdf("x")), client_as(ada)
    answer = client.post(f"/w/acme/files/{file.pk}/removal/", headers=HTMX)
    assert f"/w/acme/files/{file.pk}/undo/" in answer.text
    assert client.get(f"/w/acme/files/{file.pk}/").status_code == 404
    client.post(f"/w/acme/files/{file.pk}/undo/")
    assert b"".join(client.get(f"/w/acme/files/{file.pk}/").streaming_content) == pdf("x")


def test_proposals_left_out_and_those_that_cannot_be(client_as: Any, ada: User, person: Candidate) -> None:
    file = attachments.add(candidate=person, file_name="cv.pdf", content=pdf("x"))
    for value in ("b@example.com", "c@example.com"):
        FieldProposal.objects.create(candidate=person, attachment=file, kind="email", value=value)
    candidates.create(given={"email": "b@example.com"}, origin="manual")
    first, second = FieldProposal.objects.order_by("pk")
    client, url = client_as(ada), f"/w/acme/candidates/{person.pk}/proposals/"
    answer = client.post(url, {"proposal": first.pk, "verdict": "accepted"}, headers=HTMX)
    assert "Another candidate" in answer.text
    client.post(url, {"proposal": [second.pk, "x"], "verdict": "dismissed"})
    second.refresh_from_db()
    assert second.verdict == "dismissed"


def test_the_copy_of_the_data_holds_the_files(client_as: Any, ada: User, person: Candidate) -> None:
    file = attachments.add(candidate=person, file_name="cv.pdf", content=pdf("x"))
    answer = client_as(ada).get(f"/w/acme/candidates/{person.pk}/copy/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        assert packed.namelist() == ["data.json", f"files/{file.pk}-cv.pdf"]
        assert packed.read(f"files/{file.pk}-cv.pdf") == pdf("x")
    assert Event.objects.filter(kind="candidate.exported", actor=ada).count() == 1


def test_outsiders_and_roles(client_as: Any, harry: User, mallory: User, person: Candidate) -> None:
    file = attachments.add(candidate=person, file_name="cv.pdf", content=pdf("x"))
    assert client_as(mallory).get(f"/w/acme/files/{file.pk}/").status_code == 404
    assert client_as(mallory).get(f"/w/rival/files/{file.pk}/").status_code == 404
    assert b"".join(client_as(harry).get(f"/w/acme/files/{file.pk}/").streaming_content) == pdf("x")
    assert client_as(harry).post(f"/w/acme/files/{file.pk}/removal/").status_code == 403
    assert upload(client_as(harry), person, pdf("y")).status_code == 403


def test_the_card_needs_the_same_statements_for_one_and_three(
    client_as: Any, ada: User, person: Candidate
) -> None:
    client, counts = client_as(ada), []
    for texts in (["a"], ["b", "c"]):
        for text in texts:
            file = attachments.add(candidate=person, file_name="cv.pdf", content=pdf(text), by=ada)
            FieldProposal.objects.create(candidate=person, attachment=file, kind="skill", value=text)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/w/acme/candidates/{person.pk}/files/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
