"""Which zone a person lives in: their own, else derived from location, else the workspace's."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Where most people of a country with several zones live.
_MAIN = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MX": "America/Mexico_City",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
}


@lru_cache(maxsize=4096)
def zone_for(own: str, country: str, city: str, workspace_zone: str) -> ZoneInfo:
    """The zone of a person; a name nobody knows falls through to the next source."""
    for name in (own, _zone_at(country, city), workspace_zone):
        if name and (zone := _zone(name)):
            return zone
    return ZoneInfo("UTC")


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _zone_at(country: str, city: str) -> str:
    zones = _zones_of(country)
    if len(zones) == 1:
        return zones[0]
    named = city.strip().replace(" ", "_").casefold()
    at_city = next((zone for zone in zones if zone.rsplit("/", 1)[-1].casefold() == named), "")
    return at_city or _MAIN.get(country, zones[0] if zones else "")


@lru_cache(maxsize=256)
def _zones_of(country: str) -> tuple[str, ...]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple(row[2] for row in rows if row[0] == country)
