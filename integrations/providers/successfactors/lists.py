"""A list of an entity: what is asked, and one page of the answer. Pure."""

from dataclasses import dataclass, replace

from integrations.providers.base import Payload
from integrations.providers.successfactors import odata


@dataclass(frozen=True, slots=True)
class Query:
    """One list: what is asked of an entity, and the key its pages go by."""

    entity: str
    key: str
    select: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    size: int = 500
    key_is_text: bool = False

    def narrowed(self, *filters: str) -> "Query":
        return replace(self, filters=(*self.filters, *filter(None, filters)))

    def behind(self, last: str) -> "Query":
        """The rest of the list behind this key."""
        if not last:
            return self
        told = odata.literal(last) if self.key_is_text else f"{last}L"
        return replace(self, filters=(*self.filters, f"{self.key} gt {told}"))

    @property
    def params(self) -> dict[str, str]:
        joined = (
            " and ".join(f"({one})" for one in self.filters)
            if len(self.filters) > 1
            else "".join(self.filters)
        )
        told = {
            "$filter": joined,
            "$select": ",".join(self.select),
            "$expand": ",".join(self.expand),
            "$orderby": self.key,
        }
        return {"$format": "json"} | {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: rows, the link to the next as it came, how many there are in all, the server's clock."""

    rows: list[Payload]
    next: str
    total: int | None
    date: str
