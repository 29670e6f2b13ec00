"""What a template says is cleaned once; what people are called never becomes markup."""

from typing import Any

import pytest

from journeys.policies.rendering import Content, render

VALUES: dict[str, Any] = {
    "candidate": {"first_name": "Mia <script>alert(1)</script>", "city": "javascript:alert(1)"},
    "form": {"url": "https://example.com/f?a=1&b=2"},
}


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Dear {{ candidate.first_name }}", "<p>Dear Mia &lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<p onclick='x()'>{{ candidate.city }}</p><script>bad()</script>", "<p>javascript:alert(1)</p>"),
        ('<p><a href="{{ candidate.city }}">here</a></p>', "<p><a>here</a></p>"),
        ("[here]({{ form.url }})", '<p><a href="https://example.com/f?a=1&amp;b=2">here</a></p>'),
        (
            "{% if candidate.city %}<p onclick='x()'>{{ candidate.city }}{% endif %}",
            "<p>javascript:alert(1)</p>",
        ),
        (
            "<p>{{ candidate.city }} {{ candidate.city }}</p>",
            "<p>javascript:alert(1) javascript:alert(1)</p>",
        ),
    ],
)
def test_values_stay_text_and_the_authors_markup_is_cleaned(body: str, html: str) -> None:
    assert render(Content("Hi", body), VALUES).html == html
