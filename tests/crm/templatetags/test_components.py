"""Every component renders with what it declares, and refuses what it does not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template
from django.test import RequestFactory

from crm.kernel.errors import DomainError
from crm.kernel.responses import Toast
from crm.templatetags import components, leaves
from crm.templatetags.leaves import LEAVES
from crm.views.components import SampleForm

TEMPLATES = settings.BASE_DIR / "templates"
DRAWN = sorted(path.stem for path in (TEMPLATES / "components").glob("*.html"))
NAMES = sorted([*DRAWN, *LEAVES])
# A value for each required prop that is not a plain word.
VALUES: dict[str, Any] = {
    "form": SampleForm(),
    "field": SampleForm()["name"],
    "refusal": DomainError("No."),
    "toast": Toast("Done.", undo_url="/undo/"),
    "items": [{"label": "Pools", "href": "/"}],
    "options": [("a", "A")],
    "parts": [{"kind": "value", "text": "15"}],
    "headers": ["Month", "Days"],
    "rows": [("May", 26)],
    "at": None,
}


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context(context | {"request": RequestFactory().get("/?sort=name")}))


def call(name: str, extra: str = "") -> str:
    declared = components.declaration(name)
    props = " ".join(f"{prop}={prop}" for prop in declared.required)
    if not declared.slots:
        return f'{{% component "{name}" {props} {extra} %}}'
    fills = "".join(f'{{% fill "{slot}" %}}in {slot}{{% endfill %}}' for slot in declared.slots)
    return f'{{% wrap "{name}" {props} {extra} %}}{fills}{{% endwrap %}}'


def values(name: str) -> dict[str, Any]:
    return {prop: VALUES.get(prop, "word") for prop in components.declaration(name).required}


@pytest.mark.parametrize("name", NAMES)
def test_component_renders_with_its_declared_props_and_slots(name: str) -> None:
    html = render(call(name), **values(name))

    assert "<" in html
    assert [slot for slot in components.declaration(name).slots if f"in {slot}" not in html] == []


@pytest.mark.parametrize("name", NAMES)
def test_component_refuses_an_unknown_prop(name: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=f'"{name}": unknown prop colour'):
        render(call(name, 'colour="red"'), **values(name))


@pytest.mark.parametrize("name", [name for name in NAMES if components.declaration(name).required])
def test_component_refuses_to_miss_a_required_prop(name: str) -> None:
    tag, end = ("wrap", "{% endwrap %}") if components.declaration(name).slots else ("component", "")

    with pytest.raises(TemplateSyntaxError, match="missing prop"):
        render(f'{{% {tag} "{name}" %}}{end}')


@pytest.mark.parametrize("name", DRAWN)
def test_component_file_is_at_most_40_lines(name: str) -> None:
    assert len((TEMPLATES / "components" / f"{name}.html").read_text().splitlines()) <= 40


def test_wrap_refuses_an_unknown_slot() -> None:
    with pytest.raises(TemplateSyntaxError, match="unknown slot sidebar"):
        render('{% wrap "card" %}{% fill "sidebar" %}x{% endfill %}{% endwrap %}')


def test_component_passes_attributes_on_only_where_declared() -> None:
    assert 'hx-get="/pools/"' in render('{% component "button" label="Go" hx-get=url %}', url="/pools/")

    with pytest.raises(TemplateSyntaxError, match="takes no attributes"):
        render('{% component "badge" label="Go" data-key="e" %}')


def test_component_escapes_what_a_person_typed() -> None:
    html = render('{% component "button" label=name data-name=name %}', name='<img src=x onerror="1">')

    assert "<img" not in html


@pytest.mark.parametrize("name", LEAVES)
def test_a_leaf_escapes_every_prop(name: str) -> None:
    takes = components.declaration(name)
    props = [*takes.required, *takes.optional]
    html = render(
        f"{{% component {name!r} {' '.join(f'{prop}=word' for prop in props)} %}}", word="\"'<img src=x>"
    )

    assert "<img" not in html
    assert "\"'" not in html


def test_component_sees_nothing_of_the_page_but_its_props() -> None:
    assert "secret" not in render('{% component "button" label="Go" %}', href="/secret/", icon="secret")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ada Lovelace", "AL"), ("ada", "A"), ("Ada King Lovelace", "AL"), ("", ""), ("(Ada) Łucja", "Ł")],
)
def test_initials(name: str, expected: str) -> None:
    assert leaves.initials(name) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", "?sort=name"), ("sort=name&page=3", "?sort=-name"), ("q=ada&sort=-name", "?q=ada&sort=name")],
)
def test_sorted_by_turns_the_order_round_and_goes_back_to_page_1(query: str, expected: str) -> None:
    assert components.sorted_by(RequestFactory().get(f"/?{query}"), "name") == expected


def sources() -> Iterator[Path]:
    yield from (path for path in TEMPLATES.rglob("*.html") if "emails" not in path.parts)


def test_every_template_compiles() -> None:
    for path in sources():
        get_template(str(path.relative_to(TEMPLATES)))


def test_templates_name_only_icons_of_the_sprite() -> None:
    known = set((settings.BASE_DIR / "crm/static_src/icons.txt").read_text().split())
    tags = re.compile(r'{% (?:component|wrap) "(\w+)"[^%]*?%}')
    used = {
        (icon, path.name)
        for path in sources()
        for tag in tags.finditer(path.read_text())
        for icon in re.findall(r'\bicon(?:_after)?="([\w-]+)"', tag[0])
        + (re.findall(r'\bname="([\w-]+)"', tag[0]) if tag[1] == "icon" else [])
    }

    assert sorted((icon, where) for icon, where in used if icon not in known and icon != "trending-") == []


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    inline = re.compile(
        r"<style|\sstyle=|\son\w+=|hx-on|javascript:|<script(?![^>]*(?:src=|type=\"application/json\"))"
    )

    assert [path.name for path in sources() if inline.search(path.read_text())] == []
