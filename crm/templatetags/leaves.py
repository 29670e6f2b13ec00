"""Components that stand on a page by the hundred: Python draws them, for a template each would take half of
the time the page has. In a page they are called like all others; their props are the arguments."""

import zlib
from collections.abc import Callable
from inspect import signature
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Leaf = Callable[..., SafeString]
LEAVES: dict[str, Leaf] = {}


def leaf(draw: Leaf) -> Leaf:
    """Make it a component of its own name."""
    LEAVES[draw.__name__] = draw
    return draw


def props_of(draw: Leaf) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The props it needs, and those it can do without."""
    taken = signature(draw).parameters.values()
    required = tuple(one.name for one in taken if one.default is one.empty)
    return required, tuple(one.name for one in taken if one.name not in required)


def initials(name: str) -> str:
    """AL for Ada Lovelace or Ada King Lovelace, A for Ada."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def tint(name: str) -> int:
    """Which of the six avatar tints a name always gets."""
    return zlib.crc32(str(name).encode()) % 6


@leaf
def avatar(name: str, size: str = "", square: bool = False) -> SafeString:
    """Initials on a tint. It says nothing the name beside it does not say."""
    classes = f"avatar avatar-{tint(name)}"
    classes += f" avatar-{escape(size)}" if size else ""
    classes += " avatar-square" if square else ""
    return _safe(f'<span class="{classes}" aria-hidden="true">{escape(initials(name))}</span>')


@leaf
def person(name: str, href: str = "", panel: bool = False, detail: Any = "") -> SafeString:
    """A name with its initials. With `href` a link; with `panel` it opens beside the list, and the whole
    row leads there."""
    label = escape(name)
    if href:
        link = escape(href)
        opens = f' hx-get="{link}" hx-target="#panel"' if panel else ""
        named = f'<a class="row-link person-name" href="{link}"{opens}>{label}</a>'
    else:
        named = f'<span class="person-name">{label}</span>'
    below = f' <span class="text-faint text-xs">{escape(detail)}</span>' if detail else ""
    return _safe(f'<span class="person">{avatar(name)}<span class="min-w-0">{named}{below}</span></span>')


@leaf
def row_check(label: str, value: Any = "") -> SafeString:
    """The first cell of a row inside bulk; without `value` it is the head's "all on this page"."""
    if value == "":
        return _safe(
            f'<th scope="col" class="check">'
            f'<input type="checkbox" aria-label="{escape(label)}" data-all-rows></th>'
        )
    return _safe(
        f'<td class="check"><input type="checkbox" name="ids" value="{escape(value)}"'
        f' aria-label="{escape(label)}"></td>'
    )


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - every prop is escaped above
