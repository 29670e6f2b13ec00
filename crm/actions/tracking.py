"""Opens and clicks become events, each with who did it and the rule that says so."""

from datetime import datetime

from django.db import transaction

from crm.actions import events
from crm.models import Event, Message
from crm.policies import mail_text
from crm.policies.tracking import FOOTER, TOGETHER, Hit, Judgement, companions, judge_click, judge_open


@transaction.atomic
def open_(*, message_id: int, method: str, agent: str, at: datetime) -> None:
    """Record that the picture of a message was loaded; nothing when there is no such message."""
    message = _sent(message_id)
    if message is None or message.candidate_id is None:
        return
    judgement = judge_open(Hit(method, agent, at, message.delivered_at or message.sent_at))
    events.record("message.opened", candidate=message.candidate, at=at, data=_data(message, judgement))


@transaction.atomic
def click(*, message_id: int, link: int, method: str, agent: str, at: datetime) -> str:
    """Record that a link was followed and say where it leads; empty when the message has no such link."""
    message = _sent(message_id)
    links = mail_text.links_of(message.body_html) if message else []
    if message is None or not 0 <= link < len(links):
        return ""
    if message.candidate_id is not None:
        _record_click(message, link, method=method, agent=agent, at=at)
    return links[link]


@transaction.atomic
def visit_footer(*, message_id: int, method: str, agent: str, at: datetime) -> None:
    """Record that a link under the mail was followed: with a link of the text at once, a scanner did both."""
    message = _sent(message_id)
    if message is not None and message.candidate_id is not None:
        _record_click(message, FOOTER, method=method, agent=agent, at=at)


def _record_click(message: Message, link: int, *, method: str, agent: str, at: datetime) -> None:
    assert message.candidate_id is not None
    clicks = Event.objects.filter(
        kind__in=("message.clicked", "message.footer_visited"),
        candidate_id=message.candidate_id,
        occurred_at__gte=at - TOGETHER,
        data__message=message.pk,
    )
    before = list(clicks)
    earlier = [(event.data["link"], event.occurred_at) for event in before]
    hit = Hit(method, agent, at, message.delivered_at or message.sent_at, link, earlier)
    kind = "message.footer_visited" if link == FOOTER else "message.clicked"
    data = _data(message, judge_click(hit)) | {"link": link}
    events.record(kind, candidate=message.candidate, at=at, data=data)
    _take_back([event for event in before if event.data["link"] in companions(hit)], message, at)


def _take_back(wrong: list[Event], message: Message, at: datetime) -> None:
    """Events are never edited: that a click was a scanner's after all is a fact of its own."""
    for event in wrong:
        if event.kind == "message.clicked" and event.data.get("human"):
            data = {"message": message.pk, "event": event.pk, "rule": "several_links"}
            events.record(
                "message.click_disproved",
                candidate=message.candidate,
                at=at,
                ref=f"event:{event.pk}",
                data=data,
            )


def _sent(message_id: int) -> Message | None:
    out = Message.objects.select_related("candidate").filter(direction=Message.Direction.OUT)
    return out.filter(pk=message_id).first()


def _data(message: Message, judgement: Judgement) -> dict[str, object]:
    return {
        "message": message.pk,
        "kind": message.kind,
        "topic": message.topic,
        "actor": judgement.actor,
        "human": judgement.actor == "human",
        "rule": judgement.rule,
    }
