"""Access tokens: fetched by one worker while the others wait, kept encrypted in the cache."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.cache import cache

from crm.kernel.encryption import WrongWorkspace, seal, unseal
from integrations.providers.base import Payload, Retryable

MARGIN = 300


@dataclass(frozen=True, slots=True)
class Grant:
    """A token the ATS gave us, and for how many seconds we use it."""

    token: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True)
class TokenStore:
    """The access token of one account."""

    key: str
    workspace_id: int

    def token(self, fetch: Callable[[], Grant]) -> str:
        """The cached token, or a new one fetched by one worker while the others wait."""
        for _ in range(100):
            if token := self._held():
                return token
            if cache.add(f"{self.key}:lock", 1, timeout=30):
                try:
                    grant = fetch()
                    cache.set(self.key, seal(grant.token, workspace_id=self.workspace_id), grant.seconds)
                    return grant.token
                finally:
                    cache.delete(f"{self.key}:lock")
            time.sleep(0.1)
        raise Retryable("Signing in to the ATS takes too long.")

    def forget(self, token: str) -> None:
        """The ATS refused it; unless somebody renewed it since, the next one fetches a new one."""
        if self._held() == token:
            cache.delete(self.key)

    def _held(self) -> str:
        sealed = cache.get(self.key)
        try:
            return str(unseal(sealed, workspace_id=self.workspace_id)) if sealed else ""
        except WrongWorkspace:
            return ""


def lifetime(answer: Payload) -> int:
    """How long to use a token: some minutes less than the ATS says."""
    try:
        seconds = int(answer.get("expires_in") or 3600)
    except (TypeError, ValueError):
        seconds = 3600
    return max(1, seconds - MARGIN if seconds > 2 * MARGIN else seconds // 2)
