"""Connections with their freshness, runs and stages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from crm.kernel.tenancy import current_workspace_id
from crm.models import Membership, Role
from integrations.models import Connection, ExternalRef, PushItem, RawRecord, StageMapping, SyncRun
from integrations.queries.syncs import Progress, progress, runs_of


@dataclass(frozen=True, slots=True)
class Line:
    """A connection in the list."""

    connection: Connection
    run: SyncRun | None


def connections_with_runs() -> list[Line]:
    """Every connection and its newest run. Two statements."""
    newest = SyncRun.objects.filter(connection=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    rows = list(Connection.objects.annotate(newest=Subquery(newest)).order_by("name"))
    runs = SyncRun.objects.in_bulk([row.newest for row in rows if row.newest])
    return [Line(row, runs.get(row.newest or 0)) for row in rows]


def called_at(key: str) -> Connection | None:
    """The connection this webhook address belongs to.

    Asked with every webhook, so written out: making the same SQL again would cost more than running it.
    """
    statement = "SELECT * FROM integrations_connection WHERE workspace_id = %s AND webhook_key = %s"
    return next(iter(Connection.objects.raw(statement, [current_workspace_id(), key])), None)


def stage_mappings(connection: Connection) -> list[StageMapping]:
    """The vendor's stages, those nobody mapped first."""
    rows = StageMapping.objects.filter(connection=connection)
    return sorted(rows, key=lambda row: (bool(row.stage), row.vendor_stage.casefold()))


def reference_counts(connection: Connection) -> dict[str, int]:
    """How many of each kind stand for something here."""
    refs = ExternalRef.objects.filter(
        connection=connection, kind__in=["candidate", "requisition", "application"]
    )
    return dict(refs.values_list("kind").annotate(Count("pk")))


def detail(connection: Connection, absolute: Callable[[str], str]) -> dict[str, Any]:
    """What the connection's page shows."""
    runs: list[tuple[SyncRun, Progress]] = [(run, progress(run)) for run in runs_of(connection)[:8]]
    current = runs[0] if runs and runs[0][0].state in ("waiting", "running") else None
    return {
        "connection": connection,
        "verdict": connection.verdict,
        "missing": [r for r in connection.verdict.get("rights", []) if not r["is_granted"]],
        "current": current,
        "runs": [pair for pair in runs if pair is not current],
        "references": reference_counts(connection),
        "unmapped": unmapped(connection).count(),
        "hook_url": absolute(f"/hooks/ats/{current_workspace_id()}/{connection.webhook_key}/"),
    }


def in_need() -> QuerySet[Connection]:
    """Connections that wait for a person, those longest without a sync first."""
    return Connection.objects.filter(state=Connection.State.NEEDS_ATTENTION).order_by("synced_at", "pk")


def menders(connection: Connection) -> list[str]:
    """Addresses of whoever made the connection, while they are here, and of the owners."""
    here = Membership.objects.filter(workspace_id=current_workspace_id(), deactivated_at=None)
    told = here.filter(Q(role=Role.OWNER) | Q(user=connection.created_by_id))
    return sorted(set(told.values_list("user__email", flat=True)))


def removal(connection: Connection) -> dict[str, Any]:
    """What goes and what stays when the account is disconnected or removed."""
    return {
        "references": reference_counts(connection),
        "payloads": RawRecord.objects.filter(connection=connection).count(),
        "receipts": PushItem.objects.filter(push__connection=connection).count(),
    }


def unmapped(connection: Connection) -> QuerySet[StageMapping]:
    return StageMapping.objects.filter(connection=connection, stage="")
