"""What each fact is called on a timeline. A kind that is not here is read aloud as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.models import Stage


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of event looks: its sentence, an icon, a tone."""

    sentence: str
    icon: str = "circle-dot"
    tone: str = ""


_WORDS: Mapping[str, Words] = {
    "candidate.created": Words("Added", "user-plus"),
    "candidate.changed": Words("Profile changed", "pencil"),
    "candidate.archived": Words("Archived", "archive"),
    "candidate.restored": Words("Brought back", "archive-restore"),
    "candidate.merged": Words("Merged with a duplicate", "git-merge"),
    "candidate.split": Words("Split off again", "split"),
    "candidate.exported": Words("Data exported", "download"),
    "candidate.unsubscribed": Words("Unsubscribed", "bell-off", "bad"),
    "candidate.restricted": Words("Marked as do not contact", "ban", "bad"),
    "candidate.restriction_lifted": Words("May be contacted again", "check"),
    "stage.changed": Words("Stage", "arrow-right", "good"),
    "application.stage_entered": Words("In the ATS", "circle-dot"),
    "message.queued": Words("Mail queued", "clock"),
    "message.sent": Words("Mail sent", "send"),
    "message.delivered": Words("Mail delivered", "mail-check"),
    "message.opened": Words("Opened a mail", "mail-open"),
    "message.clicked": Words("Clicked a link", "arrow-up-right", "good"),
    "message.replied": Words("Replied", "reply", "good"),
    "message.bounced": Words("Mail bounced", "mail-x", "bad"),
    "message.failed": Words("Mail could not be sent", "mail-x", "bad"),
    "message.canceled": Words("Mail held back", "mail-x"),
    "message.unknown": Words("Nobody knows whether a mail arrived", "mail-question-mark", "warn"),
    "message.requeued": Words("Mail queued again", "rotate-cw"),
    "message.auto_replied": Words("Automatic answer", "repeat"),
    "message.settled": Words("Reply dealt with", "check"),
    "message.unsettled": Words("Reply back on the list", "undo-2"),
    "message.footer_visited": Words("Followed a link under a mail", "link"),
    "message.click_disproved": Words("A click was a scanner's", "circle-x"),
    "candidate.subscribed": Words("Wants to hear from us again", "bell", "good"),
    "candidate.preferences_chosen": Words("Chose what to hear and how often", "sliders-horizontal"),
    "message.complained": Words("Reported a mail as spam", "flag", "bad"),
    "event.registered": Words("Registered for an event", "calendar-plus"),
    "event.attended": Words("Attended an event", "calendar-check", "good"),
    "event.missed": Words("Did not come to an event", "calendar-x"),
    "event.registration_canceled": Words("Gave a place at an event back", "calendar-off"),
    "candidate.referred": Words("Referred by a colleague", "heart-handshake", "good"),
    "meeting.booked": Words("Booked a meeting", "calendar-clock", "good"),
    "form.submitted": Words("Answered a form", "clipboard-check", "good"),
    "attachment.added": Words("File added", "paperclip"),
    "attachment.removed": Words("File taken off", "paperclip"),
    "attachment.put_back": Words("File put back", "paperclip"),
    "attachment.locked_away": Words("A virus in a file; it is locked away", "shield-alert", "bad"),
    "proposal.accepted": Words("Taken over from a file", "file-check"),
    "call.completed": Words("Talked on the phone", "phone", "good"),
    "call.attempted": Words("Called", "phone"),
    "candidate.job_preferences_stated": Words("Said what work they look for", "briefcase", "good"),
    "meeting.moved": Words("Meeting moved", "calendar-clock"),
    "meeting.canceled": Words("Meeting called off", "calendar-x"),
    "note.pinned": Words("Note pinned", "bookmark"),
    "note.unpinned": Words("Note unpinned", "bookmark"),
    "note.added": Words("Note", "message-square"),
    "note.removed": Words("Note deleted", "trash-2"),
    "task.added": Words("Task added", "list-checks"),
    "task.snoozed": Words("Task put off", "alarm-clock"),
    "task.assigned": Words("Task given to a colleague", "users"),
    "promise.made": Words("Promised to come back", "handshake"),
    "promise.kept": Words("Promise kept", "heart-handshake", "good"),
    "promise.broken": Words("Promise broken", "circle-x", "bad"),
    "owner.taken": Words("New owner", "user-check"),
    "owner.handed_over": Words("Handed over to a colleague", "arrow-right-left"),
    "owner.released": Words("Released by its owner", "user-minus"),
    "owner.extended": Words("Ownership renewed", "user-check"),
    "candidate.caution_added": Words("Marked with a caution", "triangle-alert"),
    "task.finished": Words("Task done", "check"),
    "task.reopened": Words("Task reopened", "undo-2"),
    "consent.granted": Words("Lawful basis recorded", "shield-check"),
    "consent.withdrawn": Words("Consent withdrawn", "shield", "bad"),
    "application.created": Words("Applied", "briefcase"),
    "application.rejected": Words("Application rejected", "circle-x"),
    "application.changed": Words("Application updated", "briefcase"),
    "application.stage_changed": Words("Application moved", "arrow-right"),
    "application.hired": Words("Hired", "trophy", "good"),
    "application.removed_in_ats": Words("Application is gone from the ATS", "unlink"),
    "candidate.removed_in_ats": Words("No longer in the ATS", "unlink"),
    "interview.scheduled": Words("Interview set up", "calendar-clock"),
    "scorecard.submitted": Words("Scorecard handed in", "clipboard-check"),
    "offer.extended": Words("Offer extended", "star", "good"),
    "offer.accepted": Words("Offer accepted", "trophy", "good"),
    "offer.declined": Words("Offer declined", "circle-x", "bad"),
    "pool.candidate_added": Words("Added to a pool", "layers"),
    "pool.candidate_removed": Words("Taken out of a pool", "layers"),
    "segment.entered": Words("Entered a segment", "list-filter"),
    "segment.left": Words("Left a segment", "list-filter"),
    "journey.enrolled": Words("Enrolled in a journey", "route"),
    "journey.exited": Words("Left a journey", "log-out"),
    "journey.completed": Words("Completed a journey", "flag", "good"),
    "shortlist.added": Words("Shortlisted", "star", "good"),
    "push.delivered": Words("Pushed to the ATS", "send", "good"),
    "push.match_chosen": Words("Match in the ATS chosen", "user-check"),
    "push.undone": Words("Push taken back", "undo-2"),
    "sending.stopped": Words("Automated mail stopped", "octagon-alert", "bad"),
    "sending.resumed": Words("Automated mail goes on", "play", "good"),
    "contact_budget.set": Words("How often we write was set", "hourglass"),
    "review.judged": Words("Judged by the hiring manager", "user-check"),
}


