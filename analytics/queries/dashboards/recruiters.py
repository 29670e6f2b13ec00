"""Kept promises and reply times per colleague. Only where the workspace switched it on."""

from typing import Any

from analytics.policies.asking import FILTERS
from analytics.policies.questions import Question
from analytics.policies.sections import Behind, Cell, Dashboard, Section, cell, part
from analytics.policies.words import percent, shown
from analytics.queries import recruiters as colleagues
from analytics.queries import replies

_BUT_RECRUITER = tuple(name for name in FILTERS if name != "recruiter")


def recruiters(question: Question) -> Dashboard:
    """Promises, how fast replies are answered, and replies to each sender's messages."""
    return Dashboard(
        "recruiters", "Recruiters", [], [_promises(question), _times(question), _senders(question)]
    )


def _promises(question: Question) -> Section:
    found = colleagues.promises(question)
    return Section(
        id="promises",
        title="Promises",
        headers=("Colleague", "Made", "Kept", "Broken", "Kept of those due"),
        rows=[
            (
                Cell(row["name"]),
                *(cell(row[word], _of("promises", word, row)) for word in ("made", "kept", "broken")),
                Cell(
                    percent(row["kept"] / due if (due := row["kept"] + row["broken"]) else None),
                    behind=_of("promises", "kept", row),
                ),
            )
            for row in found
        ],
        chart={
            "legend": {"show": True},
            "xAxis": {"type": "value", "name": "promises", "counts": True},
            "yAxis": {"type": "category", "inverse": True, "data": [row["name"] for row in found]},
            "series": [
                {
                    "type": "bar", "stack": "due", "name": word.capitalize(), "column": column,
                    "data": [row[word] for row in found],
                }
                for column, word in ((2, "kept"), (3, "broken"))
            ],
        } if found else None,
        ignores=_BUT_RECRUITER,
        empty="No promises in this period. “I will get back to you by Friday”, is counted here.",
    )  # fmt: skip


def _times(question: Question) -> Section:
    found: list[dict[str, Any]] = colleagues.reply_times(question)
    return Section(
        id="reply-times",
        title="How fast replies are answered",
        headers=("Colleague", "Replies received", "Answered", "Waiting", "Median hours"),
        rows=[
            (
                Cell(row["name"]),
                cell(row["replies"], _of("reply_times", "received", row)),
                cell(row["answered"], _of("reply_times", "answered", row)),
                cell(row["replies"] - row["answered"], _of("reply_times", "waiting", row)),
                Cell(
                    shown(row["median_hours"]), row["median_hours"], _of("reply_times", "answered", row)
                ),
            )
            for row in found
        ],
        chart={
            "xAxis": {"type": "value", "min": 0, "name": "hours"},
            "yAxis": {"type": "category", "inverse": True, "data": [row["name"] for row in found]},
            "series": [
                {
                    "type": "bar", "name": "Median hours", "column": 4,
                    "data": [round(row["median_hours"] or 0, 1) for row in found],
                }
            ],
        } if found else None,
        note="Until a person answered or the reply was settled. Nobody is ranked; n is small for most.",
        ignores=_BUT_RECRUITER,
        empty="No replies in this period.",
    )  # fmt: skip


def _senders(question: Question) -> Section:
    found: list[dict[str, Any]] = replies.reply_rates(question, "sender")["sender"]
    return Section(
        id="senders",
        title="People written to and replies, by sender",
        headers=("Colleague", "People written to", "Replied", "Rate"),
        rows=[
            (
                Cell(row["name"]),
                *(
                    cell(row[group], Behind("reply_rate", group, part("sender", row["key"])))
                    for group in ("delivered", "replied")
                ),
                Cell(percent(row["rate"]), row["rate"]),
            )
            for row in found
        ],
        definition="reply_rate",
    )


def _of(key: str, group: str, row: dict[str, Any]) -> Behind:
    return Behind(key, group, part("colleague", row["user_id"]))
