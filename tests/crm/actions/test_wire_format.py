"""What leaves, byte for byte: the way out, the same words in both parts, honest threads, nothing clipped."""

import email
import re
from email import policy
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.utils import timezone

from crm.actions import messages
from crm.actions.messages import NewMessage
from crm.actions.rendering import Renderer, Unsendable
from crm.models import Candidate, Message, User, Workspace
from crm.policies.tokens import Purpose, unseal
from tests.factories import CandidateFactory, MessageFactory

BODY = "Hello\n\nRead https://acme.example/news and https://acme.example/team?a=1&b=2 today."


@pytest.fixture
def bo(scope: Workspace) -> Candidate:
    scope.legal_name, scope.postal_address = "Acme GmbH", "Hauptstr. 1, 10115 Berlin"
    scope.save()
    return CandidateFactory.create(email="bo@people.example", consent="granted")


def leave(scope: Workspace, message: Message) -> EmailMessage:
    raw = Renderer(scope).mail(message, date=timezone.now()).message().as_bytes()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    return email.message_from_bytes(raw, policy=policy.default)


def queued(bo: Candidate, **fields: object) -> Message:
    given: dict[str, object] = {"subject": "Staying in touch", "body_text": BODY, "kind": "journey"}
    return messages.queue_many([NewMessage(bo.pk, bo.email, **(given | fields))])[0]  # type: ignore[arg-type]


def test_the_way_out_is_in_the_header_opaque_and_names_the_person(scope: Workspace, bo: Candidate) -> None:
    message = queued(bo)
    mail = leave(scope, message)
    assert mail.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
    (header,) = mail.get_all("List-Unsubscribe", [])
    url, mailto = re.fullmatch(r"<(\S+)>, <mailto:(\S+)>", header).groups()  # type: ignore[union-attr]
    token = url.removeprefix(f"{settings.BASE_URL}/u/").rstrip("/")
    assert unseal(Purpose.STOP, token) == (scope.pk, bo.pk, message.pk)
    assert mailto == f"u+{token}@{settings.INBOUND_DOMAIN}"
    assert (
        len(mail.get_all("From", []))
        == len(mail.get_all("To", []))
        == len(mail.get_all("Message-ID", []))
        == 1
    )


def test_both_parts_say_the_same_with_the_same_links_and_footer(scope: Workspace, bo: Candidate) -> None:
    mail = leave(scope, queued(bo))
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    links = [
        re.findall(rf"{settings.BASE_URL}/[cpu]/[a-z2-7]+", part.get_content()) for part in (plain, rich)
    ]
    assert links[0] == links[1]
    assert [link.split("/")[3] for link in links[0]] == ["c", "c", "p", "u"]
    for part in (plain, rich):
        words = part.get_content()
        assert "Acme GmbH, Hauptstr. 1, 10115 Berlin" in words
        assert "You get this because you applied to Acme GmbH" in words


@pytest.mark.parametrize(
    ("direction", "subject"), [("out", "Staying in touch"), ("in", "Re: Staying in touch")]
)
def test_a_thread_says_re_only_after_they_wrote(
    scope: Workspace, bo: Candidate, ada: User, direction: str, subject: str
) -> None:
    earlier = MessageFactory.create(
        candidate=bo, direction=direction, rfc_message_id="<1@x.example>", references="<0@x.example>"
    )
    mail = leave(scope, queued(bo, subject="Re: AW: Staying in touch", in_reply_to_id=earlier.pk))
    assert mail["Subject"] == subject
    assert mail["In-Reply-To"] == "<1@x.example>"
    assert mail["References"].split() == ["<0@x.example>", "<1@x.example>"]


def test_what_mail_programs_would_clip_does_not_leave(scope: Workspace, bo: Candidate) -> None:
    long = queued(bo, body_text="", body_html=f"<p>{'x' * 100_050}</p>")
    assert (long.state, long.failure) == ("failed", "The mail is 100 kB; at most 100 kB arrive whole.")
    links = "".join(f'<a href="https://a.example/{number}">x</a>' for number in range(2_500))
    grown = queued(bo, body_text="", body_html=f"<p>{links}</p>")
    assert grown.state == "queued"
    with pytest.raises(Unsendable, match="kB with its footer"):
        leave(scope, grown)
