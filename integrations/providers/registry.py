"""Which systems can be connected. A new vendor is a folder and one line here."""

from importlib import import_module

from crm.kernel.errors import DomainError
from integrations.providers import ashby, greenhouse, lever, smartrecruiters, successfactors, workday
from integrations.providers.base import Access, Connector, Vendor

VENDORS = {
    "greenhouse": greenhouse.VENDOR,
    "lever": lever.VENDOR,
    "ashby": ashby.VENDOR,
    "smartrecruiters": smartrecruiters.VENDOR,
    "successfactors": successfactors.VENDOR,
    "workday": workday.VENDOR,
}


class UnknownVendor(DomainError):
    """This ATS cannot be connected yet."""

    code = "unknown_kind"
    status = 400


def vendor(kind: str) -> Vendor:
    """The vendor of this kind; raises UnknownVendor."""
    try:
        return VENDORS[kind]
    except KeyError as unknown:
        raise UnknownVendor(
            f"There is no connector for “{kind}” yet.", fields={"kind": f"One of {', '.join(VENDORS)}."}
        ) from unknown


def connector(kind: str, access: Access, *, lane: str = "sync", patience: float = 45.0) -> Connector:
    """A connector for one account. `lane` push goes before sync; `patience` is how long it may wait."""
    module, _, name = vendor(kind).path.rpartition(".")
    made: Connector = getattr(import_module(module), name)(access, lane=lane, patience=patience)
    return made
