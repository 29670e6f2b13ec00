import pytest

from crm.policies import mail_text


def test_text_becomes_html_and_comes_back() -> None:
    text = "Hello <b>\n\nsee https://x.example/a_b?b=1&c=2.\nBye"
    html = mail_text.html_of(text)
    assert html == (
        '<p>Hello &lt;b&gt;</p>\n<p>see <a href="https://x.example/a_b?b=1&amp;c=2">'
        "https://x.example/a_b?b=1&amp;c=2</a>.<br>\nBye</p>"
    )
    assert mail_text.text_of(html) == text


def test_html_becomes_text_with_its_links() -> None:
    html = '<p>Hi <b>you</b>, <a href="https://a.example/x">read this</a></p><ul><li>one</li></ul>'
    assert mail_text.text_of(html) == "Hi you, read this (https://a.example/x)\n\n  - one"


def test_both_parts_lead_to_the_same_places_in_the_same_order() -> None:
    html = '<p><a href="https://b.example/?a=1&amp;b=2">b</a> <a href="https://a.example/">a</a></p>'
    links = mail_text.links_of(html)
    assert links == ["https://b.example/?a=1&b=2", "https://a.example/"]
    targets = {link: f"https://crm.example/c/{number}" for number, link in enumerate(links)}
    assert mail_text.redirect_html(html, targets) == (
        '<p><a href="https://crm.example/c/0">b</a> <a href="https://crm.example/c/1">a</a></p>'
    )
    assert mail_text.redirect_text(mail_text.text_of(html), targets) == (
        "b (https://crm.example/c/0) a (https://crm.example/c/1)"
    )


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<p style="position:fixed;background:url(javascript:alert(1))">x</p>',
        "<svg onload=alert(1)>",
        "<iframe srcdoc='<script>1</script>'></iframe>",
        "<style>@import 'x'</style>",
        '<form action="https://evil.example"><input></form>',
        '<math><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    ],
)
def test_nothing_active_is_mailed_or_shown(evil: str) -> None:
    for clean in (mail_text.clean_outgoing(evil), mail_text.clean_for_display(evil)):
        lowered = clean.lower()
        for mark in ("<script", "onerror=", "javascript:", "<svg", "<iframe", "<form", "position", "<style"):
            assert mark not in lowered
    assert "<img" not in mail_text.clean_for_display(evil)


@pytest.mark.parametrize(
    ("subject", "answers_them", "wanted"),
    [
        ("Re: Hello", False, "Hello"),
        ("RE: Fwd: AW: Hello", False, "Hello"),
        ("Hello", True, "Re: Hello"),
        ("Re: Re[2]: Hello", True, "Re: Hello"),
        ("Reading list", False, "Reading list"),
    ],
)
def test_only_answers_are_marked_as_answers(subject: str, answers_them: bool, wanted: str) -> None:
    assert mail_text.honest_subject(subject, answers_them=answers_them) == wanted
