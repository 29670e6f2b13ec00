"""What really happened, judged by the provider's history and plain SQL. Knows nothing of the engine."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from crm.kernel.tenancy import workspace_scope


@dataclass(frozen=True, slots=True)
class Verdict:
    """`silent` are mails the product calls sent and the provider never took, or the other way round;
    `unknown` are those it owns up to not knowing about."""

    mails: int
    taken: int
    duplicates: int
    silent: int
    unknown: int
    waiting: int

    @property
    def is_sound(self) -> bool:
        return not self.duplicates and not self.silent and not self.waiting

    def __str__(self) -> str:
        return (
            f"{self.mails:,} mails, {self.taken:,} taken: {self.duplicates} duplicates, "
            f"{self.silent} silent losses, {self.unknown} unknown, {self.waiting} still waiting"
        )


def taken_by(history: Path) -> Counter[str]:
    """How often the provider took each key."""
    return Counter(history.read_text().split()) if history.exists() else Counter()


def states(workspace_id: int, since_id: int) -> dict[str, str]:
    """What the product says about each of its mails, by key."""
    with workspace_scope(workspace_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT replace(key::text, '-', ''), state FROM crm_message"
            " WHERE workspace_id = %s AND direction = 'out' AND id > %s",
            [workspace_id, since_id],
        )
        return dict(cursor.fetchall())


def judge(workspace_id: int, since_id: int, history: Path) -> Verdict:
    """Compare the two."""
    taken, said = taken_by(history), states(workspace_id, since_id)
    silent = 0
    for key, state in said.items():
        claims_sent = state in ("sent", "delivered", "bounced")
        if state not in ("unknown", "sending", "queued") and claims_sent != (taken[key] > 0):
            silent += 1
    silent += sum(1 for key in taken if key not in said)
    return Verdict(
        mails=len(said),
        taken=len(taken),
        duplicates=sum(count - 1 for count in taken.values()),
        silent=silent,
        unknown=sum(1 for state in said.values() if state == "unknown"),
        waiting=sum(1 for state in said.values() if state in ("queued", "sending")),
    )
