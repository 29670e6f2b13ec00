"""The vendor's stages under ours: defaults by name, listed when nobody can say."""

from collections import Counter
from collections.abc import Sequence

from crm.actions import rowsets
from integrations.models import Connection, StageMapping
from integrations.policies import hiring_words
from integrations.providers import registry
from integrations.providers.base import Vendor


def canonical_stages(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """Our stage for each vendor stage, blank while unmapped. New names are added with their default."""
    seen = Counter(name[:120] for name in names)
    mapped = dict(
        StageMapping.objects.filter(connection=connection, vendor_stage__in=list(seen)).values_list(
            "vendor_stage", "stage"
        )
    )
    vendor = registry.vendor(connection.kind)
    fresh = {name: _default(vendor, name) for name in seen if name not in mapped}
    rowsets.insert(
        StageMapping,
        [
            {
                "connection_id": connection.pk,
                "vendor_stage": name,
                "stage": stage,
                "is_default": True,
                "seen": 0,
            }
            for name, stage in fresh.items()
        ],
    )
    return fresh | mapped


def _default(vendor: Vendor, name: str) -> str:
    """By the vendor's own list, by the words of the stage, by the list for the status before a colon."""
    status, colon, detail = name.partition(": ")
    return vendor.stage(name) or hiring_words.stage(detail if colon else name) or vendor.stage(status)
