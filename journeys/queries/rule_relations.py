"""`{"journey": …}` and `{"message": …}` in rules: who is or was inside, and what became of the mail."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from crm.models import Event, Message
from crm.policies.rules.places import Place
from crm.policies.rules.relations import Clock, Relation
from journeys.models import Enrollment, Journey, StepRun

_STATES = ("active", "completed", "exited")
_WAS = ("sent", "delivered", "opened", "clicked", "replied")


@dataclass(frozen=True, slots=True)
class Stay:
    """A journey a person is or was in."""

    journey: int
    name: str = ""
    state: str = ""
    exit_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """A message and what became of it: any there is, or one of a journey or a step."""

    was: str
    journey: int = 0
    step: str = ""


def _read_journey(node: dict[str, Any], place: Place) -> Stay:
    place.only(node, "journey", "state", "exit_reason_in")
    pk = place.at("journey").id(node["journey"])
    name = Journey.objects.filter(pk=pk).values_list("name", flat=True).first() if pk else ""
    if pk and name is None:
        place.at("journey").fault("There is no such journey.")
    state = place.at("state").one_of(node["state"], _STATES) if "state" in node else ""
    reasons = place.at("exit_reason_in").texts(node["exit_reason_in"]) if "exit_reason_in" in node else ()
    return Stay(pk or 0, name or "", state or "", reasons or ())


def _enrollments(stay: Stay) -> QuerySet[Enrollment]:
    found = Enrollment.objects.filter(journey_id=stay.journey).exclude(state=Enrollment.State.HOLDOUT)
    if stay.state:
        found = found.filter(state=stay.state)
    return found.filter(exit_reason__in=stay.exit_reasons) if stay.exit_reasons else found


def _journey_condition(stay: Stay, _: Clock) -> Q:
    return Q(Exists(_enrollments(stay).filter(candidate_id=OuterRef("pk"))))


def _journey_evidence(stay: Stay, candidate_id: int, _: Clock) -> dict[str, Any] | None:
    found = _enrollments(stay).filter(candidate_id=candidate_id).order_by("-enrolled_at").first()
    return {"state": found.state, "enrolled_at": found.enrolled_at.isoformat()} if found else None


def _read_message(node: dict[str, Any], place: Place) -> Mail:
    place.only(node, "message")
    inner, where = place.at("message").mapping(node["message"]) or {}, place.at("message")
    where.only(inner, "journey", "step", "was")
    was = where.at("was").one_of(inner.get("was"), _WAS) or "sent"
    journey = where.at("journey").id(inner["journey"]) if "journey" in inner else 0
    step = where.at("step").text(inner["step"]) if "step" in inner else ""
    return Mail(was, journey or 0, step or "")


def _message_condition(mail: Mail, _: Clock) -> Q:
    return Q(Exists(_messages(mail).filter(candidate_id=OuterRef("pk"))))


def _called(mail: Mail) -> str:
    if not mail.journey and not mail.step:
        return "a message"
    return f"message {mail.step}" if mail.step else "a message of the journey"


def _messages(mail: Mail) -> QuerySet[Message]:
    runs = StepRun.objects.filter(message_id=OuterRef("pk"))
    if mail.journey:
        runs = runs.filter(journey_id=mail.journey)
    if mail.step:
        runs = runs.filter(step_id=mail.step)
    sent = Message.objects.filter(direction=Message.Direction.OUT, sent_at__isnull=False)
    if mail.journey or mail.step:
        sent = sent.filter(Exists(runs))
    if mail.was == "delivered":
        return sent.filter(delivered_at__isnull=False)
    if mail.was == "replied":
        answers = Message.objects.filter(
            in_reply_to_id=OuterRef("pk"), is_automatic=False, direction=Message.Direction.IN
        )
        return sent.filter(Exists(answers))
    if mail.was in ("opened", "clicked"):
        seen = Event.objects.filter(kind=f"message.{mail.was}", data__actor="human").annotate(
            about=Cast(KeyTextTransform("message", "data"), BigIntegerField())
        )
        return sent.filter(Exists(seen.filter(candidate_id=OuterRef("candidate_id"), about=OuterRef("pk"))))
    return sent


def journey_named(pk: int) -> dict[str, str] | None:
    """How files call the journey."""
    name = Journey.objects.filter(pk=pk).values_list("name", flat=True).first()
    return {"name": name} if name else None


def journey_here(told: Any, place: Place) -> Any:
    """The journey a file calls so."""
    if not isinstance(told, dict):
        return told
    name = str(told.get("name", ""))
    return place.one_called(
        "journey", name, list(Journey.objects.filter(name=name).values_list("pk", flat=True))
    )


def _journey_to_file(node: dict[str, Any]) -> dict[str, Any] | None:
    told = journey_named(node["journey"])
    return told and node | {"journey": told}


def _journey_from_file(node: dict[str, Any], place: Place) -> dict[str, Any]:
    return node | {"journey": journey_here(node["journey"], place.at("journey"))}


def _message_to_file(node: dict[str, Any]) -> dict[str, Any] | None:
    if "journey" not in node["message"]:
        return node
    told = journey_named(node["message"]["journey"])
    return told and {"message": node["message"] | {"journey": told}}


def _message_from_file(node: dict[str, Any], place: Place) -> dict[str, Any]:
    inner = node["message"]
    if not isinstance(inner, dict) or "journey" not in inner:
        return node
    return {"message": inner | {"journey": journey_here(inner["journey"], place.at("message", "journey"))}}


journey = Relation(
    read=_read_journey,
    condition=_journey_condition,
    words=lambda stay: f"{stay.state or 'is or was'} in journey {stay.name}",
    evidence=_journey_evidence,
    to_file=_journey_to_file,
    from_file=_journey_from_file,
)
message = Relation(
    read=_read_message,
    condition=_message_condition,
    words=lambda mail: f"{_called(mail)} was {mail.was}",
    to_file=_message_to_file,
    from_file=_message_from_file,
)
