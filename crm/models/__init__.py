from crm.models.application import HIRING_STAGE_ORDER, Application, HiringStage, Offer, StageEntry
from crm.models.attachment import Attachment, FieldProposal, SearchAttachment
from crm.models.brand import Brand
from crm.models.busy_calendar import BusyCalendar
from crm.models.candidate import (
    Availability,
    Candidate,
    ConsentState,
    CustomField,
    EmailState,
    RoleFamily,
    Seniority,
    Stage,
)
from crm.models.capture_form import CaptureForm, CaptureVisits, ConsentText, HeldFile, Submission
from crm.models.consent import Consent, DoNotContact, Suppression, Withdrawal
from crm.models.contact_point import ContactPoint, RemovedContactPoint
from crm.models.duplicate import DuplicatePair, MergeBatch
from crm.models.engagement import EngagementRun
from crm.models.event import Event, EventHandoff, EventSubscription
from crm.models.import_run import ImportRow, ImportRun
from crm.models.job_preference import JobPreference
from crm.models.landing_page import LandingPage
from crm.models.list_run import ListRun
from crm.models.mail_account import MailAccount, ProviderEvent, ReplyMailbox
from crm.models.meeting import Meeting, MeetingHours
from crm.models.membership import ApiKey, IdempotencyRecord, Invitation, Membership, Role
from crm.models.message import InboundMail, Message
from crm.models.note import Note, Task
from crm.models.promise import Promise
from crm.models.referral import Referral
from crm.models.requisition import Requisition, RequisitionHold
from crm.models.saved_view import DefaultView, SavedView
from crm.models.search import SearchCandidate
from crm.models.skill import CandidateSkill, CandidateTag, Skill, SkillAlias, Tag
from crm.models.talent_event import Registration, TalentEvent
from crm.models.team import Team, TeamMember
from crm.models.user import User
from crm.models.workspace import Workspace

__all__ = [
    "HIRING_STAGE_ORDER",
    "ApiKey",
    "Application",
    "Attachment",
    "Availability",
    "Brand",
    "BusyCalendar",
    "Candidate",
    "CandidateSkill",
    "CandidateTag",
    "CaptureForm",
    "CaptureVisits",
    "Consent",
    "ConsentState",
    "ConsentText",
    "ContactPoint",
    "CustomField",
    "DefaultView",
    "DoNotContact",
    "DuplicatePair",
    "EmailState",
    "EngagementRun",
    "Event",
    "EventHandoff",
    "EventSubscription",
    "FieldProposal",
    "HeldFile",
    "HiringStage",
    "IdempotencyRecord",
    "ImportRow",
    "ImportRun",
    "InboundMail",
    "Invitation",
    "JobPreference",
    "LandingPage",
    "ListRun",
    "MailAccount",
    "Meeting",
    "MeetingHours",
    "Membership",
    "MergeBatch",
    "Message",
    "Note",
    "Offer",
    "Promise",
    "ProviderEvent",
    "Referral",
    "Registration",
    "RemovedContactPoint",
    "ReplyMailbox",
    "Requisition",
    "RequisitionHold",
    "Role",
    "RoleFamily",
    "SavedView",
    "SearchAttachment",
    "SearchCandidate",
    "Seniority",
    "Skill",
    "SkillAlias",
    "Stage",
    "StageEntry",
    "Submission",
    "Suppression",
    "Tag",
    "TalentEvent",
    "Task",
    "Team",
    "TeamMember",
    "User",
    "Withdrawal",
    "Workspace",
]
