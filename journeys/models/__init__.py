from journeys.models.campaign import Campaign, CampaignRefusal
from journeys.models.contact_budget import ContactBudget
from journeys.models.enrollment import Enrollment, StepRun
from journeys.models.journey import Journey, JourneyVersion
from journeys.models.mailbox import Mailbox
from journeys.models.piece import Piece
from journeys.models.rehearsal import Rehearsal, RehearsedPerson
from journeys.models.template import CheckInAnswer, CheckInForm, Template, Wording

__all__ = [
    "Campaign",
    "CampaignRefusal",
    "CheckInAnswer",
    "CheckInForm",
    "ContactBudget",
    "Enrollment",
    "Journey",
    "JourneyVersion",
    "Mailbox",
    "Piece",
    "Rehearsal",
    "RehearsedPerson",
    "StepRun",
    "Template",
    "Wording",
]
