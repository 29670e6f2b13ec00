"""What journeys achieve: per journey, step, template, sender and variant, and against those left alone."""

from typing import Any

from analytics.policies.questions import Question
from analytics.policies.sections import Behind, Cell, Dashboard, Section, Tile, cell, part
from analytics.policies.words import lift, percent, sure_of_rate
from analytics.queries import holdouts, replies
from analytics.queries.reach import Grouping

_TITLES: dict[Grouping, str] = {
    "journey": "Replies per journey",
    "step": "Replies per step",
    "template": "Replies per template",
    "sender": "Replies per sender",
    "variant": "Replies per variant",
    "pool": "Replies per pool",
}
MOST_BARS = 12


def journeys(question: Question) -> Dashboard:
    """Reply rates by each grouping, and the lift of hold-outs."""
    whole = replies.reply_rate(question)
    tile = Tile(
        "Reply rate", percent(whole.rate), "", whole.delivered, sure_of_rate(whole.replied, whole.delivered),
        Behind("reply_rate", "delivered"),
    )  # fmt: skip
    groups = replies.reply_rates(question)
    sections = [_lifts(question), *(_grouped(by, groups[by]) for by in _TITLES)]
    return Dashboard("journeys", "Journeys", [tile], sections)


def _grouped(by: Grouping, found: list[dict[str, Any]]) -> Section:
    bars = found[:MOST_BARS]
    chart = {
        "xAxis": {"type": "value", "min": 0, "name": "%"},
        "yAxis": {"type": "category", "inverse": True, "data": [row["name"] for row in bars]},
        "series": [
            {
                "type": "bar",
                "name": "Replied, %",
                "column": 3,
                "data": [round(100 * (row["rate"] or 0), 1) for row in bars],
            }
        ],
    }
    return Section(
        id=f"replies-{by}",
        title=_TITLES[by],
        headers=(by.capitalize(), "People written to", "Replied", "Rate", "How sure"),
        rows=[
            (
                Cell(str(row["name"])),
                cell(row["delivered"], _behind(by, row, "delivered")),
                cell(row["replied"], _behind(by, row, "replied")),
                Cell(percent(row["rate"]), row["rate"], _behind(by, row, "replied")),
                Cell(sure_of_rate(row["replied"], row["delivered"])),
            )
            for row in found
        ],
        chart=chart if found else None,
        n=sum(row["delivered"] for row in found) if by == "journey" else "",
        definition="reply_rate",
        empty="No journey here splits people into variants."
        if by == "variant"
        else "No message was delivered.",
    )


def _behind(by: Grouping, row: dict[str, Any], group: str) -> Behind:
    return Behind("reply_rate", group, part(by, row["key"]))


def _lifts(question: Question) -> Section:
    words = {"applied": "Applied afterwards", "screened": "Screened afterwards"}
    rows: list[tuple[Cell, ...]] = []
    for one in holdouts.lifts(question):
        ours, theirs = one.rates
        difference = None if ours is None or theirs is None else ours - theirs
        rows.append(
            (
                Cell(one.name),
                Cell(words[one.outcome]),
                *_arm(one, "written_to", one.written_to, ours),
                *_arm(one, "held_out", one.held_out, theirs),
                Cell("–" if difference is None else f"{difference * 100:+.1f} points", difference),
                Cell(lift(one.difference, (one.written_to[1], one.held_out[1]))),
            )
        )
    return Section(
        id="hold-out",
        title="Hold-out: does the journey cause anything?",
        headers=(
            "Journey", "Outcome", "Written to", "Of these", "Left alone", "Of those", "Difference",
            "What it says",
        ),
        rows=rows,
        note="People of the hold-out were drawn by lot when they entered and got no message.",
        empty="No journey keeps a hold-out. Set a share in a journey's settings to measure by cause.",
    )  # fmt: skip


def _arm(one: holdouts.Lift, arm: str, side: tuple[int, int], share: float | None) -> tuple[Cell, Cell]:
    """How many there are, and how many of them came to the outcome."""
    reached, people = side
    of = part("journey", one.journey)
    return (
        cell(people, Behind("hold_out", arm, of)),
        Cell(f"{reached:,}: {percent(share)}", share, Behind("hold_out", f"{arm}_{one.outcome}", of)),
    )
