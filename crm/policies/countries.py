"""Countries by their ISO 3166 code, and by the names people write in spreadsheets."""

import unicodedata
from functools import lru_cache
from typing import Any

from phonenumbers.geodata.locale import LOCALE_DATA

_LANGUAGES = ("aa", "en", "de", "fr", "es", "it", "nl", "pl")
_OTHER_NAMES = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "usa": "US", "u.s.": "US", "u.s.a.": "US", "united states of america": "US", "america": "US",
    "deu": "DE", "fra": "FR", "esp": "ES", "ita": "IT", "nld": "NL", "holland": "NL", "the netherlands": "NL",
    "aut": "AT", "che": "CH", "pol": "PL", "gbr": "GB", "irl": "IE", "prt": "PT", "swe": "SE", "dnk": "DK",
    "nor": "NO", "fin": "FI", "bel": "BE", "can": "CA", "ind": "IN", "bra": "BR", "czech republic": "CZ",
    "czechia": "CZ", "south korea": "KR", "usa.": "US", "u.k.": "GB",
}  # fmt: skip


def country_code(value: Any) -> str:
    """The two-letter code of a code or a name; ValueError when it is neither."""
    text = " ".join(str(value or "").split())
    if not text:
        return ""
    if text.upper() in LOCALE_DATA:
        return text.upper()
    code = _names().get(text.lower())
    if code is None:
        raise ValueError(f"“{text[:40]}” is no country; write its two-letter code, like DE.")
    return code


def country_name(code: str, language: str = "en") -> str:
    """The country's name in this language, or in English; the code itself when nobody knows it."""
    names = LOCALE_DATA.get(code, {})
    name = names.get(language) or names.get("aa", code)
    return str(names[name[1:]] if name.startswith("*") else name)


@lru_cache(maxsize=4)
def every_country(language: str = "en") -> list[tuple[str, str]]:
    """Code and name of every country, by name as that language sorts it, near enough."""
    codes = [code for code in LOCALE_DATA if len(code) == 2 and code.isalpha()]
    named = [(code, country_name(code, language)) for code in codes]
    return sorted(named, key=lambda pair: unicodedata.normalize("NFKD", pair[1]).encode("ascii", "ignore"))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names = dict(_OTHER_NAMES)
    for code, by_language in LOCALE_DATA.items():
        for language in _LANGUAGES:
            name = by_language.get(language, "*")
            if not name.startswith("*"):
                names.setdefault(name.lower(), code)
    return names
