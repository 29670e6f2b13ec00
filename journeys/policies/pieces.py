"""`{% snippet "key" %}` and `{% asset "key" %}` in a template: what they stand for is put in their place.

This happens before Liquid reads the source, once for each variant: a mail costs nothing more for it. Where a
piece was put in stays marked with its id, so that what a person really read can be told afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

_CALL = re.compile(r'{%-?\s*(snippet|asset)\s+"([A-Za-z0-9_-]+)"(?:\s+(link|title|summary|url))?\s*-?%}')
_BLOCK = re.compile(r"<p>\s*(" + _CALL.pattern + r")\s*</p>")
_HAS_MARKUP = re.compile(r"<(p|div|table|br|ul|ol|h[1-4])\b", re.IGNORECASE)
_OPENING = re.compile(r"\s*<(p|div|h[1-4])\b[^>]*>", re.IGNORECASE)
# Signs nobody writes: the id of a piece stands between two of them where it was put in.
_MARK = "\ue001"
_MARKED = re.compile(f"{_MARK}(\\d+){_MARK}")
DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Words:
    """A piece as it is put in: a snippet has a body, an asset a title, an address, a summary, a picture."""

    id: int
    is_snippet: bool
    title: str
    body: str
    url: str = ""
    image_url: str = ""


Find = Callable[[str], Words | None]


def keys_in(source: str) -> tuple[str, ...]:
    """The keys of the pieces a source calls, each once."""
    return tuple(dict.fromkeys(found[2] for found in _CALL.finditer(source)))


def without_calls(source: str) -> str:
    """The source as Liquid alone may read it."""
    return _CALL.sub("", source)


def has_markup(source: str) -> bool:
    """Whether somebody wrote HTML and not plain paragraphs."""
    return bool(_HAS_MARKUP.search(source))


def expand(source: str, find: Find, *, deep: int = DEEPEST) -> str:
    """The source with every piece in its place. An unknown one becomes a value that is missing."""
    is_html = has_markup(source)

    def put(found: re.Match[str], *, is_block: bool = False) -> str:
        kind, key, part = found[1], found[2], found[3]
        piece = find(key)
        if piece is None or deep == 0 or piece.is_snippet != (kind == "snippet"):
            return f"{{{{ {kind}.{key} }}}}"
        words = _words(piece, part, is_html=is_html, is_block=is_block)
        opening = _OPENING.match(words)
        at = opening.end() if opening else 0
        return expand(f"{words[:at]}{_MARK}{piece.id}{_MARK}{words[at:]}", find, deep=deep - 1)

    def put_block(found: re.Match[str]) -> str:
        call = _CALL.fullmatch(found[1])
        assert call is not None
        words = put(call, is_block=True)
        return words if has_markup(words) else f"<p>{words}</p>"

    return _CALL.sub(put, _BLOCK.sub(put_block, source)) if "{%" in source else source


def taken_out(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without marks, and the pieces it shows."""
    if _MARK not in text:
        return text, ()
    shown = tuple(dict.fromkeys(int(found[1]) for found in _MARKED.finditer(text)))
    return _MARKED.sub("", text), shown


def _words(piece: Words, part: str | None, *, is_html: bool, is_block: bool) -> str:
    if piece.is_snippet:
        return _snippet(piece.body, is_html=is_html, is_block=is_block)
    if part in ("title", "url", "summary"):
        said = {"title": piece.title, "url": piece.url, "summary": piece.body}[part]
        return escape(said) if is_html else said
    return _asset_html(piece, part, is_block) if is_html else _asset_text(piece, part)


def _snippet(body: str, *, is_html: bool, is_block: bool) -> str:
    if not is_html or has_markup(body):
        return body
    paragraphs = [escape(one, quote=False) for one in re.split(r"\n\s*\n", body.strip())]
    # Merge fields keep what escaping would have made of the signs in them.
    plain = [re.sub(r"{[{%].*?[%}]}", lambda tag: _unescaped(tag[0]), one) for one in paragraphs]
    inside = [one.replace("\n", "<br>\n") for one in plain]
    return "".join(f"<p>{one}</p>" for one in inside) if is_block else "<br><br>".join(inside)


def _asset_html(piece: Words, part: str | None, is_block: bool) -> str:
    title = escape(piece.title)
    link = f'<a href="{escape(piece.url)}">{title}</a>' if piece.url else title
    if part == "link":
        return link
    picture = f'<img src="{escape(piece.image_url)}" alt="" width="560">' if piece.image_url else ""
    rest = f"<br>{escape(piece.body)}" if piece.body else ""
    if not is_block:
        return f"<strong>{link}</strong>{rest}"
    return (f"<p>{picture}</p>" if picture else "") + f"<p><strong>{link}</strong>{rest}</p>"


def _asset_text(piece: Words, part: str | None) -> str:
    link = f"[{piece.title}]({piece.url})" if piece.url else piece.title
    return f"{link}\n{piece.body}" if piece.body and part != "link" else link


def _unescaped(tag: str) -> str:
    return tag.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
