"""Where something is: cities and countries out of one line of text, zones out of other people's names."""

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale

_ALIASES = {
    "usa": "US",
    "u.s.": "US",
    "u.s.a.": "US",
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "the netherlands": "NL",
}
_LANGUAGES = ("en", "de", "fr")
# Rails calls zones by city or by an American phrase; these do not follow from the IANA list.
_RAILS_ZONES = {
    "eastern time (us & canada)": "America/New_York",
    "central time (us & canada)": "America/Chicago",
    "mountain time (us & canada)": "America/Denver",
    "pacific time (us & canada)": "America/Los_Angeles",
    "atlantic time (canada)": "America/Halifax",
    "indiana (east)": "America/Indiana/Indianapolis",
    "arizona": "America/Phoenix",
    "hawaii": "Pacific/Honolulu",
    "alaska": "America/Anchorage",
    "bern": "Europe/Zurich",
    "edinburgh": "Europe/London",
    "new delhi": "Asia/Kolkata",
    "mumbai": "Asia/Kolkata",
    "chennai": "Asia/Kolkata",
    "beijing": "Asia/Shanghai",
    "osaka": "Asia/Tokyo",
    "canberra": "Australia/Sydney",
    "wellington": "Pacific/Auckland",
    "brasilia": "America/Sao_Paulo",
    "kyiv": "Europe/Kyiv",
}


@dataclass(frozen=True, slots=True)
class Place:
    city: str = ""
    region: str = ""
    country: str = ""


def place(text: str) -> Place:
    """“Berlin, Germany”, “Austin, Texas, United States” or “Berlin” as city, region and ISO country."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return Place()
    country = country_code(parts[-1])
    if country:
        parts = parts[:-1]
    return Place(city=parts[0] if parts else "", region=parts[1] if len(parts) > 1 else "", country=country)


def country_code(text: str) -> str:
    """The ISO code of a country named in English, German or French, or by its code; blank when unknown."""
    return _countries().get(text.strip().casefold(), "")


def zone(text: str) -> str:
    """The IANA zone of an IANA or Rails name; blank when unknown."""
    name = text.strip()
    return _zones().get(name.casefold(), "")


@lru_cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(name.casefold(), code)
                found[code.casefold()] = code
    return found | _ALIASES


@lru_cache
def _zones() -> dict[str, str]:
    names = sorted(available_timezones())
    cities = {name.rpartition("/")[2].replace("_", " ").casefold(): name for name in names if "/" in name}
    return cities | {name.casefold(): name for name in names} | _RAILS_ZONES
