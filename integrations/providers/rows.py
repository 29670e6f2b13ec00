"""Payloads into rows: a bad record is a warning, one that is not ours to keep is skipped, no page stops."""

from collections.abc import Callable, Iterable

from integrations.providers.base import Page, Payload, Record, Row


class Unreadable(ValueError):
    """A field this record cannot do without is missing or has another shape."""


class Skipped(Exception):
    """A record that is not ours to keep; the text is the reason."""


def page_of(
    kind: str, payloads: Iterable[Payload], read: Callable[[Payload], Record], *, identity: str = "id"
) -> Page:
    """A page of one kind; the position is filled in by whoever walks."""
    return Page(kind, tuple(row_of(payload, read, identity=identity) for payload in payloads))


def row_of(payload: Payload, read: Callable[[Payload], Record], *, identity: str = "id") -> Row:
    """The payload with its record, or the reason there is none."""
    if not isinstance(payload, dict):
        return Row("", {}, warning="A record is not an object.")
    number = str(payload.get(identity) or "")
    try:
        record = read(payload)
    except Skipped as reason:
        return Row(number, payload, skipped=str(reason))
    except Unreadable as fault:
        return Row(number, payload, warning=str(fault))
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as fault:
        # A shape nobody foresaw, anywhere inside the payload.
        return Row(number, payload, warning=f"unexpected shape ({type(fault).__name__})")
    return Row(record.external_id, payload, record=record)


def derived(records: Iterable[Record]) -> tuple[Row, ...]:
    """Records that are part of a payload kept under another kind: it is not kept twice."""
    return tuple(Row(record.external_id, {}, record=record) for record in records)
