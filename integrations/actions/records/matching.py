"""What a page is compared with: references, fingerprints, and the verdict per record."""

import dataclasses
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from crm.queries.merged import merged_into
from integrations.models import Connection, ExternalRef
from integrations.providers.base import CandidateRecord, Record, Row

_ENCODER = DjangoJSONEncoder()


@dataclass(frozen=True, slots=True)
class Fresh:
    """A record that is new or differs from what was read last."""

    row: Row
    record: Any
    ref: ExternalRef | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a record: created, changed, unchanged or skipped, and why."""

    verdict: str
    object_id: int | None = None
    warning: str = ""
    applied: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """What a page comes to: rows to insert, rows to update, and the outcome of each record."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def create(self, item: Fresh, pk: int, values: Mapping[str, Any]) -> None:
        self.new.append({**values, "id": pk})
        self.outcomes[item.row.external_id] = Outcome("created", pk)

    def compare(
        self, item: Fresh, row: Any, values: Mapping[str, Any], *, besides: Collection[str] = ()
    ) -> None:
        """Change the row when it differs in anything but the columns `besides`."""
        is_different = any(
            getattr(row, name) != value for name, value in values.items() if name not in besides
        )
        if is_different:
            self.changed.append({**values, "id": row.pk})
        self.outcomes[item.row.external_id] = Outcome("changed" if is_different else "unchanged", row.pk)

    def add(self, item: Fresh, row: Any, values: Mapping[str, Any]) -> None:
        """A record that is a column of the row and was not known before."""
        self.changed.append({**values, "id": row.pk})
        self.outcomes[item.row.external_id] = Outcome("created", row.pk)

    def skip(self, item: Fresh, why: str) -> None:
        self.outcomes[item.row.external_id] = Outcome("skipped", warning=why)

    @property
    def ids(self) -> list[int]:
        return [row["id"] for row in (*self.new, *self.changed)]

    @property
    def application_ids(self) -> set[int]:
        return {row["application_id"] for row in (*self.new, *self.changed)}


def fingerprint(record: Record) -> str:
    """The same for records that mean the same; when they were made or touched does not count."""
    kind: Any = type(record)
    values = {name: getattr(record, name) for name in _names(kind)}
    if not values.get("filled", True):
        del values["filled"]
    if not values.get("source", True) and isinstance(record, CandidateRecord):
        del values["source"]
    return hashlib.sha256(json.dumps(values, default=_plain, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=32)
def _names(kind: Any) -> tuple[str, ...]:
    silent = ("updated_at", "created_at", "said")
    return tuple(one.name for one in dataclasses.fields(kind) if one.name not in silent)


def _plain(value: Any) -> Any:
    """Parts of a record as JSON has them: times as Django writes them, so that old marks stay good."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return _ENCODER.default(value)


def refs_of(connection: Connection, kind: str, external_ids: Collection[str]) -> dict[str, ExternalRef]:
    """Known references by the vendor's id. One statement."""
    found = ExternalRef.objects.filter(connection=connection, kind=kind, external_id__in=list(external_ids))
    refs = {ref.external_id: ref for ref in found}
    if kind == ExternalRef.Kind.CANDIDATE:
        moved = merged_into({ref.object_id for ref in refs.values()})
        for ref in refs.values():
            ref.object_id = moved.get(ref.object_id, ref.object_id)
    return refs


def our_ids(connection: Connection, kind: str, external_ids: Collection[str]) -> dict[str, int]:
    """Our ids by the vendor's. One statement."""
    found = ExternalRef.objects.filter(connection=connection, kind=kind, external_id__in=list(external_ids))
    ids = dict(found.values_list("external_id", "object_id"))
    moved = merged_into(set(ids.values())) if kind == ExternalRef.Kind.CANDIDATE else {}
    return {external: moved.get(pk, pk) for external, pk in ids.items()}
