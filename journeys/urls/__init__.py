"""The pages of journeys for members, below /w/<slug>/; `public` has the one without an account."""

from django.urls import path

from journeys.views import enrollments, form_journeys, journeys, publishing, rehearsals, steps, templates

app_name = "journeys"

urlpatterns = [
    path("journeys/", journeys.index, name="journeys"),
    path("journeys/new/", journeys.create, name="create"),
    path("journeys/files/", journeys.import_file, name="import"),
    path("journeys/held/", enrollments.held, name="held"),
    path("journeys/<int:journey_id>/", journeys.show, name="journey"),
    path("journeys/<int:journey_id>/settings/", journeys.settings, name="settings"),
    path("journeys/<int:journey_id>/file/", journeys.export, name="export"),
    path("journeys/<int:journey_id>/deletion/", journeys.delete, name="delete"),
    path("journeys/<int:journey_id>/publication/", publishing.publish, name="publish"),
    path("journeys/<int:journey_id>/pause/", publishing.pause, name="pause"),
    path("journeys/<int:journey_id>/resumption/", publishing.resume, name="resume"),
    path("journeys/<int:journey_id>/draining/", publishing.drain, name="drain"),
    path("journeys/<int:journey_id>/steps/", steps.add, name="steps"),
    path("journeys/<int:journey_id>/steps/<slug:step>/", steps.edit, name="step"),
    path("journeys/<int:journey_id>/steps/<slug:step>/removal/", steps.remove, name="step_remove"),
    path("journeys/<int:journey_id>/steps/<slug:step>/position/", steps.move, name="step_move"),
    path("journeys/<int:journey_id>/steps/<slug:step>/people/", steps.people, name="step_people"),
    path("journeys/<int:journey_id>/enrollments/", enrollments.index, name="enrollments"),
    path("journeys/<int:journey_id>/enrollments/new/", enrollments.new, name="enroll"),
    path("journeys/<int:journey_id>/rehearsals/", rehearsals.index, name="rehearsals"),
    path("journeys/<int:journey_id>/rehearsals/new/", rehearsals.new, name="rehearse"),
    path("rehearsals/<int:rehearsal_id>/", rehearsals.show, name="rehearsal"),
    path("rehearsals/<int:rehearsal_id>/file/", rehearsals.export, name="rehearsal_export"),
    path("rehearsals/<int:rehearsal_id>/stop/", rehearsals.stop, name="rehearsal_stop"),
    path("rehearsals/<int:rehearsal_id>/people/<int:candidate_id>/", rehearsals.person, name="rehearsed"),
    path("enrollments/<int:enrollment_id>/exit/", enrollments.exit, name="exit"),
    path("enrollments/<int:enrollment_id>/return/", enrollments.return_to, name="return"),
    path("enrollments/<int:enrollment_id>/release/", enrollments.release, name="release"),
    path("candidates/<int:candidate_id>/journeys/", enrollments.candidate_panel, name="candidate_panel"),
    path("forms/<int:form_id>/journeys/", form_journeys.panel, name="form_panel"),
    path("forms/<int:form_id>/welcome/", form_journeys.start, name="form_welcome"),
    path("content/", templates.index, name="templates"),
    path("content/new/", templates.edit, name="template_new"),
    path("content/<int:template_id>/", templates.edit, name="template"),
    path("content/<int:template_id>/preview/", templates.preview, name="template_preview"),
    path("content/<int:template_id>/archive/", templates.archive, name="template_archive"),
]
