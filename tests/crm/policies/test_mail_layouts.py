import pytest

from crm.policies.mail_layouts import NAMES, MailBrand, frame, in_the_dark

BRAND = MailBrand("Acme <b>& Co</b>", "#0f6b63")


@pytest.mark.parametrize("layout", sorted(NAMES - {""}))
def test_a_frame_stands_around_the_words_and_asks_nobody_else_for_anything(layout: str) -> None:
    html = frame(layout, BRAND).around("<p>Words & more</p>")
    assert "<p>Words & more</p>" in html
    assert html.count("Acme &lt;b&gt;&amp; Co&lt;/b&gt;") >= 1
    assert "#0f6b63" in html
    assert "fonts.googleapis" not in html
    assert "<script" not in html
    assert 'name="viewport"' in html
    assert len(html) < 12_000


def test_a_logo_takes_the_place_of_the_name_and_one_brand_is_compiled_once() -> None:
    branded = MailBrand("Acme", "#0f6b63", "https://x.example/logo?1")
    assert 'src="https://x.example/logo?1"' in frame("letter", branded).before
    assert frame("letter", branded) is frame(
        "letter", MailBrand("Acme", "#0f6b63", "https://x.example/logo?1")
    )


def test_dark_is_a_rule_that_can_be_shown_in_daylight() -> None:
    html = frame("letter", BRAND).around("")
    assert "prefers-color-scheme: dark" in html
    assert "prefers-color-scheme: dark" not in in_the_dark(html)
