from journeys.models.enrollment import Enrollment, StepRun
from journeys.models.journey import Journey, JourneyVersion
from journeys.models.template import CheckInForm, Template

__all__ = ["CheckInForm", "Enrollment", "Journey", "JourneyVersion", "StepRun", "Template"]
