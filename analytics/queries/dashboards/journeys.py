"""What journeys achieve: per journey, step, template, sender and variant, and against those left alone."""

from typing import Any

from analytics.policies.questions import Question
from analytics.policies.sections import Behind, Cell, Dashboard, Section, Tile, cell
from analytics.policies.words import lift, percent, sure_of_rate
from analytics.queries import holdouts, replies

_TITLES: dict[replies.Grouping, str] = {
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
    return Dashboard(
        "journeys", "Journeys", [tile], [_lifts(question), *(_grouped(question, by) for by in _TITLES)]
    )


def _grouped(question: Question, by: replies.Grouping) -> Section:
    found: list[dict[str, Any]] = replies.reply_rate_by(question, by)
    bars = found[:MOST_BARS]
    chart = {
        "xAxis": {"type": "value", "min": 0, "name": "%"},
        "yAxis": {"type": "category", "inverse": True, "data": [row["name"] for row in bars]},
        "series": [
            {
                "type": "bar",
                "name": "Replied, %",
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
                Cell(percent(row["rate"]), row["rate"]),
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


def _behind(by: str, row: dict[str, Any], group: str) -> Behind | None:
    """The list behind a group, where the filters can name it."""
    return Behind("reply_rate", group, ((by, row["key"]),)) if by in ("journey", "pool") else None


def _lifts(question: Question) -> Section:
    words = {"applied": "Applied afterwards", "screened": "Screened afterwards"}
    rows: list[tuple[Cell, ...]] = []
    for one in holdouts.lifts(question):
        ours, theirs = one.rates
        held = (one.written_to[1], one.held_out[1])
        difference = None if ours is None or theirs is None else ours - theirs
        rows.append(
            (
                Cell(one.name),
                Cell(words[one.outcome]),
                Cell(f"{percent(ours)} of {held[0]:,}", ours),
                Cell(f"{percent(theirs)} of {held[1]:,}", theirs),
                Cell("–" if difference is None else f"{difference * 100:+.1f} points", difference),
                Cell(lift(one.difference, held)),
            )
        )
    return Section(
        id="hold-out",
        title="Hold-out: does the journey cause anything?",
        headers=("Journey", "Outcome", "Written to", "Left alone", "Difference", "What it says"),
        rows=rows,
        note="People of the hold-out were drawn by lot when they entered and got no message.",
        empty="No journey keeps a hold-out. Set a share in a journey's settings to measure by cause.",
    )
