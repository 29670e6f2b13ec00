"""The language a candidate reads: their own, else their browser's, else English. Members read English."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, get_supported_language_variant, gettext
from django.utils.translation.trans_real import parse_accept_lang_header

PLAIN = "en"


def chosen(locale: str, accepted: str = "") -> str:
    """“de” for “de-AT”; `accepted` is what a browser sends. English where we speak none of them."""
    for code in (locale.replace("_", "-"), *(code for code, _weight in parse_accept_lang_header(accepted))):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return PLAIN


def current() -> str:
    """The language of whatever is being written now."""
    return chosen(get_language() or "")


def by_name(locale: str) -> list[tuple[str, str]]:
    """The languages we speak, each in its own name; a locale somebody has stays the one they have."""
    spoken = [(locale if locale[:2].lower() == code else code, name) for code, name in settings.LANGUAGES]
    known = {code for code, _name in spoken}
    return spoken if locale in known or not locale else [*spoken, (locale, locale)]


def said(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Choices with their labels in the language of whoever reads."""
    # What is empty would be answered with the catalog’s own head.
    return [(value, gettext(str(label)) if label else "") for value, label in choices]


def told(sentence: str) -> str:
    """What was refused, in the language of whoever reads; in general words where we have no better ones."""
    found = gettext(sentence)
    if found == sentence and current() != PLAIN:
        return gettext("This cannot be used as it stands.")
    return found
