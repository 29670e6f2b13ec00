"""Merge fields: Liquid with plain values, no loops, no files; a missing value is named, never printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any, TextIO

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin import content, illegal
from liquid.builtin.filters import misc, string
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags import case_tag, comment_tag, if_tag, unless_tag
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string
from liquid.undefined import Undefined
from markupsafe import Markup

from crm.policies.mail_text import clean_outgoing, text_of
from journeys.policies import pieces, quick_filling

_TAG = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
_LINK = re.compile(r"\[([^\]\[]+)\]\(([^)\s]+|{{.*?}})\)")
_BULLET = re.compile(r"^\s*[-*]\s+")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_MISSING = "missing values"
# A sign nobody writes: stands for a merge field while the HTML around it is cleaned.
_MARK = "\ue000"
_IN_ATTRIBUTE = re.compile(f"<[^>]*{_MARK}")
MAX_SOURCE = 60_000


@dataclass(frozen=True, slots=True)
class Content:
    """A template's words as written."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one person would read; with anything missing it must not be sent."""

    subject: str
    text: str
    html: str
    missing: tuple[str, ...] = ()
    pieces: tuple[int, ...] = ()


class Unrenderable(ValueError):
    """The template cannot be filled in with these values."""


def render(template: Content, values: Mapping[str, Any]) -> Rendered:
    """Fill in the values. The same template and values always give the same bytes. Raises Unrenderable."""
    missing: list[str] = []
    try:
        subject = _fill(template.subject, values, missing, is_html=False)
        text = _fill(_as_text(template.body), values, missing, is_html=False)
        html, shown = pieces.taken_out(_fill_html(template.body, values))
    except LiquidError as broken:
        raise Unrenderable(str(broken).splitlines()[0]) from broken
    text, _ = pieces.taken_out(text.strip())
    return Rendered(" ".join(subject.split()), text, html, tuple(dict.fromkeys(missing)), shown)


def fill_text(source: str, values: Mapping[str, Any]) -> str:
    """One line such as a task's title; what is missing is left out, what cannot be read stays as written."""
    try:
        return " ".join(_fill(source, values, [], is_html=False).split())
    except LiquidError:
        return source


def fields_of(template: Content) -> tuple[str, ...]:
    """The merge fields a template uses, such as `candidate.first_name`."""
    found: dict[str, None] = {}
    for source in (template.subject, template.body):
        found.update(dict.fromkeys(_compiled(pieces.without_calls(source), False).global_variable_paths()))
    return tuple(sorted(found))


def fault_in(template: Content) -> str:
    """What is wrong with the template's syntax, in words; empty when it can be read."""
    if len(template.body) > MAX_SOURCE:
        return f"The text may have {MAX_SOURCE} characters."
    try:
        fields_of(template)
        _compiled(pieces.without_calls(as_html(template.body)), True)
        for source in (template.subject, pieces.without_calls(template.body)):
            if unknown := set(_compiled(source, False).filter_names()) - set(_ENVIRONMENTS[False].filters):
                return f"There is no filter “{min(unknown)}”."
    except LiquidError as error:
        return str(error).splitlines()[0]
    return ""


def _fill_html(body: str, values: Mapping[str, Any]) -> str:
    """The HTML part, as it may be mailed. What the author wrote is cleaned once where that is enough."""
    spoken = {**values, "jobs": _as_list(jobs)} if (jobs := values.get("jobs")) else values
    cleaned = _cleaned(body)
    if cleaned is not None:
        return _fill(cleaned, spoken, [], is_html=True).strip()
    return clean_outgoing(_fill(as_html(body), spoken, [], is_html=True).strip())


def _as_list(lines: str) -> Markup:
    """Lines that begin with a dash as a list: the one value that is more than a text."""
    items = [_BULLET.sub("", line) for line in str(lines).splitlines() if line.strip()]
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(one) for one in items))


@lru_cache(maxsize=1024)
def _cleaned(body: str) -> str | None:
    """The source with clean HTML around its merge fields; None where a value may become more than text.

    Values are escaped, so between tags they stay text. In an attribute, or under a condition that may cut
    through markup, only the filled in mail can be cleaned.
    """
    source = as_html(body).replace("<p>{{ jobs }}</p>", "<div>{{ jobs }}</div>")
    fields = _TAG.findall(source)
    if "{%" in source or _MARK in source:
        return None
    for number, found in enumerate(fields):
        source = source.replace(found, f"{_MARK}{number}{_MARK}", 1)
    cleaned = clean_outgoing(source)
    if _IN_ATTRIBUTE.search(cleaned):
        return None
    return re.sub(f"{_MARK}(\\d+){_MARK}", lambda mark: fields[int(mark[1])], cleaned)


