"""The plain values templates may use, per person. Never a model: Liquid sees texts and numbers only."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.kernel.tenancy import current_workspace_id
from crm.models import Application, Candidate, CustomField, User, Workspace
from crm.queries.arrays import among

_COLUMNS = (
    "first_name", "last_name", "full_name", "email", "headline", "current_title", "current_company",
    "city", "region", "country", "role_family", "seniority", "stage", "availability",
)  # fmt: skip
_OTHERS = (
    "sender.name", "sender.first_name", "sender.email", "workspace.name", "workspace.legal_name",
    "journey.name", "jobs", "form.url", "booking.url", "application.title",
)  # fmt: skip


def known_fields() -> tuple[str, ...]:
    """Every merge field a template here may use."""
    custom = CustomField.objects.order_by("key").values_list("key", flat=True)
    return (
        *(f"candidate.{name}" for name in _COLUMNS),
        *(f"candidate.custom.{key}" for key in custom),
        *_OTHERS,
    )


def candidate_values(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """`candidate.…` and `application.…` (the latest one) for each of these people."""
    wanted = list(ids)
    rows = Candidate.objects.filter(among("pk", wanted)).values("pk", "custom", *_COLUMNS)
    applied = Application.objects.filter(among("candidate_id", wanted)).order_by("applied_at", "pk")
    titles = dict(applied.values_list("candidate_id", "requisition__title"))
    return {
        row["pk"]: {"candidate": _spoken(row), "application": {"title": titles.get(row["pk"])}}
        for row in rows
    }


def sender_values(ids: Iterable[int | None]) -> dict[int | None, dict[str, Any]]:
    """`sender.…` and `workspace.…` for each sender; who has no name speaks for the house."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    of_house = {"name": workspace.name, "legal_name": workspace.legal_name or workspace.name}
    team = {"name": workspace.name, "first_name": f"the {workspace.name} team", "email": ""}
    found: dict[int | None, dict[str, Any]] = {None: {"sender": team, "workspace": of_house}}
    for user in User.objects.filter(pk__in=[pk for pk in ids if pk]):
        named = {"name": user.name, "first_name": user.name.partition(" ")[0]} if user.name else {}
        found[user.pk] = {"sender": team | named | {"email": user.email}, "workspace": of_house}
    return found


def _spoken(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: row[name] for name in _COLUMNS}
    for name in ("role_family", "seniority", "stage", "availability"):
        values[name] = str(values[name]).replace("_", " ")
    values["custom"] = {key: _plain(value) for key, value in row["custom"].items()}
    return values


def _plain(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
