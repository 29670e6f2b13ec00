"""Greenhouse behind the contract: what to read in which order, how to look somebody up, how to push."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property

from integrations.providers.base import Access, Check, Found, Hint, Page, Payload, Person, Pushed
from integrations.providers.greenhouse import checks, hooks
from integrations.providers.greenhouse.client import Client
from integrations.providers.greenhouse.pulling import Puller
from integrations.providers.greenhouse.pushing import Pusher


class GreenhouseConnector:
    """One Harvest v3 account."""

    kinds: Sequence[str] = (
        "user",
        "requisition",
        "candidate",
        "application",
        "stage",
        "rejection",
        "offer",
        "hire",
    )

    def __init__(self, access: Access, *, lane: str = "sync", patience: float = 45.0) -> None:
        self.access, self.lane, self.patience = access, lane, patience

    def check(self) -> Check:
        return checks.check(self._client)

    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if since else ""
        return self._puller.pages(after=after, position=position)

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        return self._puller.reread(kind, ids)

    def find(self, person: Person, requisition_id: str) -> Found:
        return self._pusher.find(person, requisition_id)

    def is_open(self, requisition_id: str) -> bool:
        return self._pusher.is_open(requisition_id)

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed:
        return self._pusher.push(person, requisition_id, candidate_id, note)

    def signature_is_valid(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return hooks.signature_is_valid(body, headers, self.access.credentials.get("webhook_secret", ""))

    def hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        return hooks.hint(body, headers)

    def subscribe(self, url: str) -> Mapping[str, str]:
        raise NotImplementedError  # Harvest has no call for it: an administrator sets the webhook up

    def close(self) -> None:
        if "_client" in self.__dict__:
            self._client.close()

    @cached_property
    def _client(self) -> Client:
        # Made on first use: a webhook is verified without opening a connection.
        return Client(self.access, lane=self.lane, patience=self.patience)

    @cached_property
    def _puller(self) -> Puller:
        return Puller(self._client)

    @cached_property
    def _pusher(self) -> Pusher:
        return Pusher(self._client, self.access.settings)
