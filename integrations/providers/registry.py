"""Which systems can be connected. A new vendor is a folder and one line here."""

from dataclasses import dataclass
from importlib import import_module

from crm.kernel.errors import DomainError
from integrations.providers.base import Access, Connector


class UnknownVendor(DomainError):
    """This ATS cannot be connected yet."""

    code = "unknown_kind"
    status = 400


@dataclass(frozen=True, slots=True)
class Vendor:
    kind: str
    name: str
    path: str
    required: tuple[str, ...]


VENDORS = {
    "greenhouse": Vendor(
        "greenhouse",
        "Greenhouse",
        "integrations.providers.greenhouse.connector.GreenhouseConnector",
        required=("client_id", "client_secret"),
    ),
}


def vendor(kind: str) -> Vendor:
    """The vendor of this kind; raises UnknownVendor."""
    try:
        return VENDORS[kind]
    except KeyError as unknown:
        raise UnknownVendor(f"There is no connector for “{kind}” yet.") from unknown


def connector(kind: str, access: Access, *, lane: str = "sync", patience: float = 45.0) -> Connector:
    """A connector for one account. `lane` push goes before sync; `patience` is how long it may wait."""
    module, _, name = vendor(kind).path.rpartition(".")
    made: Connector = getattr(import_module(module), name)(access, lane=lane, patience=patience)
    return made
