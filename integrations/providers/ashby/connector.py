"""Ashby behind the contract."""

import secrets
from collections.abc import Mapping

from integrations.providers.ashby import checks, hooks
from integrations.providers.ashby.client import Client
from integrations.providers.ashby.pulling import Puller
from integrations.providers.ashby.pushing import Pusher
from integrations.providers.base import Check, Hint, Pushed, Rejected
from integrations.providers.connecting import AtsConnector


class AshbyConnector(AtsConnector):
    """One organization, by one key."""

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
        return hooks.signature_is_valid(body, headers, self.secret)

    def hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        return hooks.hint(body)

    def subscribe(self, url: str) -> Mapping[str, str]:
        """A webhook per event, signed with one secret of ours; those that stand already stay.

        Ashby tries each with a ping at once, so the secret is kept before the first is made.
        """
        kept = {"webhook_secret": self.secret or secrets.token_urlsafe(32)}
        if self.access.vault:
            self.access.vault.keep(kept)
        for event in hooks.EVENTS:
            body = {"webhookType": event, "requestUrl": url, "secretToken": kept["webhook_secret"]}
            try:
                self.client.call_out("webhook.create", body)
            except Rejected as refusal:
                if "duplicate" not in refusal.sentence.lower():
                    raise
        return kept
