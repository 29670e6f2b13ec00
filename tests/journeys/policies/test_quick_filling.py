"""The quick way fills in what Liquid fills in, and leaves to Liquid what only it can say."""

from typing import Any

import pytest
from markupsafe import Markup

from journeys.policies import quick_filling, rendering
from journeys.policies.rendering import Content, render

VALUES: dict[str, Any] = {
    "candidate": {"first_name": "Mia <b> & Co", "last_name": "", "city": None, "spaces": "  ", "years": 4},
    "jobs": Markup("<ul><li>One</li></ul>"),
    "sender": {"first_name": "Ada"},
}
QUICK = (
    "Dear {{ candidate.first_name }},\n\n{{candidate.last_name | default: 'you'}} {{ sender.first_name }}",
    "Hello {{ candidate.city }} and {{ candidate.spaces }} and {{ candidate.nothing }}",
    '{{ candidate.city | default: "Köln <3" }}{{ jobs }}',
    "No field at all.",
    "{{ candidate.nothing | default: '' }}",
)
LIQUIDS = (
    "{{ candidate.years }} years",
    "{% if candidate.city %}x{% else %}y{% endif %}",
    "{{ candidate.first_name | upcase }}",
    "{{ candidate.first_name | default: 'a' | upcase }}",
    "{{ candidate.first_name.size }}",
    "{{ unknown.field }} {{ now | date: '%Y' }}",
    "{{ candidate['first_name'] | default: sender.first_name }}",
    "{{ 'words' }}",
)


@pytest.mark.parametrize("source", [*QUICK, *LIQUIDS])
def test_both_ways_say_the_same(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = Content(source, source)
    quick = render(content, VALUES)
    monkeypatch.setattr(rendering, "_pattern", lambda *_: None)
    assert render(content, VALUES) == quick


@pytest.mark.parametrize("source", QUICK)
@pytest.mark.parametrize("is_html", [True, False])
def test_the_usual_template_takes_the_quick_way(source: str, is_html: bool) -> None:
    pattern = rendering._pattern(source, is_html)
    assert pattern is not None
    assert quick_filling.fill(pattern, VALUES, [], is_html=is_html) is not None


def test_a_mail_that_is_too_long_is_left_to_liquid() -> None:
    pattern = rendering._pattern("{{ candidate.first_name }}", False)
    assert pattern is not None
    missing: list[str] = []
    long = {"candidate": {"first_name": "x" * 200_000}}
    assert quick_filling.fill(pattern, long, missing, is_html=False) is None
    assert missing == []
