"""Where a visitor came from, told by the address they opened: nothing is kept in their browser."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode, urlsplit

_PARAMETERS = {"utm_source": "source", "utm_medium": "medium", "utm_campaign": "campaign"}
_ROBOT = re.compile(
    r"bot\b|bot/|spider|crawl|preview|slurp|facebookexternalhit|curl/|wget|python-", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Touch:
    """One visit's source, medium and campaign, and the page or site the form stood on."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    page: str = ""

    def as_query(self) -> str:
        """The same, for a link to the next page; empty when nothing is known."""
        named = {name: getattr(self, field) for name, field in _PARAMETERS.items()}
        return urlencode({name: value for name, value in named.items() if value})

    def as_dict(self) -> dict[str, str]:
        """For the signed field of a form."""
        return asdict(self)


def touch_of(query: Mapping[str, str], *, referrer: str = "", own_host: str = "", page: str = "") -> Touch:
    """What utm parameters say; without a utm_source the site that linked here, by its host alone."""
    told = {field: _clean(query.get(name, "")) for name, field in _PARAMETERS.items()}
    if not told["source"]:
        host = (urlsplit(referrer).hostname or "").removeprefix("www.")
        told["source"] = host if host and host != own_host.split(":")[0] else ""
    return Touch(**told, page=page)


def is_robot(agent: str) -> bool:
    """Whether the visitor calls itself a machine; those are not counted."""
    return not agent or bool(_ROBOT.search(agent))


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:120]
