"""Components with declared props and slots; a prop or slot nobody declared is a template error.

In `templates/components/button.html`:   {% props label href="" variant="secondary" *attrs %}
In a page:                               {% component "button" label="Save" variant="primary" hx-get=url %}
With slots (`{% slots default actions %}`):
    {% wrap "card" title="Pools" %}body{% fill "actions" %}…{% endfill %}{% endwrap %}
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django import template
from django.forms import BoundField, CheckboxInput
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.template import Context, Engine, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString

register = template.Library()

ARGUMENT = re.compile(r"^([A-Za-z][\w:.-]*)=(.+)$", re.DOTALL)
# What any component that takes `*attrs` passes on to its element.
ATTRIBUTE = re.compile(r"^((hx|data|aria|x)-[\w:.-]+|formaction|formmethod)$")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a component takes: props without a default are required."""

    required: tuple[str, ...] = ()
    optional: Mapping[str, FilterExpression] = field(default_factory=dict)
    slots: tuple[str, ...] = ()
    takes_attributes: bool = False

    def refusal(self, props: set[str], attributes: set[str], slots: set[str]) -> str:
        """Why these arguments cannot be used, or an empty string."""
        if unknown := sorted(props - {*self.required, *self.optional}):
            return f"unknown prop {', '.join(unknown)}"
        if missing := sorted(set(self.required) - props):
            return f"missing prop {', '.join(missing)}"
        if attributes and not self.takes_attributes:
            return f"takes no attributes, got {', '.join(sorted(attributes))}"
        if unknown := sorted(slots - set(self.slots)):
            return f"unknown slot {', '.join(unknown)}"
        return ""


class PropsNode(Node):
    def __init__(
        self, required: tuple[str, ...], optional: dict[str, FilterExpression], *, attrs: bool
    ) -> None:
        self.required, self.optional, self.takes_attributes = required, optional, attrs

    def render(self, context: Context) -> SafeString:
        for name, default in self.optional.items():
            if name not in context:
                context[name] = default.resolve(context)
        return SafeString("")


class SlotsNode(Node):
    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def render(self, context: Context) -> SafeString:
        return SafeString("")


class FillNode(Node):
    """Holds a slot's content; its component takes it out before anything renders."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        raise TemplateSyntaxError(f'{{% fill "{self.name}" %}} stands outside a {{% wrap %}}.')


class ComponentNode(Node):
    def __init__(
        self,
        name: str,
        props: dict[str, FilterExpression],
        attributes: dict[str, FilterExpression],
        fills: dict[str, NodeList],
    ) -> None:
        self.name, self.props, self.attributes, self.fills = name, props, attributes, fills

    def render(self, context: Context) -> SafeString:
        """The component sees its props, its slots and the request, and nothing else of the page."""
        attributes = {name: value.resolve(context) for name, value in self.attributes.items()}
        values: dict[str, Any] = {name: value.resolve(context) for name, value in self.props.items()}
        values["slots"] = {
            name: SafeString(nodelist.render(context).strip()) for name, nodelist in self.fills.items()
        }
        values["attrs"] = flatatt(
            {name: value for name, value in attributes.items() if value not in (None, False)}
        )
        for name in ("request", "csrf_token"):
            values[name] = context.get(name)
        return _template(self.name).render(context.new(values))


def declaration(name: str) -> Declaration:
    """What the component in `templates/components/<name>.html` declares."""
    nodes = _template(name).nodelist
    props = cast(list[PropsNode], nodes.get_nodes_by_type(PropsNode))
    slots = cast(list[SlotsNode], nodes.get_nodes_by_type(SlotsNode))
    if not props:
        raise TemplateSyntaxError(f'Component "{name}" declares no {{% props %}}.')
    return Declaration(
        required=props[0].required,
        optional=props[0].optional,
        slots=slots[0].names if slots else (),
        takes_attributes=props[0].takes_attributes,
    )


@register.tag
def props(parser: Parser, token: Token) -> PropsNode:
    bits = token.split_contents()[1:]
    pairs = [ARGUMENT.match(bit) for bit in bits]
    optional = {pair[1]: parser.compile_filter(pair[2]) for pair in pairs if pair}
    required = tuple(bit for bit, pair in zip(bits, pairs, strict=True) if not pair and bit != "*attrs")
    return PropsNode(required, optional, attrs="*attrs" in bits)


@register.tag
def slots(parser: Parser, token: Token) -> SlotsNode:
    return SlotsNode(tuple(token.split_contents()[1:]))


@register.tag
def component(parser: Parser, token: Token) -> ComponentNode:
    return _call(parser, token, {})


@register.tag
def wrap(parser: Parser, token: Token) -> ComponentNode:
    content = parser.parse(("endwrap",))
    parser.delete_first_token()
    fills = {node.name: node.nodelist for node in content if isinstance(node, FillNode)}
    rest = type(content)(node for node in content if not isinstance(node, FillNode))
    if "default" not in fills and any(getattr(node, "s", "x").strip() for node in rest):
        fills["default"] = rest
    return _call(parser, token, fills)


@register.tag
def fill(parser: Parser, token: Token) -> FillNode:
    bits = token.split_contents()
    if len(bits) != 2:
        raise TemplateSyntaxError('{% fill "name" %} takes the name of one slot.')
    nodelist = parser.parse(("endfill",))
    parser.delete_first_token()
    return FillNode(bits[1].strip("\"'"), nodelist)


@register.filter
def initials(name: str) -> str:
    """AL for Ada Lovelace or Ada King Lovelace, A for Ada."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def tint(name: str) -> int:
    """Which of the six avatar tints a name always gets."""
    return zlib.crc32(str(name).encode()) % 6


@register.filter
def is_checkbox(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, CheckboxInput)


@register.filter
def sorted_by(request: HttpRequest, column: str) -> str:
    """This page's query string sorted by the column, the other way round if it already is; back to page 1."""
    query = request.GET.copy()
    query["sort"] = f"-{column}" if query.get("sort") == column else column
    for name in ("page", "after", "cursor"):
        query.pop(name, None)
    return f"?{query.urlencode()}"


def _call(parser: Parser, token: Token, fills: dict[str, NodeList]) -> ComponentNode:
    tag, *bits = token.split_contents()
    if not bits or bits[0][0] not in "\"'":
        raise TemplateSyntaxError(f"{{% {tag} %}} takes the component's name in quotes first.")
    name = bits[0].strip("\"'")
    arguments: dict[str, FilterExpression] = {}
    for bit in bits[1:]:
        pair = ARGUMENT.match(bit)
        if not pair:
            raise TemplateSyntaxError(f'Component "{name}": {bit} is not name=value.')
        arguments[pair[1]] = parser.compile_filter(pair[2])
    attributes = {key: arguments.pop(key) for key in list(arguments) if ATTRIBUTE.match(key)}
    if refusal := declaration(name).refusal(set(arguments), set(attributes), set(fills)):
        raise TemplateSyntaxError(f'Component "{name}": {refusal}.')
    return ComponentNode(name, arguments, attributes, fills)


def _template(name: str) -> template.base.Template:
    return Engine.get_default().get_template(f"components/{name}.html")
