"""The KPI definitions a second time, in plain Python over raw rows; nothing is shared with the SQL."""

import datetime as dt
from collections.abc import Callable
from statistics import fmean, median
from typing import Any

from analytics.policies.questions import Question
from crm.models import Application, Event, Message, Offer, Requisition, RequisitionHold, StageEntry
from talentpools.models import Member

Row = Any
TWO_WAY = {"message.replied", "event.attended", "meeting.booked", "form.submitted", "message.clicked"}
DAY = 86_400


class Reference:
    def __init__(self, question: Question) -> None:
        self.start, self.end, self.now = question.period.start, question.period.end, question.now
        self.window = dt.timedelta(days=question.terms.attribution_days)
        self.applications: list[Row] = list(Application.objects.values())
        self.offers: list[Row] = list(Offer.objects.values())
        self.events: list[Row] = [row for row in Event.objects.values() if not _is_automatic(row)]
        self.members: list[Row] = list(Member.objects.values())
        self.entries: list[Row] = list(StageEntry.objects.values())
        self.requisitions: dict[int, Row] = {row["id"]: row for row in Requisition.objects.values()}
        self.holds: list[Row] = list(RequisitionHold.objects.values())

    # --- hires --------------------------------------------------------------------------------

    def accepted_at(self, application: Row) -> Any:
        latest = self.latest_offer(application)
        if latest and latest["status"] == "accepted" and latest["resolved_at"]:
            return latest["resolved_at"]
        if application["outcome"] == "hired":
            return application["hired_at"] or application["ended_at"]
        return None

    def latest_offer(self, application: Row) -> Row | None:
        mine = [offer for offer in self.offers if offer["application_id"] == application["id"]]
        return max(mine, key=lambda offer: offer["version"]) if mine else None

    def hires(self) -> list[Row]:
        found = [row | {"accepted": self.accepted_at(row)} for row in self.applications]
        return [row for row in found if row["accepted"] and self.start <= row["accepted"] < self.end]

    def origin(self, application: Row) -> str:
        person, applied = application["candidate_id"], application["applied_at"]
        if application["is_pushed"]:
            return "crm"
        in_window = [
            event for event in self.of(person) if applied - self.window <= event["occurred_at"] < applied
        ]
        spoke = any(self.is_word(event) for event in in_window)
        belonged = any(m["candidate_id"] == person and m["entered_at"] < applied for m in self.members)
        if spoke and belonged:
            return "crm"
        delivered = any(event["kind"] == "message.delivered" for event in in_window)
        return "assisted" if delivered and not spoke else "external"

    def is_word(self, event: Row) -> bool:
        is_human = event["kind"] != "message.clicked" or event["data"].get("actor") == "human"
        return event["kind"] in TWO_WAY and is_human

    def of(self, candidate: int) -> list[Row]:
        return [event for event in self.events if event["candidate_id"] == candidate]

    def days_to_hire(self, hire: Row) -> float | None:
        requisition = self.requisitions[hire["requisition_id"]]
        started = requisition["approved_at"] or requisition["opened_at"]
        return (hire["accepted"] - started).total_seconds() / DAY if started else None

    def days_to_accept(self, hire: Row) -> Any:
        return (hire["accepted"] - hire["applied_at"]).total_seconds() / DAY

    def spread(self, clock: Callable[[Row], float | None]) -> dict[str, tuple[float, float, int] | None]:
        values: dict[str, list[float]] = {"all": [], "crm": [], "external": []}
        for hire in self.hires():
            days = clock(hire)
            if days is not None:
                values["all"].append(days)
                values["crm" if self.origin(hire) == "crm" else "external"].append(days)
        return {who: (fmean(v), median(v), len(v)) if v else None for who, v in values.items()}

    def share(self) -> tuple[int, int, int]:
        origins = [self.origin(hire) for hire in self.hires()]
        return len(origins), origins.count("crm"), origins.count("assisted")

    # --- requisitions, offers, outreach ---------------------------------------------------------

    def fill_days(self) -> list[float]:
        found = []
        for requisition in self.requisitions.values():
            accepted = sorted(
                when
                for row in self.applications
                if row["requisition_id"] == requisition["id"] and (when := self.accepted_at(row))
            )
            if not requisition["opened_at"] or len(accepted) < requisition["openings"]:
                continue
            filled = accepted[requisition["openings"] - 1]
            if self.start <= filled < self.end:
                span = filled - requisition["opened_at"]
                found.append((span.total_seconds() - self.held_seconds(requisition, filled)) / DAY)
        return sorted(found)

    def held_seconds(self, requisition: Row, filled: dt.datetime) -> float:
        hours, step = 0, dt.timedelta(hours=1)
        moment = requisition["opened_at"]
        mine = [hold for hold in self.holds if hold["requisition_id"] == requisition["id"]]
        while moment < filled:
            hours += any(h["started_at"] <= moment < (h["ended_at"] or filled) for h in mine)
            moment += step
        return hours * 3600.0

    def acceptance(self) -> dict[str, tuple[int, int, int, int]]:
        counts = {"all": [0, 0, 0, 0], "nurtured": [0, 0, 0, 0], "cold": [0, 0, 0, 0]}
        for application in self.applications:
            offer = self.latest_offer(application)
            if not offer or not offer["extended_at"] or not self.start <= offer["extended_at"] < self.end:
                continue
            nurtured = any(at < offer["extended_at"] for at in self.nurture(application["candidate_id"]))
            for who in ("all", "nurtured" if nurtured else "cold"):
                counts[who][0] += 1
                for place, status in enumerate(("accepted", "declined", "pending"), start=1):
                    counts[who][place] += offer["status"] == status
        return {who: (row[0], row[1], row[2], row[3]) for who, row in counts.items()}

    def nurture(self, person: int) -> list[dt.datetime]:
        """When messages of journeys were delivered."""
        told = [e for e in self.of(person) if e["kind"] == "message.delivered" and e["data"].get("journey")]
        mails = Message.objects.filter(candidate_id=person, direction="out", kind="journey")
        delivered = mails.exclude(delivered_at=None).values_list("delivered_at", flat=True)
        return [*(event["occurred_at"] for event in told), *delivered]

    def first(self, kinds: set[str]) -> dict[int, dt.datetime]:
        """Whose first event of these kinds ever lies in the period, and when it was."""
        found: dict[int, dt.datetime] = {}
        for event in sorted(self.events, key=lambda event: event["occurred_at"]):
            if event["kind"] in kinds and event["candidate_id"]:
                found.setdefault(event["candidate_id"], event["occurred_at"])
        return {person: when for person, when in found.items() if self.start <= when < self.end}

    def conversion(self) -> tuple[int, int]:
        first = self.first({"message.sent", "message.delivered"})
        return len(first), sum(self.is_screened(person, when) for person, when in first.items())

    def is_screened(self, person: int, since: dt.datetime) -> bool:
        mine = {row["id"] for row in self.applications if row["candidate_id"] == person}
        beyond = {"interview", "final_interview", "offer", "hired"}
        proofs = [
            e["entered_at"] for e in self.entries if e["application_id"] in mine and e["stage"] in beyond
        ]
        proofs += [e["occurred_at"] for e in self.of(person) if e["kind"] == "call.completed"]
        proofs += [o["extended_at"] for o in self.offers if o["application_id"] in mine and o["extended_at"]]
        proofs += [a["hired_at"] for a in self.applications if a["id"] in mine and a["hired_at"]]
        return any(since < proof <= self.now for proof in proofs)

    def replies(self) -> tuple[int, int]:
        first = self.first({"message.delivered"})
        answered = [
            person
            for person, since in first.items()
            if any(e["kind"] == "message.replied" and e["occurred_at"] >= since for e in self.of(person))
        ]
        return len(first), len(answered)


def _is_automatic(event: Row) -> bool:
    return bool(event["kind"] == "message.replied" and event["data"].get("automatic"))
