"""What candidates read is there in every language we name."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from crm.management import catalogs

_PLACES = re.compile(r"%\(\w+\)s|%s")
LANGUAGES = catalogs.translated()


@pytest.fixture(scope="module")
def words() -> set[catalogs.Words]:
    return catalogs.words()


def test_french_and_german_are_spoken() -> None:
    assert LANGUAGES == ["fr", "de"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_candidates_read_is_translated(words: set[catalogs.Words], language: str) -> None:
    catalog = catalogs.read(language)
    missing = []
    for one in words:
        found = catalog.get(one[0])
        said = found.string if found else ""
        texts = said if isinstance(said, tuple) else (said,)
        if len(texts) < len(one) or not all(texts):
            missing.append(one[0])
        wanted = sorted(_PLACES.findall(one[-1]))
        assert len(one) > 1 or sorted(_PLACES.findall(str(texts[0]))) == wanted, texts[0]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_holds_nothing_that_is_gone(words: set[catalogs.Words], language: str) -> None:
    kept = {one.id if isinstance(one.id, tuple) else (one.id,) for one in catalogs.read(language) if one.id}
    assert kept - words == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalog_is_the_one_people_wrote(language: str) -> None:
    catalog = catalogs.read(language)
    compiled = catalogs.source_of(language).with_suffix(".mo").read_bytes()
    assert compiled == catalogs.compiled(catalog), "Run manage.py translations."


@pytest.mark.parametrize("path", catalogs.templates(), ids=lambda path: path.name)
def test_a_page_for_candidates_says_nothing_in_english_alone(path: Path) -> None:
    assert catalogs.bare_words(path.read_text()) == ""


def test_words_outside_every_tag_are_found() -> None:
    source = '<p class="x">{% translate "Yes" %} {{ name }} <b>Plain</b></p>'
    source += "{% blocktranslate %}Both {{ name }}{% endblocktranslate %}"
    assert catalogs.bare_words(source) == "Plain"
    assert settings.LANGUAGES[0][0] == "en"
