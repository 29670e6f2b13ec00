import datetime as dt

import pytest

from crm.policies.tracking import FOOTER, Hit, judge_click, judge_open

AT = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def hit(seconds: float | None = 600, method: str = "GET", agent: str = CHROME, **more: object) -> Hit:
    delivered_at = None if seconds is None else AT - dt.timedelta(seconds=seconds)
    return Hit(method, agent, AT, delivered_at, **more)  # type: ignore[arg-type]


def ago(seconds: float) -> dt.datetime:
    return AT - dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("given", "actor", "rule"),
    [
        (hit(), "human", ""),
        (hit(2), "human", ""),
        (hit(1.9), "machine", "too_soon"),
        (hit(None), "machine", "before_delivery"),
        (hit(method="HEAD"), "machine", "head"),
        (hit(agent="Mozilla/5.0"), "machine", "prefetch_proxy"),
        (
            hit(agent="Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)"),
            "machine",
            "prefetch_proxy",
        ),
        (hit(agent="curl/8.0"), "machine", "scanner"),
        (hit(agent=""), "unsure", "no_agent"),
    ],
)
def test_judge_open(given: Hit, actor: str, rule: str) -> None:
    judgement = judge_open(given)
    assert (judgement.actor, judgement.rule) == (actor, rule)


@pytest.mark.parametrize(
    ("given", "actor", "rule"),
    [
        (hit(), "human", ""),
        (hit(5), "human", ""),
        (hit(4.9), "machine", "too_soon"),
        (hit(-1), "machine", "too_soon"),
        (hit(None), "machine", "before_delivery"),
        (hit(method="HEAD"), "machine", "head"),
        (hit(agent="Barracuda Sentinel (EE)"), "machine", "scanner"),
        (hit(link=1, earlier=[(0, ago(2))]), "machine", "several_links"),
        (hit(link=1, earlier=[(0, ago(3))]), "machine", "several_links"),
        (hit(link=1, earlier=[(0, ago(3.1))]), "human", ""),
        (hit(link=1, earlier=[(1, ago(1))]), "human", ""),
        (hit(link=0, earlier=[(FOOTER, ago(1))]), "machine", "several_links"),
        (hit(agent=" "), "unsure", "no_agent"),
    ],
)
def test_judge_click(given: Hit, actor: str, rule: str) -> None:
    judgement = judge_click(given)
    assert (judgement.actor, judgement.rule) == (actor, rule)
