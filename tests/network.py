"""A test talks to this machine and to nobody else."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class NetworkUsed(RuntimeError):
    """A test tried to leave the machine."""


@contextmanager
def only_loopback() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            self.close()
            raise NetworkUsed(f"A test tried to connect to {address}.")
        connect(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_address(name) and not _is_loopback(name):
            raise socket.gaierror(socket.EAI_NONAME, f"Tests resolve no names: {name}")
        return resolve(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)
    try:
        yield
    finally:
        patch.undo()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if host in ("", "localhost", "testserver", socket.gethostname()):
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback
