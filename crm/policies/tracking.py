"""Did a human open or click, or a machine? All facts are kept; only human ones count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Actor = Literal["human", "machine", "unsure"]

OPEN_TOO_SOON = timedelta(seconds=2)
CLICK_TOO_SOON = timedelta(seconds=5)
TOGETHER = timedelta(seconds=3)
# The footer's links, which scanners follow with all the others, take part in "two links at once".
FOOTER = -1
# Apple prefetches every picture through proxies that say only "Mozilla/5.0"; Google and Yahoo name theirs.
_PREFETCH = re.compile(r"GoogleImageProxy|YahooMailProxy|ggpht\.com", re.IGNORECASE)
_SCANNERS = re.compile(
    r"bot\b|crawl|spider|scan|preview|prefetch|proofpoint|mimecast|barracuda|safelinks|urldefense|fireeye"
    r"|symantec|sophos|trendmicro|ironport|forcepoint|curl/|wget/|python-|go-http-client|okhttp|headlesschrome"
    r"|libwww|java/|facebookexternalhit|slackbot|microsoft office (protocol|existence)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for the picture or a link of a message. `earlier`: (link, at) of the clicks before it."""

    method: str
    agent: str
    at: datetime
    delivered_at: datetime | None
    link: int = 0
    earlier: Sequence[tuple[int, datetime]] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Who it was, and the rule that says so."""

    actor: Actor
    rule: str = ""


def judge_open(hit: Hit) -> Judgement:
    """A picture loaded. Proxies that prefetch look the same whether or not anybody reads."""
    if found := _machine_rule(hit, OPEN_TOO_SOON):
        return Judgement("machine", found)
    if _PREFETCH.search(hit.agent) or hit.agent.strip() == "Mozilla/5.0":
        return Judgement("machine", "prefetch_proxy")
    return Judgement("unsure", "no_agent") if not hit.agent.strip() else Judgement("human")


def judge_click(hit: Hit) -> Judgement:
    """A link followed. Before delivery, within seconds of it, or several at once: no human does that."""
    if found := _machine_rule(hit, CLICK_TOO_SOON):
        return Judgement("machine", found)
    if companions(hit):
        return Judgement("machine", "several_links")
    return Judgement("unsure", "no_agent") if not hit.agent.strip() else Judgement("human")


def companions(hit: Hit) -> list[int]:
    """The other links followed within three seconds of this one."""
    return [link for link, at in hit.earlier if link != hit.link and abs(hit.at - at) <= TOGETHER]


def _machine_rule(hit: Hit, too_soon: timedelta) -> str:
    if hit.method == "HEAD":
        return "head"
    if _SCANNERS.search(hit.agent):
        return "scanner"
    if hit.delivered_at is None:
        return "before_delivery"
    return "too_soon" if hit.at - hit.delivered_at < too_soon else ""
