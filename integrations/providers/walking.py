"""A walk over an account: lists in an order that meets parents first, each page a place to go on from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from integrations.providers.base import Forbidden, Page, Payload, Row


@dataclass(frozen=True, slots=True)
class Step:
    """One list of the walk, and the kind of record a missing right to it is said of."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What one request came to: pages of one kind each, and where the list goes on (blank = it ended).

    `date` is the vendor's clock; `marks` are what the next incremental walk starts from.
    """

    pages: tuple[Page, ...]
    cursor: str = ""
    date: str = ""
    marks: Payload = field(default_factory=dict)


def walk(
    steps: Sequence[Step], read: Callable[[Step, Payload], Listed], *, position: Payload
) -> Iterator[Page]:
    """All pages after `position`. Only the last page of a request moves the position.

    `read` gets the step and the place: `cursor` in this list, and `server_time` when the walk began.

    A list the credentials may not see is a warning and the walk goes on behind it.
    """
    place: Payload = {"step": 0, "cursor": "", "server_time": "", "marks": {}} | position
    place |= {"steps": len(steps)}
    while place["step"] < len(steps):
        step = steps[place["step"]]
        try:
            listed = read(step, place)
        except Forbidden as refusal:
            listed = Listed((Page(step.kind, (Row("", {}, warning=refusal.sentence),)),))
        beyond = place | {
            "cursor": listed.cursor,
            "step": place["step"] + (not listed.cursor),
            "server_time": place["server_time"] or listed.date,
            "marks": place["marks"] | listed.marks,
        }
        told = tuple(page for page in listed.pages if page.rows or page.gone or page.whole or page.expected)
        pages = told or (Page(step.kind, ()),)
        for page in pages[:-1]:
            yield replace(page, position=place)
        yield replace(pages[-1], position=beyond)
        place = beyond