@lru_cache(maxsize=1024)
def as_html(body: str) -> str:
    """Plain paragraphs as HTML: blank lines part them, `- ` makes a list, links and **bold** are kept."""
    if pieces.has_markup(body):
        return body
    blocks = [block for block in re.split(r"\n\s*\n", body.strip()) if block.strip()]
    return "\n".join(_block(block) for block in blocks)


def _fill(source: str, values: Mapping[str, Any], missing: list[str], *, is_html: bool) -> str:
    template, pattern = _compiled(source, is_html), _pattern(source, is_html)
    quick = None if pattern is None else quick_filling.fill(pattern, values, missing, is_html=is_html)
    if quick is not None:
        return quick
    context = RenderContext(template, globals=dict(values))
    context.tag_namespace[_MISSING] = missing
    buffer = StringIO()
    template.render_with_context(context, buffer)
    return buffer.getvalue()


class _CheckedNode(OutputNode):
    """An output that notes when it has nothing to say."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        if value is None or isinstance(value, Undefined) or not str(value).strip():
            context.tag_namespace[_MISSING].append(str(self.expression))
            return 0
        return buffer.write(to_liquid_string(value, context.autoescape))


class _CheckedOutput(Output):
    node_class = _CheckedNode


class _Liquid(Environment):
    """Only what a mail needs: conditions, comments, and filters that shape a text."""

    block_nesting_limit = 6
    output_stream_limit = 200_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (content.Literal, _CheckedOutput, illegal.Illegal, if_tag.IfTag, unless_tag.UnlessTag):
            self.add_tag(tag)
        self.add_tag(case_tag.CaseTag)
        self.add_tag(comment_tag.CommentTag)
        self.add_filter("default", misc.default)
        self.add_filter("date", misc.date)
        for name in ("capitalize", "downcase", "upcase", "strip", "truncate", "truncatewords"):
            self.add_filter(name, getattr(string, name))


_ENVIRONMENTS = {False: _Liquid(autoescape=False), True: _Liquid(autoescape=True)}


@lru_cache(maxsize=2048)
def _pattern(source: str, is_html: bool) -> quick_filling.Pattern | None:
    return quick_filling.pattern_of(_compiled(source, is_html))


@lru_cache(maxsize=2048)
def _compiled(source: str, is_html: bool) -> BoundTemplate:
    return _ENVIRONMENTS[is_html].from_string(source)


@lru_cache(maxsize=1024)
def _as_text(body: str) -> str:
    """The source of the text part: links show their address."""
    if pieces.has_markup(body):
        return _text_of_html(body)
    return _STRONG.sub(r"\1", _LINK.sub(r"\1: \2", body))


def _text_of_html(body: str) -> str:
    """HTML as plain text, its merge fields kept: made once for each wording and not for each mail."""
    fields = _TAG.findall(body)
    for number, found in enumerate(fields):
        body = body.replace(found, f"{_MARK}{number}{_MARK}", 1)
    return re.sub(f"{_MARK}(\\d+){_MARK}", lambda mark: fields[int(mark[1])], _HEADING.sub("", text_of(body)))


def _block(block: str) -> str:
    lines = block.strip().splitlines()
    if all(_BULLET.match(line) for line in lines):
        items = "".join(f"<li>{_inline(_BULLET.sub('', line))}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return "<p>" + "<br>\n".join(_inline(line) for line in lines) + "</p>"


def _inline(line: str) -> str:
    """Escape what the author wrote, but leave merge fields for Liquid, which escapes the values."""
    parts: list[str] = []
    position = 0
    for found in _LINK.finditer(line):
        parts.append(_strong(_escape(line[position : found.start()])))
        parts.append(f'<a href="{_escape(found[2])}">{_escape(found[1])}</a>')
        position = found.end()
    parts.append(_strong(_escape(line[position:])))
    return "".join(parts)


def _strong(text: str) -> str:
    return _STRONG.sub(r"<strong>\1</strong>", text)


def _escape(text: str) -> str:
    parts: list[str] = []
    position = 0
    for found in _TAG.finditer(text):
        parts.append(_escape_plain(text[position : found.start()]))
        parts.append(found[0])
        position = found.end()
    parts.append(_escape_plain(text[position:]))
    return "".join(parts)


def _escape_plain(text: str) -> str:
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, entity)
    return text