def words_for(kind: str, data: Mapping[str, Any]) -> Words:
    """How this fact is told, with what its data adds."""
    known = _WORDS.get(kind) or Words(kind.replace(".", " ").replace("_", " ").capitalize())
    detail = _detail(kind, data)
    return Words(f"{known.sentence}{detail}", known.icon, known.tone)


def _detail(kind: str, data: Mapping[str, Any]) -> str:
    detail = ""
    if kind == "stage.changed":
        detail = f": {_stage(data.get('from'))} → {_stage(data.get('to'))}"
    elif kind == "application.stage_entered" and data.get("vendor_stage"):
        detail = f": {data['vendor_stage']}"
    elif kind in ("interview.scheduled", "scorecard.submitted") and data.get("title"):
        detail = f": {', '.join(filter(None, (data['title'], data.get('rating'))))}"
    elif kind in ("candidate.changed", "call.attempted"):
        names = data.get("fields") or [data.get("outcome", "")]
        detail = f": {', '.join(str(name).replace('_', ' ') for name in names)}"
    elif kind == "candidate.created" and data.get("origin"):
        detail = f" through {data['origin']}"
    elif kind == "review.judged" and data.get("verdict"):
        detail = f": {data['verdict']}"
    elif kind in ("message.opened", "message.clicked") and not _is_human(data):
        detail = " (probably a machine)"
    return detail


def _is_human(data: Mapping[str, Any]) -> bool:
    return data.get("human") in (True, "human") or data.get("actor") == "human"


def _stage(value: Any) -> str:
    return str(Stage(value).label) if value in Stage.values else "none"
