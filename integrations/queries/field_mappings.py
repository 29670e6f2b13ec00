"""The fields of an ATS as its records tell them, what each fills, and how real values fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.models import CustomField
from crm.policies import import_mapping
from crm.queries.people import custom_fields
from integrations.models import Connection, ExternalRef, FieldMapping, RawRecord
from integrations.policies import field_targets
from integrations.policies.field_targets import NEW, SAID, TOLD, Reading
from integrations.policies.payload_fields import Told, fields_of

SAMPLE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the ATS."""

    record: str
    field: str
    label: str
    target: str
    default: str
    value: str
    becomes: str
    # How many of the records looked at have it, and why some do not fit.
    filled: int
    misfit: str
    is_suggested: bool
    is_own: bool
    kind: str

    @property
    def key(self) -> str:
        return f"{self.record}:{self.field}"

    @property
    def state(self) -> str:
        """default, suggested, chosen or left_out."""
        if self.is_suggested:
            return "suggested"
        if self.target == self.default:
            return "default" if self.default else "left_out"
        return "chosen" if self.target else "left_out"


@dataclass(frozen=True, slots=True)
class Section:
    """The fields of one kind of record, seen at one record of it."""

    record: str
    title: str
    options: Sequence[tuple[str, str]]
    lines: Sequence[Line]
    about: str
    looked_at: int

    @property
    def shown(self) -> list[Line]:
        """Those a person decides about: read by the connector, made up by the customer, or mapped."""
        return [line for line in self.lines if line.default or line.is_own or line.target]

    @property
    def folded(self) -> list[Line]:
        return [line for line in self.lines if line not in self.shown]


TITLES = {"candidate": "Candidates", "application": "Applications", "requisition": "Jobs"}


def sections(
    connection: Connection,
    reads: Sequence[Reading],
    *,
    chosen: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    at: int = 0,
) -> list[Section]:
    """Every field that records read so far tell, by kind; `chosen` stands for what is stored.

    `faults` are what was refused of it, by key. `at` says at which of the records looked at values are
    shown. A few statements a kind.
    """
    own = custom_fields()
    stored = {
        f"{row.record}:{row.field}": row.target for row in FieldMapping.objects.filter(connection=connection)
    }
    return [
        _Sheet(
            connection,
            record,
            [one for one in reads if one.record == record],
            own,
            stored,
            chosen,
            faults or {},
            at,
        ).section()
        for record in TITLES
    ]


@dataclass(slots=True)
class _Sheet:
    """One kind of record while its fields are laid out."""

    connection: Connection
    record: str
    reads: Sequence[Reading]
    own: Mapping[str, CustomField]
    stored: Mapping[str, str]
    chosen: Mapping[str, str] | None
    faults: Mapping[str, str]
    at: int
    payloads: list[Mapping[str, Told]] = field(default_factory=list)
    said: list[Mapping[str, Any]] = field(default_factory=list)

    def section(self) -> Section:
        self._look()
        words = field_targets.targets(self.record, self.own)
        more = [(NEW, "New field of our own")] if self.record != "requisition" else []
        shown = self.said[self.at] if self.said else {}
        names = (str(shown.get(name) or "") for name in ("first_name", "last_name", "title"))
        return Section(
            record=self.record,
            title=TITLES[self.record],
            options=[("", "Leave out"), *words.items(), *more],
            lines=[*(self._read(one) for one in self.reads), *self._others()],
            about=" ".join(filter(None, names)),
            looked_at=len(self.said),
        )

    def _look(self) -> None:
        """The records looked at, by the index of their ids, and what was taken over from each."""
        raws = RawRecord.objects.filter(connection=self.connection, kind=self.record)
        kept = list(raws.order_by("-external_id")[:SAMPLE])
        refs = ExternalRef.objects.filter(
            connection=self.connection, kind=self.record, external_id__in=[raw.external_id for raw in kept]
        )
        applied = {ref.external_id: ref.applied | (ref.applied.get("said") or {}) for ref in refs}
        kept = [raw for raw in kept if raw.external_id in applied]
        self.payloads = [fields_of(raw.read()) for raw in kept]
        self.said = [applied[raw.external_id] for raw in kept]
        self.at = self.at % len(kept) if kept else 0

    def _read(self, one: Reading) -> Line:
        """What the connector reads itself; where nobody kept what it said, the payload tells."""
        values = [
            said.get(one.name) or (told[one.path].value if one.path in told else None)
            for said, told in zip(self.said, self.payloads, strict=True)
        ]
        return self._line(f"{SAID}{one.name}", one.label, values, default=one.name, is_own=False)

    def _others(self) -> list[Line]:
        """Fields only the payload has; those the customer made up first."""
        read = {one.path for one in self.reads}
        known = {
            path: told for told_of in self.payloads for path, told in told_of.items() if path not in read
        }
        lines = [
            self._line(
                f"{TOLD}{path}",
                told.label,
                [one[path].value if path in one else None for one in self.payloads],
                default="",
                is_own=told.is_own,
            )
            for path, told in known.items()
        ]
        return sorted(lines, key=lambda line: (not line.is_own, not line.target, line.label.casefold()))

    def _line(self, name: str, label: str, values: list[Any], *, default: str, is_own: bool) -> Line:
        key = f"{self.record}:{name}"
        present = [value for value in values if value not in (None, "", [])]
        held = self.stored.get(key, default)
        suggested = self._suggestion(label, present) if is_own and not held and self.chosen is None else ""
        target = (self.chosen or {}).get(key, held or suggested)
        value = values[self.at] if values else None
        return Line(
            record=self.record,
            field=name,
            label=label,
            target=target,
            default=default,
            value=_shown(value),
            becomes=self._becomes(target, value),
            filled=len(present),
            misfit=self.faults.get(key) or self._misfit(target, present),
            is_suggested=bool(suggested),
            is_own=is_own,
            kind=field_targets.kind_of(present),
        )

    def _suggestion(self, label: str, present: list[Any]) -> str:
        """By its name, where every value looked at fits and nothing is stored for that field yet."""
        labels = {key: one.label for key, one in self.own.items()}
        guess = import_mapping.guess([label], labels)[label]
        is_free = guess not in self.stored.values() and guess not in {one.name for one in self.reads}
        is_known = guess in field_targets.targets(self.record, self.own)
        return guess if is_known and is_free and not self._misfit(guess, present) else ""

    def _becomes(self, target: str, value: Any) -> str:
        try:
            return _shown(self._clean(target, value)) if target not in ("", NEW) else ""
        except ValueError:
            return ""

    def _misfit(self, target: str, values: list[Any]) -> str:
        """Why some values cannot be in that field, in the words of the first, and how many they are."""
        wrong: list[str] = []
        for value in values if target not in ("", NEW) else ():
            try:
                self._clean(target, value)
            except ValueError as fault:
                wrong.append(str(fault))
        return f"{len(wrong)} of {len(values)} do not fit. {wrong[0]}" if wrong else ""

    def _clean(self, target: str, value: Any) -> Any:
        clean = field_targets.cleaner(self.record, target, self.own)
        return clean(value) if clean else value


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
