"""The end of a full run: what it did not meet is asked for by name, and what is gone there converges here.

Deleted, merged, anonymized and hidden records lose their link; people and their history stay.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from crm.kernel.tenancy import workspace_scope
from integrations.actions.records import removals
from integrations.models import Connection, ExternalRef
from integrations.providers.base import Connector, Page

BATCH = 50
# More than this at once is rather a right that was lost than people who were deleted.
MOST, SHARE = 25, 0.2
KINDS = (ExternalRef.Kind.APPLICATION, ExternalRef.Kind.CANDIDATE, ExternalRef.Kind.REQUISITION)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the records of one kind a full run did not meet."""

    kind: str
    gone: tuple[str, ...]
    is_held_back: bool

    @property
    def sentence(self) -> str:
        said = f"{len(self.gone)} no longer listed by the ATS: deleted, merged, anonymized or hidden there"
        if self.is_held_back:
            return f"{said}. So many at once may be a right that was lost, so nothing was changed here."
        return f"{said}. They lost their link here; people and their history stay."


def ask(connector: Connector, kind: str, ids: list[str]) -> tuple[list[Page], list[str]]:
    """The records as they are now, and the ids that are gone. Uses the network.

    What cannot be read is still there; what is not ours to keep any more (anonymized) is gone.
    """
    pages = list(connector.reread(kind, ids))
    there = {row.external_id for page in pages if page.kind == kind for row in page.rows if not row.skipped}
    return pages, [number for number in ids if number not in there]


def unseen(connection: Connection, kind: str, since: datetime) -> QuerySet[ExternalRef]:
    """Links nothing was read under since then."""
    return ExternalRef.objects.filter(connection=connection, kind=kind, read_at__lt=since)


def judge(
    workspace_id: int, connection: Connection, kind: str, gone: list[str], *, is_confirmed: bool
) -> Verdict:
    """Drop the links to what is gone, unless that is too much to believe and nobody confirmed it."""
    with workspace_scope(workspace_id):
        total = ExternalRef.objects.filter(connection=connection, kind=kind).count()
        is_held_back = not is_confirmed and len(gone) > max(MOST, SHARE * total)
        if not is_held_back:
            removals.forget(connection, kind, gone, action="compared")
    return Verdict(kind, tuple(gone), is_held_back)
