"""What the apps tell each other by name, so that imports need not point up: who follows which event, who adds
which panel, who answers which question. Nothing here depends on the environment."""

# Event kind → the tasks told about it. Each gets a handoff row in the event's own transaction.
EVENT_SUBSCRIBERS: dict[str, list[str]] = {
    "message.replied": ["crm.fold_engagement"],
    "message.clicked": ["crm.fold_engagement"],
    "message.opened": ["crm.fold_engagement"],
    "message.click_disproved": ["crm.fold_engagement"],
    "event.attended": ["crm.fold_engagement"],
    "event.registered": ["crm.fold_engagement"],
    "meeting.booked": ["crm.fold_engagement"],
    "form.submitted": ["crm.fold_engagement", "talentpools.follow_forms"],
    "sync.finished": ["talentpools.refresh_after_sync"],
    "engagement.scale_changed": ["talentpools.sweep_segments"],
    "engagement.recomputed": ["talentpools.sweep_segments"],
    "candidate.merged": ["talentpools.follow_merges", "integrations.follow_merges"],
    "candidate.split": ["talentpools.follow_merges", "integrations.follow_merges"],
}
# Outcomes of their messages, reasons to exit, triggers to enter.
for _kind in (
    "message.sent", "message.bounced", "message.failed", "message.canceled", "message.unknown",
    "message.replied", "message.clicked", "message.opened", "message.complained", "meeting.booked",
    "application.created", "application.hired", "application.rejected", "candidate.unsubscribed",
    "candidate.restricted", "candidate.erased", "consent.withdrawn", "segment.entered", "segment.left",
    "stage.changed", "event.attended", "form.submitted", "task.finished", "candidate.merged",
    "candidate.split", "message.settled", "message.unsettled",
):  # fmt: skip
    EVENT_SUBSCRIBERS.setdefault(_kind, []).append("journeys.follow_events")
# What decides origin and nurture, and what changes many people at once: folded without waiting for the beat.
for _kind in (
    "sync.finished", "push.finished", "candidate.merged", "candidate.split", "candidate.erased",
    "definitions.published", "connection.stage_mapped",
):  # fmt: skip
    EVENT_SUBSCRIBERS.setdefault(_kind, []).append("analytics.follow_facts")
# A journey's message waits until these have followed what happened to its person: it may stop the message.
MESSAGES_WAIT_FOR = ("journeys.follow_events",)
# Whether what waited in the queue may leave now: dotted paths to (message ids, now=…) → {id: (code, until)}.
MESSAGE_GUARDS: list[str] = ["journeys.queries.late_messages.opens_at"]
# `{"segment": …}`, `{"pool": …}`, `{"journey": …}` in rules: who compiles them.
RULE_RELATIONS: dict[str, str] = {
    "segment": "talentpools.queries.rule_relations.segment",
    "pool": "talentpools.queries.rule_relations.pool",
    "journey": "journeys.queries.rule_relations.journey",
    "message": "journeys.queries.rule_relations.message",
}
# Whom contact pressure keeps waiting: (now) → a condition over people.
CONTACT_PRESSURE = "journeys.queries.capped.capped_q"
# What those relations offer in the rule builder: dotted paths to () → [(value, label)].
RULE_CHOICES: dict[str, str] = {
    "journey": "journeys.queries.rule_choices.journeys",
    "message": "journeys.queries.rule_choices.mails",
}
# Where a segment is used, told by the apps above the pools: dotted paths to (segment id) → [Use].
SEGMENT_USES: list[str] = ["journeys.queries.segment_uses.uses"]
POOL_USES: list[str] = ["journeys.queries.segment_uses.pool_uses"]
# Whose rules name a field, so that it cannot be taken away unseen: dotted paths to (field) → [FieldUse].
FIELD_USES: list[str] = [
    "talentpools.queries.field_uses.uses",
    "journeys.queries.field_uses.uses",
    "integrations.queries.field_uses.uses",
]
# Facts that are not for everybody: dotted paths to (reader's user id) → Q over the events to leave out.
EVENT_FENCES: list[str] = ["talentpools.queries.visibility.hidden_events"]
# Of the subscribers to segment.entered and segment.left: who tells whether it acts on this segment at all.
SEGMENT_SUBSCRIBERS: dict[str, str] = {"journeys.follow_events": "journeys.queries.segment_uses.is_followed"}
# Fragments that apps above the core add to a candidate's profile, by URL name, in order.
CANDIDATE_PANELS: list[str] = [
    "journeys:candidate_panel",
    "talentpools:candidate_panel",
    "integrations:candidate_panel",
    "crm:candidate_calls",
]
# What a new workspace begins with: dotted paths, called with its owner inside its scope.
WORKSPACE_STARTERS: list[str] = [
    "talentpools.actions.starter.install",
    "journeys.actions.starter.install",
]
# Who must look at a person's history a last time before it is erased: dotted paths to (candidate, now=…).
ERASURE_WITNESSES: list[str] = [
    "analytics.actions.folding.witness_erasure",
    "integrations.actions.erasing.witness_erasure",
]
# Answers to "why is this person (not) …?" of apps above the core: dotted paths to (candidate, now) → dict.
CANDIDATE_WHY: list[str] = ["talentpools.queries.why.why", "journeys.queries.why.why"]
# Why this mail went out, or did not, as apps above the core know it: dotted paths to (message) → dict.
MESSAGE_WHY: list[str] = ["journeys.queries.why.of_message"]
# What to read before writing to one person by hand: dotted paths to (candidate, now=…) → sentences.
COMPOSER_CAUTIONS: list[str] = ["journeys.queries.pressure.cautions"]
# What apps above the core add to the bar for many candidates at once: URL names of form controls.
CANDIDATE_BULK: list[str] = ["talentpools:pool_choice", "journeys:journey_choice"]
# What apps above the core can do to many candidates at once: dotted paths to crm.actions.bulk_changes.Change.
BULK_CHANGES: dict[str, str] = {"enroll": "journeys.actions.bulk_enrollments.change"}
# Fragments that apps above the core add to a form's page, by URL name, in order.
FORM_PANELS: list[str] = ["talentpools:form_panel", "journeys:form_panel"]
# Fragments that apps above the core add to the Today page, by URL name, in order.
TODAY_PANELS: list[str] = [
    "crm:meetings_today",
    "integrations:attention_today",
    "talentpools:reviews_waiting",
    "talentpools:requisitions_opened",
    "journeys:vetoes_today",
]
# What fills the demo workspace, in order: dotted paths to (Demo) → sentence.
DEMO_CHAPTERS: list[str] = [
    "integrations.management.demo.connect",
    "crm.management.demo.people.add",
    "crm.management.demo.history.write",
    "crm.management.demo.records.add",
    "crm.management.demo.capture.open_doors",
    "talentpools.management.demo.gather",
    "journeys.management.demo.run",
    "journeys.management.demo_content.publish",
    "journeys.management.demo_pressure.choose",
    "journeys.management.demo_rehearsal.rehearse",
    "crm.management.demo.relations.tell",
    "crm.management.demo.calls.book",
    "crm.management.demo.this_morning.write",
    "analytics.management.demo.spend",
    "analytics.management.demo.look_back",
]
