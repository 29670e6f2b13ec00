"""The two bodies of a mail: each made from the other when it is missing, with the same links in both."""

import html as markup
import re
from collections.abc import Mapping

import html2text
import nh3

_URL = re.compile(r"https?://[^\s<>\"'\[\]{}|\\^`]+")
_TRAILING = ".,;:!?)'"
_ANCHOR = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]*)(")')
_MARKDOWN_LINK = re.compile(r"\[([^\]]*)\]\(<?(\S+?)>?\)")
_PREFIXES = re.compile(r"^(?:\s*(?:re|aw|sv|fwd?|wg|tr|rép)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "img",
    "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align", "width"},
    "th": {"colspan", "rowspan", "align", "width"},
    "table": {"width", "align"},
}
_STYLED = {tag: {*_ATTRIBUTES.get(tag, ()), "style"} for tag in _TAGS}
_STYLES = {
    "background-color", "border", "border-radius", "color", "display", "font-family", "font-size",
    "font-style", "font-weight", "height", "line-height", "margin", "max-width", "padding", "text-align",
    "text-decoration", "width",
}  # fmt: skip


def clean_outgoing(html: str) -> str:
    """The HTML as it may be mailed: an allow-list of tags, attributes and style properties."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_STYLED,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        filter_style_properties=_STYLES,
    )


def clean_for_display(html: str) -> str:
    """Somebody else's HTML as it may stand in our page: no styles, no images, links that tell nothing."""
    attributes = {tag: names - {"src"} for tag, names in _ATTRIBUTES.items()}
    return nh3.clean(
        html,
        tags=_TAGS - {"img"},
        attributes=attributes,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def html_of(text: str) -> str:
    """Plain text as simple HTML: paragraphs, line breaks, links that can be followed."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "\n".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs)


def text_of(html: str) -> str:
    """HTML as people write plain text: no markup, each link behind its words."""
    reader = html2text.HTML2Text(bodywidth=0)
    reader.ignore_emphasis = reader.ignore_images = True
    reader.ul_item_mark = "-"
    reader.unicode_snob = True
    text = _MARKDOWN_LINK.sub(_link_in_words, reader.handle(html))
    lines = [line.rstrip() for line in text.replace("\\-", "-").replace("\\.", ".").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def links_of(html: str) -> list[str]:
    """Every address the mail leads to, once each, in the order of the mail."""
    return list(dict.fromkeys(markup.unescape(found[2]) for found in _ANCHOR.finditer(html)))


def redirect_html(html: str, targets: Mapping[str, str]) -> str:
    """The HTML with each known link replaced by its counting address."""

    def swap(found: re.Match[str]) -> str:
        target = targets.get(markup.unescape(found[2]))
        return f"{found[1]}{target}{found[3]}" if target else found[0]

    return _ANCHOR.sub(swap, html)


def redirect_text(text: str, targets: Mapping[str, str]) -> str:
    """The text with each known link replaced by its counting address."""

    def swap(found: re.Match[str]) -> str:
        url = found[0].rstrip(_TRAILING)
        return targets.get(url, url) + found[0][len(url) :]

    return _URL.sub(swap, text)


def honest_subject(subject: str, *, answers_them: bool) -> str:
    """“Re:” only before an answer to what the person wrote; a follow-up of ours keeps its bare subject."""
    bare = _PREFIXES.sub("", subject).strip()
    return f"Re: {bare}" if answers_them else bare


def _linked(paragraph: str) -> str:
    out, last = [], 0
    for found in _URL.finditer(paragraph):
        url = found[0].rstrip(_TRAILING)
        out.append(markup.escape(paragraph[last : found.start()]))
        out.append(f'<a href="{markup.escape(url)}">{markup.escape(url)}</a>')
        last = found.start() + len(url)
    out.append(markup.escape(paragraph[last:]))
    return "".join(out).replace("\n", "<br>\n")


def _link_in_words(found: re.Match[str]) -> str:
    label, url = found[1].strip(), found[2]
    return url if not label or label == url else f"{label} ({url})"


def clean_for_recipient(html: str, *, own_site: str) -> str:
    """A mail as its reader sees it inside our own page: pictures of our own site only, no styles."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        is_foreign = tag == "img" and attribute == "src" and not value.startswith(f"{own_site}/")
        return None if is_foreign else value

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    ).strip()
