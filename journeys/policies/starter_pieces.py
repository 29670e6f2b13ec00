"""The snippets and assets that ship: one good read for each field, a benchmark, a promise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StarterPiece:
    """A piece as it ships."""

    key: str
    kind: str
    name: str
    body: str
    url: str = ""
    role_family: str = ""
    language: str = "en"


PIECES = (
    StarterPiece(
        "good-read", "article", "What makes work meaningful, or meaningless",
        "We passed it around the office last month.",
        "https://sloanreview.mit.edu/article/what-makes-work-meaningful-or-meaningless/",
    ),
    StarterPiece(
        "good-read", "article", "The SPACE of developer productivity",
        "It changed how we talk about good engineering work here.",
        "https://queue.acm.org/detail.cfm?id=3454124", "engineering",
    ),
    StarterPiece(
        "good-read", "article", "The new sales imperative",
        "It puts words to what our customers tell us about buying.",
        "https://hbr.org/2017/03/the-new-sales-imperative", "sales",
    ),
    StarterPiece(
        "good-read", "article", "How Google sold its engineers on management",
        "Our own leads keep coming back to it.",
        "https://hbr.org/2013/12/how-google-sold-its-engineers-on-management", "leadership",
    ),
    StarterPiece(
        "salary-check", "benchmark", "Average wages by country",
        "What people earn elsewhere, from the OECD’s own tables.",
        "https://www.oecd.org/en/data/indicators/average-annual-wages.html",
    ),
    StarterPiece(
        "salary-check", "benchmark", "What developers earn, by role and country",
        "Sixty-five thousand answers, sorted by what you do and where.",
        "https://survey.stackoverflow.co/2024/work#salary", "engineering",
    ),
    StarterPiece(
        "at-your-pace", "snippet", "At your pace",
        "You set the pace: the link below slows us down, changes what we write about, or stops us. No hard "
        "feelings.",
    ),
    StarterPiece(
        "at-your-pace", "snippet", "Im eigenen Tempo",
        "Sie bestimmen das Tempo: über den Link unten schreiben wir seltener, über anderes oder gar nicht.",
        language="de",
    ),
)  # fmt: skip
