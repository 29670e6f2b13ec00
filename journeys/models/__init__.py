from journeys.models.enrollment import Enrollment, StepRun
from journeys.models.journey import Journey, JourneyVersion
from journeys.models.mailbox import Mailbox
from journeys.models.rehearsal import Rehearsal, RehearsedPerson
from journeys.models.template import CheckInAnswer, CheckInForm, Template

__all__ = [
    "CheckInAnswer",
    "CheckInForm",
    "Enrollment",
    "Journey",
    "JourneyVersion",
    "Mailbox",
    "Rehearsal",
    "RehearsedPerson",
    "StepRun",
    "Template",
]
