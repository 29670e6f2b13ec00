"""Reply rate: of people whose first delivered message fell in the period, who answered it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.policies.figures import ReplyFigure, rate
from analytics.policies.questions import Question
from analytics.queries.filters import person_passes
from analytics.queries.origins import ANSWERED
from analytics.queries.reach import GROUPINGS, REACH, Grouping, Inside
from analytics.queries.statements import (
    ERASED,
    FOLDED,
    UNFOLDED,
    Relation,
    before_the_period,
    counting,
    rows,
)
from crm.models import User
from journeys.models import Journey
from talentpools.queries import pools

Group = dict[str, str | int | float | None]

# People whose first delivery ever lies in the period, read from the events, and the first answer to it.
_FIRST_EVER = """
    SELECT f.candidate_id, f.delivered_at, answer.answered_at, answer.auto_replied_at
    FROM (
        SELECT e.candidate_id, min(e.occurred_at) AS delivered_at FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.kind = 'message.delivered' AND e.candidate_id IS NOT NULL
          AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s
          AND [unfolded]
        GROUP BY e.candidate_id
        HAVING NOT EXISTS (
            SELECT FROM crm_event earlier WHERE earlier.workspace_id = %(workspace)s
            AND earlier.candidate_id = e.candidate_id AND earlier.kind = 'message.delivered'
            AND earlier.occurred_at < %(start)s)
    ) f
    CROSS JOIN LATERAL (
        SELECT min(e.occurred_at) FILTER (WHERE [answered]) AS answered_at,
            min(e.occurred_at) FILTER (WHERE NOT [answered]) AS auto_replied_at
        FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.candidate_id = f.candidate_id
        AND e.kind = 'message.replied' AND e.occurred_at >= f.delivered_at
    ) answer
