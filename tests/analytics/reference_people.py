"""The rest of the definitions a second time: relationship age, drop-off, velocity, costs, pools."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from analytics.models import Cost
from crm.models import Candidate, Message
from journeys.models import StepRun
from tests.analytics.reference import DAY, Reference, Row

STAGES = ["initial_interest", "screening", "interview_ready", "offer_ready"]


class PeopleReference(Reference):
    def candidates(self) -> list[Row]:
        return list(Candidate.objects.values())

    def days_known(self, hire: Row) -> Any:
        touches = [
            event["occurred_at"]
            for event in self.of(hire["candidate_id"])
            if event["occurred_at"] <= hire["applied_at"]
            and (event["kind"] in ("message.sent", "message.delivered") or self.is_word(event))
        ]
        return (hire["applied_at"] - min(touches)).total_seconds() / DAY if touches else None

    def first_touch(self) -> int:
        """Hires known before they first applied anywhere."""
        found = 0
        for hire in self.hires():
            firsts = [a["applied_at"] for a in self.applications if a["candidate_id"] == hire["candidate_id"]]
            days = self.days_known(hire)
            found += days is not None and hire["applied_at"] - dt.timedelta(days=days) < min(firsts)
        return found

    def drop_off(self) -> list[int]:
        """People who reached or passed each step."""
        first = self.first({"message.sent", "message.delivered"})
        depths = [self.depth(person, since) for person, since in first.items()]
        return [sum(depth >= step for depth in depths) for step in range(6)]

    def depth(self, person: int, since: dt.datetime) -> int:
        told = [event for event in self.of(person) if event["occurred_at"] >= since]
        kinds = {event["kind"] for event in told if event["kind"] != "message.clicked" or self.is_word(event)}
        if self.is_screened(person, since):
            return 5
        if self.has_started(person, since):
            return 4
        if "message.replied" in kinds:
            return 3
        return 2 if "message.clicked" in kinds else int("message.delivered" in kinds)

    def has_started(self, person: int, since: dt.datetime) -> bool:
        mine = {row["id"] for row in self.applications if row["candidate_id"] == person}
        return any(
            entry["application_id"] in mine
            and entry["stage"] not in ("", "applied")
            and since < entry["entered_at"] <= self.now
            for entry in self.entries
        )

    def velocity(self) -> dict[str, tuple[float | None, int, int, int]]:
        """Per stage: the Kaplan–Meier median, entries, advances, waiting."""
        stays = [stay for person in self.candidates() for stay in self.stays_of(person)]
        found = {}
        for stage in STAGES:
            mine = [stay for stay in stays if stay[0] == stage]
            advanced = sum(
                after in STAGES and STAGES.index(after) > STAGES.index(stage) for *_, after in mine
            )
            waiting = sum(not is_over for _, _, is_over, _ in mine)
            found[stage] = (
                kaplan_meier([(days, over) for _, days, over, _ in mine]),
                len(mine),
                advanced,
                waiting,
            )
        return found

    def stays_of(self, person: Row) -> list[tuple[str, float, bool, str]]:
        """Stage, days, whether it is over, and the stage after it; of stays begun in the period."""
        moves = sorted(
            (event for event in self.of(person["id"]) if event["kind"] == "stage.changed"),
            key=lambda event: (event["occurred_at"], event["id"]),
        )
        entries = [(event["occurred_at"], event["data"]["to"]) for event in moves]
        if not moves or moves[0]["occurred_at"] >= person["created_at"]:
            born = moves[0]["data"]["from"] if moves else person["stage"]
            entries = [(person["created_at"], born), *entries]
        found = []
        for place, (entered, stage) in enumerate(entries):
            if stage in STAGES and self.start <= entered < self.end:
                left = entries[place + 1] if place + 1 < len(entries) else None
                until = left[0] if left else person["archived_at"] or self.now
                days = (until - entered).total_seconds() / DAY
                found.append((stage, days, left is not None, left[1] if left else ""))
        return found

    def cost_per_hire(self) -> dict[str, tuple[float, int]]:
        """Money spent and hires, by origin."""
        origins = ["crm" if self.origin(hire) == "crm" else "external" for hire in self.hires()]
        local = dt.timezone(dt.timedelta(hours=1))  # March begins in winter time; days are compared as days
        first = self.start.astimezone(local).date()
        last = (self.end - dt.timedelta(seconds=1)).astimezone(dt.timezone(dt.timedelta(hours=2))).date()
        spent = [c for c in Cost.objects.values() if first <= c["incurred_on"] <= last]

        def of(which: Callable[[str], bool]) -> tuple[float, int]:
            cents = sum(cost["amount_cents"] for cost in spent if which(cost["origin"]))
            return cents / 100, sum(which(origin) for origin in origins)

        return {
            "all": of(lambda origin: True),
            "crm": of(lambda origin: origin == "crm"),
            "external": of(lambda origin: origin == "external"),
        }

    def pool_health(self) -> dict[int, tuple[int, ...]]:
        """Per pool: people, reachable, written to in 42 and in 91 days, consent ending in 30."""
        found = {}
        for pool in {member["pool_id"] for member in self.members}:
            inside = {m["candidate_id"] for m in self.members if m["pool_id"] == pool and not m["left_at"]}
            people = [
                p for p in self.candidates()
                if p["id"] in inside and not (p["archived_at"] or p["merged_into_id"] or p["anonymized_at"])
            ]  # fmt: skip
            found[pool] = (
                len(people),
                sum(self.is_reachable(person) for person in people),
                *(sum(self.was_written_to(person, days) for person in people) for days in (42, 91)),
                sum(self.is_expiring(person) for person in people),
            )
        return found

    def is_reachable(self, person: Row) -> bool:
        has_basis = person["consent"] == "granted" and not (
            person["consent_expires_at"] and person["consent_expires_at"] <= self.now
        )
        return has_basis and person["email_state"] == "ok" and person["unsubscribed_at"] is None

    def was_written_to(self, person: Row, days: int) -> bool:
        last = person["last_contacted_at"]
        return last is not None and self.now - dt.timedelta(days=days) <= last <= self.now

    def is_expiring(self, person: Row) -> bool:
        ends = person["consent_expires_at"]
        soon = self.now + dt.timedelta(days=30)
        return person["consent"] == "granted" and ends is not None and self.now < ends <= soon


class GroupReference(PeopleReference):
    """Replies per group of messages, mail by mail."""

    def groups(self) -> dict[tuple[str, str], tuple[int, int]]:
        """People first reached within a group in the period, and how many answered one of its mails."""
        said: dict[tuple[str, str, int], list[tuple[Any, list[Any]]]] = defaultdict(list)
        rows = list(Message.objects.values())
        for mail in rows:
            if mail["direction"] == "out" and mail["delivered_at"]:
                answers = [
                    row["sent_at"]
                    for row in rows
                    if row["in_reply_to_id"] == mail["id"] and not row["is_automatic"]
                ]
                for group in self.groups_of(mail):
                    said[(*group, mail["candidate_id"])].append((mail["delivered_at"], answers))
        counted: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
        for (by, key, _), mails in said.items():
            if self.start <= min(at for at, _ in mails) < self.end:
                people, replied = counted[by, key]
                has_replied = any(answer <= self.now for _, answers in mails for answer in answers)
                counted[by, key] = (people + 1, replied + has_replied)
        return dict(counted)

    def groups_of(self, mail: Row) -> list[tuple[str, str]]:
        found = [("sender", str(mail["sender_id"]))] if mail["sender_id"] else []
        pools = {
            str(m["pool_id"])
            for m in self.members
            if m["candidate_id"] == mail["candidate_id"] and m["entered_at"] <= mail["delivered_at"]
            and (m["left_at"] is None or m["left_at"] > mail["delivered_at"])
        }  # fmt: skip
        found += [("pool", pool) for pool in pools]
        for run in StepRun.objects.filter(message_id=mail["id"]):
            journey = str(run.journey_id)
            found += [("journey", journey), ("step", f"{journey}:{run.step_id}"), ("template", "hello")]
            arms = StepRun.objects.filter(enrollment_id=run.enrollment_id, kind="split")
            found += [("variant", f"{journey}:{arm.step_id}:{arm.choice}") for arm in arms]
        return found


def kaplan_meier(stays: list[tuple[float, bool]]) -> float | None:
    """The shortest time after which at most half are still there, people who wait counted while they do."""
    surviving = 1.0
    for length in sorted({days for days, is_over in stays if is_over}):
        at_risk = sum(days >= length for days, _ in stays)
        surviving *= 1 - sum(days == length and is_over for days, is_over in stays) / at_risk
        if surviving <= 0.5 + 1e-9:
            return length
    return None
