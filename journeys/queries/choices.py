"""What the forms of a journey offer, as (value, label) pairs."""

from typing import Any

from django.db.models import Q, QuerySet

from crm.kernel.tenancy import current_workspace_id
from crm.models import CaptureForm, Stage, TalentEvent, User
from journeys.models import Journey
from journeys.policies import editing, wording
from journeys.queries import conditions, person_dates, templates
from talentpools.models import Segment
from talentpools.queries import rule_lines, visibility

Pairs = list[tuple[str, str]]


def segments() -> Pairs:
    """Segments everybody here may see, by the pool they live under: everybody sees a journey too."""
    rows = visibility.visible_segments(None).select_related("pool").order_by("pool__name", "name", "pk")
    return [(str(row.pk), f"{row.pool.name}: {row.name}" if row.pool else row.name) for row in rows]


def segment_of(document: dict[str, Any]) -> Segment | None:
    """The segment a journey starts from, if everybody here may know of it."""
    segment = (document.get("trigger") or {}).get("segment")
    return visibility.visible_segments(None).filter(pk=segment).first() if isinstance(segment, int) else None


def rules_of(document: dict[str, Any]) -> list[str]:
    """The rules of the trigger aloud, a line each; none when it has none."""
    rules = (document.get("trigger") or {}).get("rules")
    return rule_lines.of_rules(rules, "automatic", "")[1:] if rules else []


def condition_of(journey: Journey, step: dict[str, Any]) -> list[str]:
    """The condition of a branch aloud, a line each; none of any other step."""
    rules = conditions.in_journey(step.get("if"), journey.pk)
    return rule_lines.of_rules(rules, "automatic", "")[1:] if rules else []


def of_triggers() -> dict[str, Pairs]:
    """What the questions about a trigger offer, by question."""
    check_ins = [(key, f"Check-in: {title}") for key, title in form_keys()]
    public = CaptureForm.objects.order_by("title", "pk").values_list("slug", "title")
    stages = [(str(value), str(label)) for value, label in Stage.choices]
    return {
        "segment": segments(),
        "form": [*public, *check_ins],
        "event": list(TalentEvent.objects.order_by("-starts_at").values_list("slug", "name")),
        "field": [(key, field.label) for key, field in person_dates.date_fields().items()],
        "from": stages,
        "to": stages,
    }


def pools() -> Pairs:
    """Pools everybody here may see."""
    return [(str(pk), name) for pk, name in visibility.visible_pools(None).values_list("pk", "name")]


def users() -> Pairs:
    """“The owner”, then the members of the workspace."""
    return [("owner", "the person’s owner"), *((str(user.pk), str(user)) for user in members())]


def members() -> QuerySet[User]:
    """Who works here now."""
    here = Q(memberships__workspace_id=current_workspace_id(), memberships__deactivated_at=None)
    return User.objects.filter(here).order_by("name", "pk")


def template_keys() -> Pairs:
    """Templates by key; variants of one key are one choice."""
    rows = templates.living().order_by("role_family", "name").values_list("key", "name")
    return sorted(dict(reversed(list(rows))).items(), key=lambda pair: pair[1])


def form_keys() -> Pairs:
    """Check-in forms."""
    return [(key, title) for key, title in templates.forms().values_list("key", "title")]


def other_journeys(journey: Journey) -> Pairs:
    """Every other journey."""
    rows = Journey.objects.filter(is_campaign=False).exclude(pk=journey.pk).order_by("name", "pk")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def messages_before(document: dict[str, Any]) -> Pairs:
    """The sending steps of a document, for conditions about what became of them."""
    names = dict(template_keys())
    sending = ("message", "check_in", "job_alert")
    found = [spot.step for spot in editing.spots(document) if spot.step.get("type") in sending]
    return [(str(step["id"]), f"{wording.title(step, names)} ({step['id']})") for step in found]
