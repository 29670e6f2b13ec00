"""Workday behind the contract."""

from collections.abc import Mapping

from integrations.providers.base import Check, Hint, Pushed
from integrations.providers.connecting import AtsConnector
from integrations.providers.workday import checks, hooks
from integrations.providers.workday.client import Client
from integrations.providers.workday.pulling import Puller
from integrations.providers.workday.pushing import Pusher


class WorkdayConnector(AtsConnector):
    """One tenant."""

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
        return hooks.signature_is_valid(headers, self.secret)

    def hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        return hooks.hint(body)
