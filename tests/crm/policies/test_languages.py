import pytest
from django.utils import translation

from crm.policies import languages
from crm.policies.countries import every_country


@pytest.mark.parametrize(
    ("locale", "accepted", "language"),
    [
        ("de-AT", "fr", "de"),
        ("fr_CA", "", "fr"),
        ("", "fr-CH,fr;q=0.9,en;q=0.8", "fr"),
        ("", "es,de;q=0.7", "de"),
        ("es", "de", "de"),
        ("es", "", "en"),
        ("", "*", "en"),
        ("", "en-GB,de;q=0.9", "en"),
        ("x" * 600, "..;;,,=", "en"),
    ],
)
def test_the_person_comes_before_the_browser(locale: str, accepted: str, language: str) -> None:
    assert languages.chosen(locale, accepted) == language


def test_a_refusal_nobody_translated_is_said_in_general() -> None:
    assert languages.told("From 0 to 80.") == "From 0 to 80."
    with translation.override("de"):
        assert languages.told("From 0 to 80.") == "So lässt sich das nicht verwenden."
        assert languages.told("This link does not work") == "Dieser Link funktioniert nicht"
        choices = [("", "—"), ("b", ""), ("c", "Sales")]
        assert languages.said(choices) == [("", "—"), ("b", ""), ("c", "Vertrieb")]


@pytest.mark.parametrize(
    ("locale", "offered"),
    [
        ("", ["en", "fr", "de"]),
        ("de-AT", ["en", "fr", "de-AT"]),
        ("es", ["en", "fr", "de", "es"]),
    ],
)
def test_everybody_finds_the_language_they_have(locale: str, offered: list[str]) -> None:
    assert [code for code, _name in languages.by_name(locale)] == offered


def test_countries_are_named_and_sorted_in_each_language() -> None:
    german, french = every_country("de"), every_country("fr")
    assert dict(german)["AT"] == "Österreich"
    assert dict(french)["DE"] == "Allemagne"
    assert [code for code, _name in german].index("EG") < [code for code, _name in german].index("ZA")
    names = [name for _code, name in german]
    assert names.index("Oman") < names.index("Österreich") < names.index("Pakistan")