""".replace("[answered]", ANSWERED).replace("[unfolded]", UNFOLDED.format(subject="e"))
FIRST_DELIVERIES = Relation(
    "first_deliveries",
    f"""
    SELECT o.candidate_id, o.delivered_at,
        CASE WHEN o.answered_at <= %(now)s THEN o.answered_at END AS replied_at,
        CASE WHEN o.auto_replied_at <= %(now)s THEN o.auto_replied_at END AS auto_replied_at
    FROM (
        SELECT s.candidate_id, s.delivered_at, s.answered_at, s.auto_replied_at FROM analytics_outreach s
        WHERE s.workspace_id = %(workspace)s AND s.delivered_at >= %(start)s AND s.delivered_at < %(end)s
        AND {FOLDED}
        UNION ALL
        ({_FIRST_EVER})
    ) o
    LEFT JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = o.candidate_id
    WHERE {person_passes("o")}
    """,  # noqa: S608 - columns of our own
)

EARLIER_DELIVERIES = before_the_period(FIRST_DELIVERIES, "earlier_deliveries")
EXCLUSIONS = {
    "automatic_replies": "p.auto_replied_at IS NOT NULL AND p.replied_at IS NULL",
    "erased": ERASED.format(of="p"),
}


@dataclass(frozen=True, slots=True)
class Replies:
    """The figure, and how many EXCLUSIONS holds of, by name."""

    figure: ReplyFigure
    exclusions: dict[str, int]


def reply_rate(question: Question) -> ReplyFigure:
    """People who replied (not their mail program) over people with a delivered message."""
    return whole(question).figure


def whole(question: Question) -> Replies:
    """The same, with what it leaves out."""
    [found] = rows(
        f"""
        SELECT count(*) AS delivered, count(replied_at) AS replied, {counting(EXCLUSIONS)}
        FROM first_deliveries p
        """,  # noqa: S608 - conditions of our own
        reads=[FIRST_DELIVERIES],
        question=question,
    )
    figure = ReplyFigure(found["delivered"], found["replied"], rate(found["replied"], found["delivered"]))
    return Replies(figure, {name: found[name] for name in EXCLUSIONS})


def reply_rates(question: Question, *groupings: Grouping) -> dict[Grouping, list[Group]]:
    """The same per journey, step, template, sender, variant and pool, or only those named.

    Counted are people whose first delivery within the group fell in the period, once in each group.
    """
    found = rows(
        f"{_COUNTED} FROM reach WHERE grouping = ANY(%(groupings)s) GROUP BY grouping, key",
        reads=[REACH],
        question=question,
        extra={"groupings": list(groupings or GROUPINGS)},
    )
    return _grouped(found, groupings or GROUPINGS, question)


def reply_rates_of_journey(question: Question, journey: int) -> dict[Grouping, list[Group]]:
    """The same over the messages of one journey alone."""
    found = rows(
        f"{_COUNTED} FROM reach WHERE grouping = ANY(%(groupings)s)"
        " AND split_part(key, ':', 1) = %(journey)s::text GROUP BY grouping, key",
        reads=[REACH],
        question=question,
        extra={"groupings": ["journey", "step", *_INSIDE], "journey": journey},
    )
    for row in found:
        if row["grouping"] in _INSIDE:
            row["grouping"], row["key"] = _INSIDE[row["grouping"]], row["key"].partition(":")[2]
    return _grouped(found, ("journey", "step", "template", "sender"), question)


_COUNTED = "SELECT grouping, key, count(*) AS delivered, count(replied_at) AS replied"
_INSIDE: dict[Inside, Grouping] = {"journey_template": "template", "journey_sender": "sender"}


def name_of(grouping: Grouping, key: str, question: Question) -> str:
    """What a group is called; empty for one that is not there, or that the reader may not know of."""
    return _names([{"grouping": grouping, "key": key}], question)[grouping](key) or ""


def _grouped(
    found: list[dict[str, Any]], groupings: Sequence[Grouping], question: Question
) -> dict[Grouping, list[Group]]:
    """The groups with a name, most people first; of pools only those the reader may know of."""
    names = _names(found, question)
    answer: dict[Grouping, list[Group]] = {grouping: [] for grouping in groupings}
    for row in sorted(found, key=lambda row: -row["delivered"]):
        if name := names[row["grouping"]](row["key"]):
            counts = {part: row[part] for part in ("delivered", "replied")}
            share = rate(row["replied"], row["delivered"])
            answer[row["grouping"]].append({"key": row["key"], "name": name, **counts, "rate": share})
    for groups in answer.values():
        groups.sort(key=lambda group: (-int(group["delivered"] or 0), str(group["name"])))
    return answer


def _names(found: list[dict[str, Any]], question: Question) -> dict[str, Callable[[str], str | None]]:
    """How the groups of each grouping are called, by their keys."""
    keys: dict[str, set[str]] = {grouping: set() for grouping in GROUPINGS}
    for row in found:
        owner = row["key"].partition(":")[0]
        if owner.isdecimal() and len(owner) < 19:
            keys[row["grouping"]].add(owner)
    ids = keys["journey"] | keys["step"] | keys["variant"]
    journeys = _called(Journey.objects.filter(pk__in=ids).values_list("pk", "name") if ids else ())
    people = User.objects.filter(pk__in=keys["sender"]).values_list("pk", "name", "email")
    senders = _called((pk, name or email) for pk, name, email in people) if keys["sender"] else {}
    known = pools.visible_to(question.reader).filter(pk__in=keys["pool"]).values_list("pk", "name")
    visible = _called(known if keys["pool"] else ())

    def of_journey(key: str) -> str | None:
        journey, _, inside = key.partition(":")
        return " · ".join([journeys[journey], *inside.split(":")]) if journey in journeys else None

    return {
        "journey": journeys.get, "step": of_journey, "variant": of_journey, "template": str,
        "sender": senders.get, "pool": visible.get,
    }  # fmt: skip


def _called(pairs: Iterable[tuple[Any, str]]) -> dict[str, str]:
    return {str(pk): name for pk, name in pairs}
