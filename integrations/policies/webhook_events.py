"""What a webhook can be told about. A kind that is not here never leaves."""

KINDS = (
    "application.created", "application.hired", "application.rejected", "application.stage_changed",
    "candidate.archived", "candidate.changed", "candidate.created", "candidate.erased", "candidate.merged",
    "candidate.restricted", "candidate.split", "candidate.subscribed", "candidate.unsubscribed",
    "consent.granted", "consent.withdrawn",
    "event.attended", "event.registered", "form.submitted",
    "import.finished",
    "journey.completed", "journey.enrolled", "journey.exited",
    "meeting.booked",
    "message.bounced", "message.clicked", "message.complained", "message.delivered", "message.opened",
    "message.replied", "message.sent",
    "offer.accepted", "offer.declined", "offer.extended", "offer.withdrawn",
    "pool.candidate_added", "pool.candidate_removed",
    "push.delivered", "push.finished",
    "requisition.closed", "requisition.filled", "requisition.opened",
    "review.finished", "review.judged",
    "segment.entered", "segment.left",
    "shortlist.added", "shortlist.removed",
    "stage.changed", "sync.finished",
)  # fmt: skip
