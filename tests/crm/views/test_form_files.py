from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.actions import attachments, capture_forms, consents
from crm.kernel.tenancy import current_workspace_id
from crm.models import Attachment, Candidate, CaptureForm, FieldProposal, HeldFile, Message, Submission, User
from crm.policies.form_questions import FIELDS, MOST_FILES, Question, asking
from crm.tasks.upkeep import forget_unconfirmed
from tests.crm.capture import ANSWERS, live_form, send
from tests.factories.files import pdf

PATH = "/f/acme/talent-community/"
pytestmark = pytest.mark.usefixtures("scope", "fresh_counters", "storage")


def with_cv(by: User, **given: Any) -> CaptureForm:
    form = live_form(by, **given)
    return capture_forms.ask(form=form, question=asking(FIELDS["cv"], required=True))


def file(content: bytes, name: str = "cv.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored() -> list[str]:
    folder = str(current_workspace_id())
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def test_a_cv_comes_with_the_answers_is_read_and_only_proposes(
    client: Client, client_as: Any, ada: User, clock: time_machine.Traveller, on_commit: Callable[[], Any]
) -> None:
    form = with_cv(ada)
    with on_commit():
        sent = send(
            client, PATH, clock, cv=file(pdf("Ines\nines@private.example\nLangmuir probes"), "../ines.pdf")
        )
    assert (sent.status_code, "multipart/form-data" in client.get(PATH).text) == (200, True)
    person, kept = Candidate.objects.get(), Attachment.objects.get()
    assert (kept.candidate, kept.file_name, kept.kind, kept.text_state) == (person, "ines.pdf", "cv", "read")
    assert [(one.value, one.verdict) for one in FieldProposal.objects.all()] == [("ines@private.example", "")]
    assert person.email == "ines@people.example"
    assert (HeldFile.objects.count(), stored()) == (0, [kept.storage_name.rpartition("/")[2]])
    page = client_as(ada).get(f"/w/acme/forms/{form.pk}/answers/").text
    assert f'href="/w/acme/files/{kept.pk}/"' in page
    assert "ines.pdf" in client_as(ada).get(f"/w/acme/forms/{form.pk}/answers/export/").text


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<html><script>alert(1)</script>", "cv.pdf", "its content is something else"),
        (pdf("x"), "cv.exe", "file is needed"),
        (b"", "cv.pdf", "empty"),
        (b"%PDF-" + b"x" * 10_000_000, "cv.pdf", "10.0 MB; the limit is 10 MB"),
    ],
)
def test_what_is_no_document_is_refused_in_words_and_nothing_is_kept(
    client: Client, ada: User, clock: time_machine.Traveller, content: bytes, name: str, words: str
) -> None:
    with_cv(ada)
    answer = send(client, PATH, clock, cv=file(content, name))
    assert answer.status_code == 422
    assert any(words in error for error in answer.context["fields"].errors["cv"])
    assert (Candidate.objects.count(), HeldFile.objects.count(), stored()) == (0, 0, [])


def test_a_page_shown_again_has_the_file_without_choosing_it_twice(
    client: Client, ada: User, clock: time_machine.Traveller
) -> None:
    with_cv(ada)
    assert "cv" in send(client, PATH, clock).context["fields"].errors
    answer = send(client, PATH, clock, consent="", cv=file(pdf("Langmuir")))
    assert (answer.status_code, "cv.pdf is kept" in answer.text) == (422, True)
    shown = answer.context["fields"]
    again = ANSWERS | dict(shown.kept) | {"token": shown["token"].value()}
    forged = {"cv-kept": shown.kept[0][1][:-2] + "xx"}
    assert "cv" in client.post(PATH, again | forged).context["fields"].errors
    assert [client.post(PATH, again).status_code for _ in range(2)] == [200, 200]
    assert (Attachment.objects.count(), Submission.objects.count(), HeldFile.objects.count()) == (1, 1, 0)


def test_a_file_waits_for_the_confirmation_and_is_forgotten_without_one(
    client: Client, ada: User, clock: time_machine.Traveller, on_commit: Callable[[], Any]
) -> None:
    with_cv(ada, needs_confirmation=True)
    send(client, PATH, clock, cv=file(pdf("Langmuir")))
    send(client, PATH, clock, cv=file(pdf("Other")), email="never@people.example")
    assert (Attachment.objects.count(), HeldFile.objects.count()) == (0, 2)
    link = next(w for w in Message.objects.earliest("pk").body_text.split() if "/confirm/" in w)
    with on_commit():
        client.get(link[link.index("/f/") :])
    assert Attachment.objects.get().candidate.email == "ines@people.example"
    clock.shift(15 * 86_400)
    with on_commit():
        forget_unconfirmed()
    assert (HeldFile.objects.count(), len(stored())) == (0, 1)


def test_a_file_of_a_page_nobody_sent_again_is_forgotten(
    client: Client, ada: User, clock: time_machine.Traveller, on_commit: Callable[[], Any]
) -> None:
    with_cv(ada)
    send(client, PATH, clock, consent="", cv=file(pdf("Langmuir")))
    assert (HeldFile.objects.count(), len(stored())) == (1, 1)
    clock.shift(2 * 86_400)
    with on_commit():
        forget_unconfirmed()
    assert (HeldFile.objects.count(), stored()) == (0, [])


def test_nothing_is_kept_of_machines_and_of_who_was_erased(
    client: Client, ada: User, clock: time_machine.Traveller, on_commit: Callable[[], Any]
) -> None:
    with_cv(ada)
    consents.suppress(address="ines@people.example", reason="erased")
    send(client, PATH, clock, cv=file(pdf("x")), homepage="https://spam.example")
    send(client, PATH, clock, cv=file(pdf("x")), token="forged")
    with on_commit():
        assert send(client, PATH, clock, cv=file(pdf("x"))).status_code == 200
    assert (Candidate.objects.count(), HeldFile.objects.count(), stored()) == (0, 0, [])
    assert client.post(PATH, {}, CONTENT_LENGTH="40000000").status_code == 413


def test_a_file_that_finds_no_room_is_said_to_the_recruiter_and_not_to_the_visitor(
    client: Client, ada: User, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_cv(ada)
    monkeypatch.setattr(attachments, "MOST", 1)
    for text in ("one", "two"):
        assert send(client, PATH, clock, cv=file(pdf(text))).status_code == 200
    assert Attachment.objects.count() == 1
    assert dict(Submission.objects.latest("pk").said)["Your CV"].startswith("cv.pdf (not kept: A person has")


def test_a_form_asks_for_three_files_at_most(ada: User) -> None:
    form = with_cv(ada)
    for number in range(1, MOST_FILES):
        form = capture_forms.ask(form=form, question=Question(f"q-{number}", "", "A file", "file"))
    with pytest.raises(capture_forms.InvalidQuestion, match="At most 3 files"):
        capture_forms.ask(form=form, question=Question("q-9", "", "A file", "file"))
