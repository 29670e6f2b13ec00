"""How fresh the ATS side of the figures is: when each connection was last read, and what is wrong with it."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps


@dataclass(frozen=True, slots=True)
class Freshness:
    """One ATS connection and its last complete sync."""

    connection: int
    name: str
    kind: str
    state: str
    attention: str
    synced_at: datetime | None


def freshness() -> list[Freshness]:
    """Every connection of the workspace, by name."""
    # `integrations` stands beside this app, so it is reached by name and not by import.
    connections = apps.get_model("integrations", "Connection").objects.order_by("name")
    columns = connections.values_list("pk", "name", "kind", "state", "attention", "synced_at")
    return [Freshness(*row) for row in columns]
