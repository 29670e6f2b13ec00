"""Interviews and scorecards of Ashby → facts of the timeline. Pure, like the rest of the mapping."""

from integrations.providers import fields
from integrations.providers.ashby.mapping import References, full_name
from integrations.providers.base import InterviewRecord, Payload, ScorecardRecord
from integrations.providers.rows import Skipped


def interviews(row: Payload, refs: References) -> list[InterviewRecord]:
    """The appointments of a schedule that was not canceled."""
    if row.get("status") == "Cancelled":
        raise Skipped("canceled")
    stage = refs.stages.get(str(row.get("interviewStageId")), {})
    return [
        InterviewRecord(
            external_id=fields.identity(event, "id"),
            application_id=fields.identity(row, "applicationId"),
            title=fields.text(event, "title") or fields.text(stage, "title"),
            scheduled_at=fields.moment(event, "createdAt") or fields.demand_moment(row, "createdAt"),
            starts_at=fields.moment(event, "startTime"),
            interviewers=tuple(
                full_name(refs.users.get(str(number), {})) for number in event.get("interviewerUserIds") or ()
            ),
        )
        for event in fields.each(row, "interviewEvents")
    ]


def scorecard(row: Payload) -> ScorecardRecord:
    form = fields.inner(row, "formDefinition")
    return ScorecardRecord(
        external_id=fields.identity(row, "id"),
        application_id=str(row.get("applicationId") or fields.inner(row, "application").get("id") or ""),
        title=fields.text(form, "title"),
        submitted_at=fields.demand_moment(row, "submittedAt"),
        rating=_rating(form, fields.inner(row, "submittedValues")),
        author=full_name(fields.inner(row, "submittedByUser")),
    )


def _rating(form: Payload, values: Payload) -> str:
    """The label of the chosen overall value; what is stored is not what people read."""
    for section in fields.each(form, "sections"):
        for item in fields.each(section, "fields"):
            # A field is described directly, or inside `field`.
            described = fields.inner(item, "field") or item
            chosen = values.get(str(described.get("path")))
            labels = {
                str(one.get("value")): fields.text(one, "label")
                for one in fields.each(described, "selectableValues")
            }
            if labels and str(chosen) in labels:
                return labels[str(chosen)]
    return ""
