"""What let a person into a journey: who enrolled them, or which fact fired the trigger, by which rules."""

from dataclasses import dataclass
from typing import Any

from crm.models import Application, Event, Message
from journeys.models import Enrollment, StepRun
from journeys.policies import triggers
from journeys.policies.file_format import Trigger
from journeys.queries import plans
from talentpools.models import SegmentMember, SegmentVersion
from talentpools.queries import rule_lines, visibility

_LOOKED_AT = 50
_SAID = {
    "event.attended": "Attended an event",
    "form.submitted": "Submitted a form",
    "stage.changed": "The CRM stage changed",
    "application.rejected": "An application was rejected",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """How somebody came in. `how` is by_hand, journey, return, campaign, or the trigger's own name."""

    how: str
    sentence: str
    event: int | None = None
    segment: int | None = None
    rules_version: int | None = None
    rules: tuple[str, ...] = ()


def origin_of(enrollment: Enrollment) -> Origin:
    """What let this person in, as far as it is still known."""
    plan = plans.plans_of([enrollment.version_id])[enrollment.version_id]
    trigger = plan.journey.trigger
    if enrollment.journey.is_campaign:
        return Origin("campaign", f"Was among the readers of “{enrollment.journey.name}”.")
    if enrollment.enrolled_by_id is not None:
        return _by_hand(enrollment, trigger)
    return _by_journey(enrollment) or _by_return(enrollment) or _by_trigger(enrollment, trigger)


def _by_trigger(enrollment: Enrollment, trigger: Trigger) -> Origin:
    if trigger.on == "segment.entered":
        return _by_segment(enrollment, trigger, "segment.entered", "Entered the segment")
    if trigger.on == "date":
        return Origin("date", f"The day came that “{trigger.options.get('field')}” names.")
    return _by_event(enrollment, trigger)


def _by_hand(enrollment: Enrollment, trigger: Trigger) -> Origin:
    who = f"{enrollment.enrolled_by} enrolled them by hand."
    if trigger.on != "segment.entered":
        return Origin("by_hand", who)
    member = _by_segment(enrollment, trigger, "by_hand", f"{who} They were a member of the segment")
    return member if member.segment else Origin("by_hand", who)


def _by_journey(enrollment: Enrollment) -> Origin | None:
    """The step of another journey that enrolled them, in the same run."""
    step = (
        StepRun.objects.filter(
            enrollment__candidate_id=enrollment.candidate_id, kind="enroll", ended_at=enrollment.enrolled_at
        )
        .exclude(journey_id=enrollment.journey_id)
        .select_related("journey")
        .first()
    )
    if step is None:
        return None
    return Origin("journey", f"Step “{step.step_id}” of “{step.journey.name}” enrolled them.")


def _by_return(enrollment: Enrollment) -> Origin | None:
    """The reply in which they asked to hear from us again."""
    before = Enrollment.objects.filter(
        journey_id=enrollment.journey_id, candidate_id=enrollment.candidate_id, exit_reason="replied",
        ended_at__lt=enrollment.enrolled_at,
    )  # fmt: skip
    if not before.exists():
        return None
    asked = Event.objects.filter(
        candidate_id=enrollment.candidate_id, kind="message.settled", occurred_at__lte=enrollment.enrolled_at,
        data__outcome=Message.Outcome.NOT_NOW,
    )  # fmt: skip
    event = asked.order_by("-occurred_at").first()
    if event is None or not event.data.get("not_before"):
        return None
    day = event.data["not_before"]
    return Origin("return", f"Asked in a reply to hear from us again on {day}.", event.pk)


def _by_segment(enrollment: Enrollment, trigger: Trigger, how: str, said: str) -> Origin:
    """The stay in the segment, and the version of its rules that made it, where the reader may know of it."""
    segment = visibility.segments_of_reader().filter(pk=trigger.segment_id or 0).first()
    stays = SegmentMember.objects.filter(
        segment_id=trigger.segment_id or 0, candidate_id=enrollment.candidate_id,
        entered_at__lte=enrollment.enrolled_at,
    )  # fmt: skip
    stay = stays.order_by("-entered_at").first()
    if segment is None:
        return Origin(how, f"{said}.")
    if stay is None:  # what is known of it began later than the enrolment
        now = rule_lines.of_rules(segment.rules, segment.mode, "")
        return Origin(how, f"{said} “{segment.name}”.", None, segment.pk, None, tuple(now))
    version = stay.entered_by_version
    sentence = f"{said} “{segment.name}” on {stay.entered_at:%-d %b %Y}, by version {version} of its rules."
    kept = SegmentVersion.objects.filter(segment=segment, version=version).first()
    lines = rule_lines.of_rules(kept.rules, kept.mode, kept.parent_name) if kept else ()
    return Origin(how, sentence, None, segment.pk, version, tuple(lines))


def _by_event(enrollment: Enrollment, trigger: Trigger) -> Origin:
    said = _SAID.get(trigger.on, "Was enrolled")
    rules = trigger.options.get("rules")
    lines = tuple(rule_lines.of_rules(rules, "automatic", "")[1:]) if rules else ()
    earlier = Event.objects.filter(candidate_id=enrollment.candidate_id, kind=trigger.on)
    if entered := _entry_of(enrollment):
        earlier = earlier.filter(pk__lt=entered)
    for event in earlier.order_by("-pk")[:_LOOKED_AT]:
        if triggers.fires(trigger, event.kind, event.data):
            sentence = f"{said}{_about(event)} on {event.occurred_at:%-d %b %Y}."
            return Origin(trigger.on, sentence, event.pk, rules=lines)
    return Origin(trigger.on if trigger.on != "manual" else "by_hand", f"{said}.", rules=lines)


def _entry_of(enrollment: Enrollment) -> int | None:
    """The fact of the enrolment: what let them in was recorded before it, whatever the clocks say."""
    entered = Event.objects.filter(
        candidate_id=enrollment.candidate_id, kind="journey.enrolled", occurred_at=enrollment.enrolled_at,
        data__journey=enrollment.journey_id,
    )  # fmt: skip
    found: int | None = entered.values_list("pk", flat=True).first()
    return found


def _about(event: Event) -> str:
    data: dict[str, Any] = event.data
    if event.kind == "application.rejected":
        row = Application.objects.filter(pk=data.get("application") or 0).select_related("requisition")
        application = row.first()
        title = application.requisition.title if application and application.requisition else ""
        reason = application.rejection_reason.replace("_", " ") if application else ""
        return (f" for “{title}”" if title else "") + (f" ({reason})" if reason else "")
    if event.kind == "stage.changed":
        return f" to {str(data.get('to', '')).replace('_', ' ')}"
    named = data.get(event.kind.split(".", maxsplit=1)[0])
    return f" (“{named}”)" if named else ""
