"""Greenhouse interviews and scorecards → facts of the timeline. Pure, as the rest of the mapping."""

from collections.abc import Sequence

from integrations.providers import fields
from integrations.providers.base import InterviewRecord, Payload, ScorecardRecord
from integrations.providers.greenhouse.mapping import References
from integrations.providers.rows import Skipped


def interview(row: Payload, seats: Sequence[Payload], refs: References) -> InterviewRecord:
    """`seats` are the rows of /interviewers: whoever is no user of the account has an address only."""
    if row.get("status") in ("to_be_scheduled", "to_be_sent", "skipped"):
        raise Skipped("not scheduled")
    own = [seat for seat in seats if seat.get("interview_id") == row.get("id")]
    named = (fields.named(refs.users, seat.get("user_id")) or fields.text(seat, "email") for seat in own)
    return InterviewRecord(
        external_id=fields.identity(row, "id"),
        application_id=fields.identity(row, "application_id"),
        title=fields.text(row, "name") or "Interview",
        scheduled_at=fields.moment(row, "scheduled_at") or fields.demand_moment(row, "created_at"),
        starts_at=fields.moment(row, "starts_at") or fields.day(row, "all_day_start_on"),
        interviewers=tuple(name for name in named if name),
    )


def scorecard(row: Payload, refs: References) -> ScorecardRecord:
    if row.get("status") != "complete":
        raise Skipped("not handed in")
    return ScorecardRecord(
        external_id=fields.identity(row, "id"),
        application_id=fields.identity(row, "application_id"),
        title="Scorecard",
        submitted_at=fields.moment(row, "submitted_at") or fields.demand_moment(row, "updated_at"),
        rating=fields.text(row, "candidate_rating").replace("_", " "),
        author=fields.named(refs.users, row.get("submitter_id")),
    )
