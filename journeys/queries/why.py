"""The why-ledger of journeys: why a mail went out, why it did not, why somebody is inside or is not."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.models import Candidate, Message
from journeys.models import Enrollment, Journey, JourneyVersion, StepRun
from journeys.policies import wording
from journeys.policies.refusals import Refusal
from journeys.queries import entry, plans, templates
from journeys.queries.enrollments import Standing, code_of, enrollments, standing
from journeys.queries.origins import Origin, origin_of

_MOST = 100
# Each is told in a handful of statements.
_MOST_LEDGERS = 20


@dataclass(frozen=True, slots=True)
class Ledger:
    """One enrollment with its reasons: how they came in, each step, who waits because of it."""

    standing: Standing
    origin: Origin
    version: JourneyVersion
    waiting_for_it: tuple[Enrollment, ...]

    @property
    def enrollment(self) -> Enrollment:
        return self.standing.enrollment


@dataclass(frozen=True, slots=True)
class Outside:
    """A live journey somebody is not in, and what would be said if they were enrolled now."""

    journey: Journey
    code: str
    sentence: str


def ledger(enrollment: Enrollment) -> Ledger:
    """Everything that is known about why this person stands where they stand."""
    return Ledger(standing(enrollment), origin_of(enrollment), enrollment.version, tuple(_rivals(enrollment)))


def outside(candidate: Candidate, *, now: datetime) -> list[Outside]:
    """The live journeys this person is not in, each with the code that keeps them out, if any does.

    A constant number of statements, however many journeys there are.
    """
    live = Journey.objects.filter(state=Journey.State.LIVE, version__isnull=False, is_campaign=False)
    found = list(live.order_by("name", "pk")[:_MOST])
    by_version = plans.plans_of({journey.version_id or 0 for journey in found})
    judged = entry.judge_one(
        candidate.pk, {journey.pk: by_version[journey.version_id or 0] for journey in found}, now=now
    )
    return [
        _outside(journey, judged[journey.pk], by_version[journey.version_id or 0].journey.trigger.on)
        for journey in found
        if not _is_inside(judged[journey.pk])
    ]


def titled(found: Ledger) -> list[tuple[str, StepRun]]:
    """Each step so far with what its card is headed with."""
    title = _titles(found)
    return [(title(run), run) for run in found.standing.steps]


def why(candidate: Candidate, *, now: datetime) -> dict[str, Any]:
    """For the API: the journeys of the person with every reason, and those they are not in."""
    rows = enrollments(candidate_id=candidate.pk).select_related("version", "enrolled_by")
    return {
        "journeys": [_told(ledger(row)) for row in rows.order_by("-enrolled_at", "-pk")[:_MOST_LEDGERS]],
        "not_in_journeys": [
            {"journey": one.journey.pk, "name": one.journey.name, "code": one.code, "why": one.sentence}
            for one in outside(candidate, now=now)
        ],
    }


def of_message(message: Message) -> dict[str, Any]:
    """Why a journey's mail went out, or did not: nothing for mail no journey wrote (settings.MESSAGE_WHY)."""
    run = StepRun.objects.filter(message=message).select_related("enrollment", "wording__template").first()
    if run is None:
        return {}
    rows = enrollments().select_related("version", "enrolled_by")
    found = ledger(rows.get(pk=run.enrollment_id))
    return {
        "sentences": _sentences(found, run),
        "enrollment": found.enrollment.pk,
        "journey": _journey(found),
        "step": {"id": run.step_id, "type": run.kind, "state": run.state, "code": run.refusal or None},
        "template": run.wording.template.key if run.wording else None,
        "origin": _origin(found.origin),
        "waiting_for_it": [row.pk for row in found.waiting_for_it],
    }


def _sentences(found: Ledger, run: StepRun) -> list[str]:
    name, number = found.enrollment.journey.name, found.version.number
    title = _titles(found)(run)
    entered = f"In “{name}” since {found.enrollment.enrolled_at:%-d %b %Y}: {found.origin.sentence}"
    said = [f"Step “{title}” of “{name}”, version {number}.", entered]
    if run.reason:
        said.append(run.reason)
    said += [
        f"“{row.journey.name}” waits because of it until {row.due_at:%-d %b %Y}."
        for row in found.waiting_for_it
        if row.due_at
    ]
    return said


def _titles(found: Ledger) -> Callable[[StepRun], str]:
    steps = {step["id"]: step for step in _steps(found.version.definition.get("steps", []))}
    names = dict(templates.living().values_list("key", "name"))
    return lambda run: wording.title(steps.get(run.step_id, {"type": run.kind}), names)


def _steps(steps: Collection[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for step in steps:
        arms = [arm.get("steps", []) for arm in step.get("arms", [])]
        found += [
            step,
            *_steps([one for block in (step.get("then", []), step.get("else", []), *arms) for one in block]),
        ]
    return found


def _rivals(enrollment: Enrollment) -> list[Enrollment]:
    """Other ways of the same person that wait because they heard from us in this one."""
    name = f"“{enrollment.journey.name}”"
    waiting = enrollments(candidate_id=enrollment.candidate_id, state=Enrollment.State.ACTIVE)
    waiting = waiting.filter(waits_for__in=("gap", "cap"), waits_why__contains=name)
    return list(waiting.exclude(pk=enrollment.pk).order_by("due_at", "pk"))


def _is_inside(refusal: Refusal | None) -> bool:
    return refusal is not None and refusal.code == "already_inside"


def _outside(journey: Journey, refusal: Refusal | None, on: str) -> Outside:
    if refusal is not None:
        return Outside(journey, refusal.code, refusal.sentence)
    sentence = f"May enter; nothing has brought them in yet. {wording.trigger({'on': on})}."
    return Outside(journey, "", sentence)


def _told(found: Ledger) -> dict[str, Any]:
    row = found.enrollment
    return {
        "enrollment": row.pk,
        "journey": _journey(found),
        "state": row.state,
        "code": code_of(row) or None,
        "why": found.standing.sentence,
        "exit_reason": row.exit_reason or None,
        "due_at": row.due_at,
        "enrolled_at": row.enrolled_at,
        "enrolled_by": row.enrolled_by_id,
        "origin": _origin(found.origin),
        "waiting_for_it": [other.pk for other in found.waiting_for_it],
        "steps": [
            {
                "step": run.step_id,
                "state": run.state,
                "code": run.refusal or None,
                "why": run.reason,
                "message": run.message_id,
                "at": run.started_at,
            }
            for run in found.standing.steps
        ],
    }


def _journey(found: Ledger) -> dict[str, Any]:
    row = found.enrollment
    return {"id": row.journey_id, "name": row.journey.name, "version": found.version.number}


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "how": origin.how,
        "why": origin.sentence,
        "event": origin.event,
        "segment": origin.segment,
        "rules_version": origin.rules_version,
        "rules": [line.strip() for line in origin.rules],
    }
