"""HTTP to addresses other people chose: timeouts, size cap, public addresses only, no redirects."""

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore
import httpx
from django.conf import settings

MAX_BYTES = 20_000_000


class ForbiddenAddress(httpx.ConnectError, OSError):
    """The host resolves to an address that is not public (ALLOW_PRIVATE_HOSTS lifts this)."""


class TooLarge(httpx.ReadError):
    """The answer is larger than MAX_BYTES."""


def client(base_url: str = "", *, timeout: float = 20.0, **options: Any) -> httpx.Client:
    """An httpx client whose connections go only where they may. Close it after use."""
    transport = httpx.HTTPTransport(verify=_trusted(), retries=0)
    transport._pool = httpcore.ConnectionPool(
        ssl_context=_trusted(), network_backend=_PublicOnly(), http1=True, max_connections=10
    )
    return httpx.Client(
        base_url=base_url,
        timeout=httpx.Timeout(timeout, connect=5.0),
        follow_redirects=False,
        transport=transport,
        event_hooks={"response": [_capped]},
        **options,
    )


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the authorities we trust takes 50 ms, and clients do not differ in whom they trust."""
    return httpx.create_ssl_context()


def public_address(host: str, port: int) -> str:
    """The one address to connect to for this host. Raises OSError for an unknown or not public host.

    Resolved once and connected to by number, so a second answer of the name server changes nothing.
    """
    addresses = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.ALLOW_PRIVATE_HOSTS and not all(map(_is_public, addresses)):
        raise ForbiddenAddress(f"{host} is not a public address.")
    return addresses[0]


class _PublicOnly(httpcore.SyncBackend):
    """Resolves once, refuses if any address is not public, connects to the address it checked."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            address = public_address(host, port)
        except ForbiddenAddress:
            raise
        except OSError as unknown:
            raise httpcore.ConnectError(f"{host} does not resolve.") from unknown
        return super().connect_tcp(address, port, timeout, local_address, socket_options)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or ip
    is_nat64 = ip.version == 6 and ip in ipaddress.ip_network("64:ff9b::/96")
    return bool(inner.is_global) and not inner.is_multicast and not is_nat64


def _capped(response: httpx.Response) -> None:
    declared = int(response.headers.get("content-length") or 0)
    if declared > MAX_BYTES:
        response.close()
        raise TooLarge(f"The answer is {declared:,} bytes; the limit is {MAX_BYTES:,}.")
