"""Where something is: cities and countries out of one line of text, zones out of other people's names."""

import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

from crm.policies.countries import country_code

# “Austin, TX” names a state; CA and the like would otherwise be read as countries.
_US_STATES = re.compile(
    r"A[KLRZ]|C[AOT]|DC|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]"
    r"|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
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
    if len(parts) == 2 and _US_STATES.fullmatch(parts[1]):
        return Place(city=parts[0], region=parts[1], country="US")
    country = _country(parts[-1])
    if country:
        parts = parts[:-1]
    return Place(city=parts[0] if parts else "", region=parts[1] if len(parts) > 1 else "", country=country)


def zone(text: str) -> str:
    """The IANA zone of an IANA or Rails name; blank when unknown."""
    name = text.strip()
    return _zones().get(name.casefold(), "")


def _country(text: str) -> str:
    try:
        return country_code(text)
    except ValueError:
        return ""


@lru_cache
def _zones() -> dict[str, str]:
    names = sorted(available_timezones())
    cities = {name.rpartition("/")[2].replace("_", " ").casefold(): name for name in names if "/" in name}
    return cities | {name.casefold(): name for name in names} | _RAILS_ZONES
