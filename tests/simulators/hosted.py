"""A simulator whose account is a `World`: sign-in, limits and faults in one order for every vendor."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from tests.simulators.server import Answer, Refused, Request, Row, VendorServer
from tests.simulators.world import Application, Job, Offer, World

WRITES = ("POST", "PUT", "PATCH", "DELETE")


class Hosted(VendorServer):
    """One account. A vendor says who may in, what its answers look like, and what can be written."""

    kind = ""
    # What the vendor calls a status it has no word for.
    told_status: ClassVar[dict[str, str]] = {}
    told_stages: ClassVar[dict[str, str]] = {}
    tells_interviews = True
    # Whether a list says of a person that their data was taken out.
    tells_anonymized = False

    def __init__(
        self,
        *,
        world: World | None = None,
        people: int = 60,
        applications: int = 0,
        seed: int = 7,
        limit: int = 0,
        state: Path | None = None,
    ) -> None:
        super().__init__()
        self.world = world or World(
            people=people, applications=applications, seed=seed, today=datetime.now(UTC)
        )
        self.credential = ""
        self.limit = limit  # requests a second; 0 = none
        self.second, self.used = 0, 0
        self.snapshots: dict[str, list[Row]] = {}

    @property
    def settings(self) -> dict[str, str]:
        raise NotImplementedError

    @property
    def credentials(self) -> dict[str, str]:
        raise NotImplementedError

    def revoke(self) -> None:
        """The account's owner ends our access."""
        self.credential = "rotated"

    def token(self, request: Request) -> Answer | None:
        """The answer of the token endpoint, None for any other path."""
        return None

    def authorize(self, request: Request) -> None:
        raise NotImplementedError

    def serve(self, request: Request) -> Answer:
        raise NotImplementedError

    def webhook(self, application: Application, secret: str) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError

    def told_id(self, application: Application) -> str:
        """What the vendor calls it."""
        return application.id

    def status_of(self, job: Job) -> str:
        return self.told_status.get(job.status, job.status)

    def extended_at(self, offer: Offer) -> datetime:
        """When the offer went out, as exactly as the vendor tells."""
        return offer.extended

    def is_write(self, request: Request) -> bool:
        return request.method in WRITES

    def respond(self, request: Request) -> Answer:
        if request.path.startswith("/_control"):
            return Answer(200, self.control(json.loads(request.body or "{}")))
        if (granted := self.token(request)) is not None:
            return granted
        self.requests.append((request.method, request.path))
        self.misbehave()
        self.authorize(request)
        self._count()
        answer = self.serve(request)
        if self.is_write(request):
            if self.faults.lose_write:
                self.faults.lose_write -= 1
                answer.cut = True
        elif self.faults.drop > 0:
            self.faults.drop -= 1
            answer.cut = True
        return answer

    def snapshot(self, key: str, start: int, rows: Callable[[], list[Row]]) -> list[Row]:
        """A list as it stood when its first page was asked for: cursors go over that."""
        if not start or key not in self.snapshots:
            self.snapshots[key] = rows()
        return self.snapshots[key]

    def _count(self) -> None:
        second = int(self.clock())
        self.second, self.used = second, self.used + 1 if second == self.second else 1
        if self.limit and self.used > self.limit:
            raise Refused(429, self.limited(), self.limit_headers())

    def control(self, order: Row) -> Row:
        told: dict[str, Any] = super().control(order)
        world = self.world
        sizes = {"people": len(world.people), "jobs": len(world.jobs)}
        return told | {"rows": sizes | {"applications": len(world.applications)}}
