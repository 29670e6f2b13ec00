"""Which fields this customer's templates have: read from $metadata, because every tenant's differ. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from integrations.providers.base import Payload
from integrations.providers.rows import Unreadable

# More would make every answer heavy.
MOST_OWN = 40


@dataclass(frozen=True, slots=True)
class Schema:
    """Properties with their labels and navigations of each entity; an entity nobody told of has them all."""

    properties: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    navigations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Fields and sets the tenant says cannot be written.
    locked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        return bool(self.properties)

    def has(self, entity: str, name: str) -> bool:
        """Whether a field or navigation may be asked for."""
        if entity not in self.properties:
            return not self.is_known
        return name in self.properties[entity] or name in self.navigations.get(entity, ())

    def knows(self, entity: str) -> bool:
        return not self.is_known or entity in self.properties

    def only(self, entity: str, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that exist; of “jobReqLocale/jobTitle” the part before the stroke decides."""
        return tuple(name for name in names if self.has(entity, name.partition("/")[0]))

    def named_like(self, entity: str, word: str) -> tuple[str, ...]:
        """Custom fields of the templates whose name or label has this word in it."""
        held = self.properties.get(entity, {})
        return tuple(
            name
            for name, label in held.items()
            if name.startswith("cust") and word in f"{name} {label}".casefold()
        )

    def own(self, entity: str) -> tuple[str, ...]:
        """Custom fields of the templates, which may be mapped; a bounded number of them."""
        return tuple(name for name in self.properties.get(entity, {}) if name.startswith("cust"))[:MOST_OWN]

    def can_write(self, entity: str, name: str = "") -> bool:
        """Whether nothing speaks against writing the field, or the whole entity when none is named."""
        locked = self.locked.get(entity, ())
        return (
            self.knows(entity)
            and "" not in locked
            and (not name or self.has(entity, name))
            and name not in locked
        )

    def plain(self) -> Payload:
        """As it rests in the cache."""
        return {"properties": self.properties, "navigations": self.navigations, "locked": self.locked}


def restored(plain: Mapping[str, Any]) -> Schema:
    return Schema(**{name: plain[name] for name in ("properties", "navigations", "locked")})


def read(document: bytes) -> Schema:
    """The schema of an EDMX document. Raises Unreadable when it is something else."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as fault:
        raise Unreadable("the metadata is not XML") from fault
    properties: dict[str, dict[str, str]] = {}
    navigations: dict[str, tuple[str, ...]] = {}
    locked: dict[str, tuple[str, ...]] = {}
    for element in root.iter("{*}EntityType"):
        name = str(element.get("Name"))
        held = list(element.iterchildren("{*}Property"))
        properties[name] = {str(one.get("Name")): _told(one, "label") for one in held}
        navigations[name] = tuple(
            str(one.get("Name")) for one in element.iterchildren("{*}NavigationProperty")
        )
        locked[name] = tuple(str(one.get("Name")) for one in held if _told(one, "upsertable") == "false")
    for element in root.iter("{*}EntitySet"):
        name = str(element.get("Name"))
        if _told(element, "upsertable") == "false" and _told(element, "creatable") != "true":
            locked[name] = (*locked.get(name, ()), "")
    return Schema(properties, navigations, locked)


def _told(element: etree._Element, name: str) -> str:
    """An attribute in SAP's namespace, or in none."""
    return next(
        (str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), ""
    )
