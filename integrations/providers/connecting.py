"""A connector put together from a vendor's parts: client, walk, writing, webhooks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from integrations.providers.base import Access, Check, Found, Hint, Page, Payload, Person, Pushed, Rejected
from integrations.providers.sending import AtsClient


class Puller(Protocol):
    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]: ...

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]: ...


class Pusher(Protocol):
    def find(self, person: Person, requisition_id: str) -> Found: ...

    def is_open(self, requisition_id: str) -> bool: ...

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed: ...


class AtsConnector:
    """One account. A vendor says what its parts are; they are made on first use."""

    kinds: Sequence[str] = (
        *("user", "requisition", "candidate", "application", "stage", "rejection", "offer", "hire"),
        *("interview", "scorecard"),
    )
    # Any: a client of a vendor has calls only its own parts know.
    client_type: Any = AtsClient

    def __init__(self, access: Access, *, lane: str = "sync", patience: float = 45.0) -> None:
        self.access, self.lane, self.patience = access, lane, patience

    def make_puller(self) -> Puller:
        raise NotImplementedError

    def make_pusher(self) -> Pusher:
        raise NotImplementedError

    def check(self) -> Check:
        raise NotImplementedError

    def signature_is_valid(self, body: bytes, headers: Mapping[str, str]) -> bool:
        raise NotImplementedError

    def hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        raise NotImplementedError

    def subscribe(self, url: str) -> Mapping[str, str]:
        raise NotImplementedError

    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        return self._puller.pages(since=since, marks=marks, position=position)

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        return self._puller.reread(kind, ids)

    def find(self, person: Person, requisition_id: str) -> Found:
        return self._pusher.find(person, requisition_id)

    def is_open(self, requisition_id: str) -> bool:
        return self._pusher.is_open(requisition_id)

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed:
        return self._pusher.push(person, requisition_id, candidate_id, note)

    def take_back(self, pushed: Pushed, requisition_id: str, note: str) -> bool:
        raise Rejected("This ATS takes nothing back from us: end the application there.")

    def close(self) -> None:
        if "client" in self.__dict__:
            self.client.close()

    @property
    def secret(self) -> str:
        """What webhooks are signed with."""
        return str(self.access.credentials.get("webhook_secret") or "")

    @cached_property
    def client(self) -> Any:
        # Made on first use: a webhook is verified without opening a connection.
        return self.client_type(self.access, lane=self.lane, patience=self.patience)

    @cached_property
    def _puller(self) -> Puller:
        return self.make_puller()

    @cached_property
    def _pusher(self) -> Pusher:
        return self.make_pusher()
