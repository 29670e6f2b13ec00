"""Lever behind the contract."""

from collections.abc import Mapping

from integrations.providers.base import Check, Hint, Pushed
from integrations.providers.connecting import AtsConnector
from integrations.providers.lever import checks, hooks
from integrations.providers.lever.client import Client
from integrations.providers.lever.pulling import Puller
from integrations.providers.lever.pushing import Pusher


class LeverConnector(AtsConnector):
    """One account of one region."""

    client_type = Client

    def make_puller(self) -> Puller:
        return Puller(self.client)

    def make_pusher(self) -> Pusher:
        return Pusher(self.client, self.access.settings)

    def check(self) -> Check:
        return checks.check(self.client)

    def take_back(self, pushed: Pushed, requisition_id: str, note: str) -> bool:
        return Pusher(self.client, self.access.settings).take_back(pushed, requisition_id, note)

    def signature_is_valid(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return hooks.signature_is_valid(body, self.secret)

    def hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        return hooks.hint(body)

    def subscribe(self, url: str) -> Mapping[str, str]:
        """A webhook per event; each tells its own token once. Our earlier ones to this address go."""
        for row in self.client.every("webhooks"):
            if row.get("url") == url:
                self.client.write("DELETE", f"webhooks/{row['id']}")
        tokens = []
        for event in hooks.EVENTS:
            made = self.client.write("POST", "webhooks", json={"event": event, "url": url})
            tokens.append(str(made.get("configuration", {}).get("signatureToken") or ""))
        return {"webhook_secret": " ".join(filter(None, tokens))}
