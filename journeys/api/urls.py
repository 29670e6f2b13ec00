from crm.api.routes import routes
from journeys.api import campaigns, enrollments, journeys, pieces, pressure, rehearsals, templates

urlpatterns = routes(
    {
        "journeys": journeys.Journeys,
        "journeys/<int:journey_id>": journeys.OneJourney,
        "journeys/<int:journey_id>/file": journeys.JourneyFile,
        "journeys/<int:journey_id>/publish": journeys.JourneyPublish,
        "journeys/<int:journey_id>/pause": journeys.JourneyPause,
        "journeys/<int:journey_id>/resume": journeys.JourneyResume,
        "journeys/<int:journey_id>/drain": journeys.JourneyDrain,
        "journeys/<int:journey_id>/enrollments": journeys.JourneyEnrollments,
        "journeys/<int:journey_id>/preview": journeys.JourneyPreview,
        "journeys/<int:journey_id>/rehearsals": rehearsals.JourneyRehearsals,
        "rehearsals/<int:rehearsal_id>": rehearsals.OneRehearsal,
        "rehearsals/<int:rehearsal_id>/people": rehearsals.RehearsalPeople,
        "candidates/<int:candidate_id>/pressure": pressure.CandidatePressure,
        "enrollments": enrollments.Enrollments,
        "enrollments/<int:enrollment_id>": enrollments.OneEnrollment,
        "enrollments/<int:enrollment_id>/exit": enrollments.EnrollmentExit,
        "enrollments/<int:enrollment_id>/release": enrollments.EnrollmentRelease,
        "templates": templates.Templates,
        "templates/<int:template_id>": templates.OneTemplate,
        "pieces": pieces.Pieces,
        "pieces/<int:piece_id>": pieces.OnePiece,
        "campaigns": campaigns.Campaigns,
        "campaigns/<int:campaign_id>": campaigns.OneCampaign,
        "campaigns/<int:campaign_id>/preview": campaigns.CampaignPreview,
        "campaigns/<int:campaign_id>/refusals": campaigns.CampaignRefusals,
        "campaigns/<int:campaign_id>/schedule": campaigns.CampaignSchedule,
        "campaigns/<int:campaign_id>/cancel": campaigns.CampaignCancel,
    }
)
