"""Questions to name servers, asked once each."""

from collections.abc import Sequence

import dns.exception
import dns.resolver
from django.conf import settings

_PATIENCE = 4.0
_MOST_QUESTIONS = 60


class NoAnswer(Exception):
    """The name servers did not answer; that says nothing about the record."""


class TextRecords:
    """The TXT records of names, as crm.policies.sender_domains asks for them. Raises NoAnswer."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        self._resolver = dns.resolver.Resolver(configure=not settings.NAME_SERVERS)
        if settings.NAME_SERVERS:
            servers = [server.partition(":") for server in settings.NAME_SERVERS]
            self._resolver.nameservers = [host for host, _sign, _port in servers]
            self._resolver.port = int(servers[0][2] or 53)
        self._resolver.lifetime = _PATIENCE

    def __call__(self, name: str) -> Sequence[str]:
        if name not in self._known:
            if len(self._known) >= _MOST_QUESTIONS:
                return ()
            self._known[name] = self._asked(name)
        return self._known[name]

    def _asked(self, name: str) -> tuple[str, ...]:
        try:
            answer = self._resolver.resolve(name, "TXT")
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.exception.SyntaxError, dns.name.EmptyLabel):
            return ()
        except (dns.name.LabelTooLong, dns.name.NameTooLong):
            return ()
        except dns.exception.DNSException as failure:
            raise NoAnswer(f"The name servers did not answer for {name}.") from failure
        return tuple(b"".join(record.strings).decode(errors="replace") for record in answer)
