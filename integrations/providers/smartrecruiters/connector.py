"""SmartRecruiters behind the contract."""

from collections.abc import Mapping

from integrations.providers.base import Check, Hint, Pushed
from integrations.providers.connecting import AtsConnector
from integrations.providers.smartrecruiters import checks, hooks
from integrations.providers.smartrecruiters.client import HOOKS, Client
from integrations.providers.smartrecruiters.pulling import Puller
from integrations.providers.smartrecruiters.pushing import Pusher


class SmartRecruitersConnector(AtsConnector):
    """One company."""

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
        return hooks.hint(body, headers)

    def subscribe(self, url: str) -> Mapping[str, str]:
        """One subscription for every event, with a secret, then activated; earlier ones of ours go."""
        for row in self.client.list(HOOKS).rows:
            if row.get("callbackUrl") == url:
                self.client.write("DELETE", f"{HOOKS}/{row['id']}")
        made = self.client.write("POST", HOOKS, json={"callbackUrl": url, "events": list(hooks.EVENTS)})
        key = self.client.write("POST", f"{HOOKS}/{made['id']}/secret-key")
        kept = {"webhook_secret": str(key.get("secretKey") or key.get("key") or key.get("value") or "")}
        if self.access.vault:
            # Before it is switched on: the first event may come at once.
            self.access.vault.keep(kept)
        self.client.write("PUT", f"{HOOKS}/{made['id']}/activation")
        return kept
