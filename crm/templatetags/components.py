"""Components with declared props and slots; a prop or slot nobody declared is a template error.

In `templates/components/button.html`:   {% props label href="" variant="secondary" *attrs %}
In a page:                               {% component "button" label="Save" variant="primary" hx-get=url %}
With slots (`{% slots default actions %}`):
    {% wrap "card" title="Pools" %}body{% fill "actions" %}…{% endfill %}{% endwrap %}
A component that looks at its props alone says `{% remember %}`: it is rendered once for the same props.
What stands on a page by the hundred is drawn by Python (`leaves.py`) and called the same way.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.template import Context, Engine, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from crm.templatetags.leaves import LEAVES, initials, props_of, tint

register = template.Library()
register.filter("initials", initials)
register.filter("tint", tint)

LITERAL = re.compile(r"^(\"[^\"]*\"|'[^']*'|\d+|True|False|None)$")
ARGUMENT = re.compile(r"^([A-Za-z][\w:.-]*)=(.+)$", re.DOTALL)
# What any component that takes `*attrs` passes on to its element.
ATTRIBUTE = re.compile(r"^((hx|data|aria|x)-[\w:.-]+|formaction|formmethod)$")


MOST_REMEMBERED = 4_000
_REMEMBERED: dict[tuple[Any, ...], SafeString] = {}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a component takes: props without a default are required."""

    required: tuple[str, ...] = ()
    optional: Collection[str] = ()
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
        nothing = Context()
        self.constants = {name: d.resolve(nothing) for name, d in optional.items() if LITERAL.match(d.token)}
        self.variables = {name: default for name, default in optional.items() if name not in self.constants}

    def render(self, context: Context) -> SafeString:
        given = context.dicts[-1]
        for name, value in self.constants.items():
            given.setdefault(name, value)
        for name, default in self.variables.items():
            if name not in given:
                given[name] = default.resolve(context)
        return SafeString("")


class RememberNode(Node):
    def render(self, context: Context) -> SafeString:
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
        self.leaf = LEAVES.get(name)
        self.is_remembered = not (self.leaf or attributes or fills) and _is_remembered(name)

    def render(self, context: Context) -> SafeString:
        """The component sees its props, its slots and the request, and nothing else of the page."""
        values: dict[str, Any] = {name: value.resolve(context) for name, value in self.props.items()}
        if self.leaf:
            return self.leaf(**values)
        if self.is_remembered:
            return drawn(self.name, **values)
        attributes = {name: value.resolve(context) for name, value in self.attributes.items()}
        values["slots"] = {
            name: SafeString(nodelist.render(context).strip()) for name, nodelist in self.fills.items()
        }
        values["attrs"] = flatatt(
            {name: value for name, value in attributes.items() if value not in (None, False)}
        )
        for name in ("request", "csrf_token"):
            values[name] = context.get(name)
        return _template(self.name).render(Context(values))


def drawn(name: str, /, **props: Any) -> SafeString:
    """A component that says `{% remember %}`, with these props: drawn once, then remembered."""
    # What is safe may equal what is not, and True equals 1.
    return _remembered((name, *props, *((type(value), value) for value in props.values())), name, props)


def _remembered(key: tuple[Any, ...], name: str, props: dict[str, Any]) -> SafeString:
    if key not in _REMEMBERED:
        if len(_REMEMBERED) >= MOST_REMEMBERED:
            _REMEMBERED.clear()
        _REMEMBERED[key] = _template(name).render(Context(props))
    return _REMEMBERED[key]


@register.simple_tag
def blank_form(form: BaseForm) -> SafeString:
    """The fields of a form before anybody wrote in it, drawn once for each set of choices and language."""
    if form.is_bound or form.initial:
        return _template("form_fields").render(Context({"form": form}))
    offered = tuple(tuple(map(str, getattr(field, "choices", ()))) for field in form.fields.values())
    key = (type(form), form.auto_id, get_language(), offered)
    return _remembered(key, "form_fields", {"form": form})


def declaration(name: str) -> Declaration:
    """What the leaf, or the component in `templates/components/<name>.html`, declares."""
    if name in LEAVES:
        return Declaration(*props_of(LEAVES[name]))
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
def remember(parser: Parser, token: Token) -> RememberNode:
    return RememberNode()


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


def _is_remembered(name: str) -> bool:
    return bool(_template(name).nodelist.get_nodes_by_type(RememberNode))


def _template(name: str) -> template.base.Template:
    return Engine.get_default().get_template(f"components/{name}.html")
