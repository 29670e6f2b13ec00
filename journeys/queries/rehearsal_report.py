"""What came of a rehearsal, as it is kept and shown."""

from collections import defaultdict
from datetime import date
from typing import Any

from crm.models import User
from journeys.models import Mailbox, Rehearsal
from journeys.policies.rehearsal_record import Record
from journeys.queries.rehearsal_copy import Copy


def people_rows(rehearsal_id: int, copy: Copy) -> list[dict[str, Any]]:
    """A row per person of the rehearsed journey: those who walked, then those who were not let in."""
    record = copy.record
    walked = [_row(rehearsal_id, pk, record) for pk in sorted(record.paths)]
    left_out: list[dict[str, Any]] = [
        {
            "rehearsal_id": rehearsal_id,
            "candidate_id": one.candidate_id,
            "state": "holdout" if one.code == "holdout" else "refused",
            "code": one.code,
            "sent": 0,
            "collisions": 0,
            "path": [],
        }
        for one in copy.refused
        if one.candidate_id not in record.paths and one.code != "not_found"
    ]
    return walked + left_out


def summary(rehearsal: Rehearsal, copy: Copy) -> dict[str, Any]:
    """The figures of the whole rehearsal."""
    record = copy.record
    states: dict[str, int] = defaultdict(int)
    held: dict[str, int] = defaultdict(int)
    for state, code in record.standing.values():
        states[state] += 1
        if state == "active" and code in _HELD:
            held[code] += 1
    refused: dict[str, int] = defaultdict(int)
    for one in copy.refused:
        refused[one.code] += 1
    return {
        "people": len(record.paths),
        "inside": copy.inside,
        "entered": copy.entered,
        "not_entered": dict(refused),
        "sent": sum(record.sent.values()),
        "states": dict(states),
        "held": dict(held),
        "codes": {what: dict(codes) for what, codes in record.codes.items()},
        "calendar": _calendar(record),
        "mailboxes": _mailboxes(record),
        "collisions": _collisions(copy),
    }


_HELD = ("no_basis", "missing_value", "no_address", "overdue", "task", "unknown", "failed")


def _row(rehearsal_id: int, candidate_id: int, record: Record) -> dict[str, Any]:
    state, code = record.standing.get(candidate_id, ("active", ""))
    return {
        "rehearsal_id": rehearsal_id,
        "candidate_id": candidate_id,
        "state": state,
        "code": code,
        "sent": record.sent[candidate_id],
        "collisions": record.collisions[candidate_id],
        "path": record.paths[candidate_id],
    }


def _calendar(record: Record) -> list[dict[str, Any]]:
    days: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for (day, _), (ours, others) in record.days.items():
        days[day][0] += ours
        days[day][1] += others
    return [
        {"day": day.isoformat(), "sent": ours, "others": others}
        for day, (ours, others) in sorted(days.items())
    ]


def _mailboxes(record: Record) -> list[dict[str, Any]]:
    by_sender: dict[int | None, list[tuple[date, list[int]]]] = defaultdict(list)
    for (day, sender), counts in record.days.items():
        by_sender[sender].append((day, counts))
    names = dict(User.objects.filter(pk__in=[pk for pk in by_sender if pk]).values_list("pk", "name"))
    limits: dict[int | None, int] = dict(Mailbox.objects.values_list("sender_id", "daily_limit"))
    return [
        {
            "sender": sender,
            "name": names.get(sender or 0, ""),
            "daily_limit": limits.get(sender, 200),
            "days": [
                {"day": day.isoformat(), "sent": ours, "others": others}
                for day, (ours, others) in sorted(days, key=lambda pair: pair[0])
            ],
        }
        for sender, days in sorted(by_sender.items(), key=lambda pair: pair[0] or 0)
    ]


def _collisions(copy: Copy) -> dict[str, Any]:
    record = copy.record
    return {
        "people": len(record.collisions),
        "slides": sum(record.collisions.values()),
        "journeys": [
            {
                "journey": pk,
                "name": copy.world.courses[pk].name,
                "slides": count,
                "longest_days": round(longest.total_seconds() / 86_400, 1),
            }
            for pk, (count, longest) in sorted(record.rivals.items())
        ],
    }
