"""Snippets and assets inside templates, and which variant a person gets."""

from dataclasses import dataclass

import pytest

from journeys.policies.pieces import Words, expand, keys_in, taken_out
from journeys.policies.rendering import Content, Unrenderable, fault_in, fields_of, render
from journeys.policies.rich_text import tidy
from journeys.policies.variants import Reader, Written, choose, for_whom

SHELF = {
    "pace": Words(1, True, "Pace", "You set the pace, {{ candidate.first_name }}."),
    "read": Words(2, False, "Pay & work", "Ten pages.", "https://example.com/a?b=1&c=2"),
    "loop": Words(3, True, "Loop", '{% snippet "loop" %}'),
    "plain": Words(4, False, "No address", ""),
    "rich": Words(5, True, "Rich", "<p>One</p><p>Two</p>"),
}
LINK = '<a href="https://example.com/a?b=1&amp;c=2">Pay &amp; work</a>'
VALUES = {"candidate": {"first_name": "Mia"}}


def read(body: str) -> tuple[str, str]:
    found = render(Content("Hi", expand(body, SHELF.get)), VALUES)
    return found.html, found.text


@pytest.mark.parametrize(
    ("body", "html", "text"),
    [
        (
            'So. {% snippet "pace" %}',
            "<p>So. You set the pace, Mia.</p>",
            "So. You set the pace, Mia.",
        ),
        (
            'Read {% asset "read" link %}.',
            f"<p>Read {LINK}.</p>",
            "Read Pay & work: https://example.com/a?b=1&c=2.",
        ),
        (
            '<p>Hi</p><p>{% asset "read" %}</p>',
            f"<p>Hi</p><p><strong>{LINK}</strong><br>Ten pages.</p>",
            "Hi\n\nPay & work (https://example.com/a?b=1&c=2)\nTen pages.",
        ),
        ("<h2>Now</h2><p>{{ candidate.first_name }}</p>", "<h2>Now</h2><p>Mia</p>", "Now\n\nMia"),
        ('<p>{% snippet "rich" %}</p>', "<p>One</p><p>Two</p>", "One\n\nTwo"),
        ('<p>{% asset "plain" title %}</p>', "<p>No address</p>", "No address"),
    ],
)
def test_a_piece_stands_where_it_is_called(body: str, html: str, text: str) -> None:
    found_html, found_text = read(body)
    assert found_html.replace("\n", "") == html
    assert "\n".join(line.rstrip() for line in found_text.splitlines()) == text


def test_what_a_person_read_is_known_by_its_pieces() -> None:
    body = '{% if candidate.first_name %}{% snippet "pace" %}{% else %}{% asset "read" link %}{% endif %}'
    found = render(Content("Hi", expand(body, SHELF.get)), VALUES)
    assert found.pieces == (1,)
    assert "\ue001" not in found.html + found.text
    assert taken_out("no marks") == ("no marks", ())


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ('{% snippet "nowhere" %}', ("snippet.nowhere",)),
        ('{% asset "pace" %}', ("asset.pace",)),
        ('{% snippet "loop" %}', ("snippet.loop",)),
    ],
)
def test_a_piece_that_is_not_there_is_a_missing_value(body: str, missing: tuple[str, ...]) -> None:
    assert render(Content("Hi", expand(body, SHELF.get)), VALUES).missing == missing


def test_calls_are_no_fault_and_other_tags_are() -> None:
    assert fault_in(Content("Hi", '{% snippet "pace" %} {{ candidate.first_name }}')) == ""
    assert fields_of(Content("Hi", '{% asset "read" %}{{ candidate.city }}')) == ("candidate.city",)
    assert keys_in('{% snippet "a" %}{%asset "b" link%}{% snippet "a" %}') == ("a", "b")
    assert fault_in(Content("Hi", "{% snippet pace %}")) != ""
    with pytest.raises(Unrenderable):
        render(Content("Hi", "{% include 'x' %}"), VALUES)


def test_jobs_are_a_list_in_html() -> None:
    values = VALUES | {"jobs": "- A <b>: one\n- B: two"}
    assert render(Content("Hi", "Open:\n\n{{ jobs }}"), values).html.replace("\n", "") == (
        "<p>Open:</p><div><ul><li>A &lt;b&gt;: one</li><li>B: two</li></ul></div>"
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plain & simple", "plain & simple"),
        ("<p onclick='x()'>Hi <script>bad()</script></p>", "<p>Hi </p>"),
        (
            "<p>{% if candidate.age &gt; 3 %}<b>x</b>{% endif %}</p>",
            "<p>{% if candidate.age > 3 %}<b>x</b>{% endif %}</p>",
        ),
        ('<p><a href="javascript:x()">a</a></p>', "<p><a>a</a></p>"),
    ],
)
def test_what_an_editor_hands_over_is_cleaned(given: str, kept: str) -> None:
    assert tidy(given) == kept


@dataclass(frozen=True)
class Option:
    name: str
    role_family: str = ""
    language: str = "en"
    segment_id: int | None = None


OPTIONS = (
    Option("plain"),
    Option("german", language="de"),
    Option("engineers", role_family="engineering"),
    Option("german engineers", role_family="engineering", language="de"),
    Option("alumni", segment_id=7),
    Option("french sales", role_family="sales", language="fr"),
)


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (Reader(), "plain"),
        (Reader("sales", "en"), "plain"),
        (Reader("engineering", "en"), "engineers"),
        (Reader("engineering", "de"), "german engineers"),
        (Reader("sales", "de"), "german"),
        (Reader("engineering", "fr"), "engineers"),
        (Reader("sales", "fr"), "french sales"),
        (Reader("engineering", "en", frozenset({7})), "alumni"),
        (Reader("engineering", "de", frozenset({7})), "german engineers"),
    ],
)
def test_the_closest_variant_wins_language_first(reader: Reader, name: str) -> None:
    chosen = choose(OPTIONS, reader)
    assert chosen is not None
    assert chosen.name == name


def test_nothing_written_for_others_is_taken() -> None:
    assert choose([Option("french sales", "sales", "fr")], Reader("engineering", "fr")) is None
    assert choose([Option("german", language="de")], Reader()) == Option("german", language="de")


def test_for_whom_in_words() -> None:
    assert for_whom(Written("customer_success", "de"), {}) == "German, customer success"
    assert for_whom(Written("", "en", 3), {3: "Alumni"}) == "members of Alumni"
    assert for_whom(Written(), {}) == "everybody"
