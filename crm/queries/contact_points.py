"""The ways to reach a person, as a page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.models import Candidate, ContactPoint
from crm.policies import contact_points

POINT = ("id", "kind", "value", "normalized", "is_primary", "bounced_at", "label")
_ICONS = {"email": "mail", "phone": "phone", "link": "link"}
_SCHEMES = {"email": "mailto:", "phone": "tel:", "link": "https://"}


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to reach somebody: what is shown, where it leads, what it is called."""

    id: int
    kind: str
    normalized: str
    shown: str
    label: str
    is_primary: bool
    bounced_at: Any

    @property
    def icon(self) -> str:
        return _ICONS.get(self.kind, "hash")

    @property
    def href(self) -> str:
        scheme = _SCHEMES.get(self.kind)
        return f"{scheme}{self.normalized}" if scheme else ""

    @property
    def may_be_primary(self) -> bool:
        return not self.is_primary and self.kind in _SCHEMES


def reaches(rows: Iterable[Mapping[str, Any]], *, home: str) -> list[Reach]:
    """The rows as shown to somebody in this country."""
    return [_reach(row, home) for row in rows]


def reaches_of(candidate: Candidate, *, home: str) -> list[Reach]:
    """Every way to reach this person, by kind, the primary one first. One statement."""
    points = ContactPoint.objects.filter(candidate=candidate).order_by("kind", "-is_primary", "pk")
    return reaches(points.values(*POINT), home=home)


def _reach(row: Mapping[str, Any], home: str) -> Reach:
    kind, normalized = row["kind"], row["normalized"]
    shown = {"email": normalized, "link": normalized}.get(kind, row["value"])
    if kind == ContactPoint.Kind.PHONE:
        shown = contact_points.phone_shown(normalized, home)
    site = contact_points.site_of(normalized) if kind == ContactPoint.Kind.LINK else ""
    return Reach(
        row["id"], kind, normalized, shown, row["label"] or site, row["is_primary"], row["bounced_at"]
    )
