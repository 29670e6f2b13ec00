"""The views a member can open the candidate list with."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import Exists, OuterRef, Q, QuerySet

from crm.models import DefaultView, SavedView


@dataclass(frozen=True, slots=True)
class Shelf:
    """The views on offer, the default one among them, and the one that is open."""

    mine: list[SavedView]
    shared: list[SavedView]
    default: SavedView | None
    opened: SavedView | None


def visible_to(user_id: int) -> QuerySet[SavedView]:
    """One's own and the shared ones, by name; `is_default` says which opens by itself."""
    default = DefaultView.objects.filter(user_id=user_id, view_id=OuterRef("pk"))
    found = SavedView.objects.filter(Q(owner_id=user_id) | Q(is_shared=True))
    return found.annotate(is_default=Exists(default)).select_related("owner").order_by("name", "pk")


def shelf(user_id: int, *, opened: str, is_bare: bool) -> Shelf:
    """The views, and which one is open: asked for, or the default of a bare address. One statement."""
    views = list(visible_to(user_id)[:300])
    default = next((view for view in views if view.is_default), None)  # type: ignore[attr-defined]
    asked = next((view for view in views if str(view.pk) == opened), None)
    return Shelf(
        mine=[view for view in views if view.owner_id == user_id],
        shared=[view for view in views if view.owner_id != user_id],
        default=default,
        opened=asked or (default if is_bare else None),
    )


def rules_of_query(query: str) -> Any:
    """The rules in a list's query string; None without any that can be read."""
    try:
        return json.loads(dict(parse_qsl(query)).get("rules", "null"))
    except ValueError:
        return None
