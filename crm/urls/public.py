"""Addresses without a workspace in them: joining, hooks, and what a person without an account may open."""

from django.urls import path

from crm.views import (
    health,
    hooks,
    invitations,
    person_page,
    public_events,
    public_forms,
    public_landing_pages,
    public_pages,
    public_referrals,
    tracking,
)

urlpatterns = [
    path("healthz", health.show, name="healthz"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("hooks/mail/inbound", hooks.inbound_mail, name="inbound_mail"),
    path("hooks/mail/events", hooks.mail_events, name="mail_events"),
    path("o/<str:token>.gif", tracking.pixel, name="pixel"),
    path("c/<str:token>", tracking.link, name="tracked_link"),
    path("u/<str:token>/", person_page.stop, name="stop_page"),
    path("p/<str:token>/", person_page.show, name="person_page"),
    path("p/<str:token>/choices/", person_page.choices, name="person_choices"),
    path("p/<str:token>/details/", person_page.details, name="person_details"),
    path("p/<str:token>/stop/", person_page.stop_all, name="person_stop"),
    path("p/<str:token>/restart/", person_page.start_again, name="person_restart"),
    path("p/<str:token>/copy/", person_page.copy, name="person_copy"),
    path("p/<str:token>/erasure/", person_page.erasure, name="person_erasure"),
    path("brand/<slug:workspace>.css", public_pages.stylesheet, name="brand_css"),
    path("brand/<slug:workspace>/logo", public_pages.logo, name="brand_logo"),
    path("f/<slug:workspace>/<slug:slug>/", public_forms.show, name="public_form"),
    path("f/<slug:workspace>/<slug:slug>/embed/", public_forms.embed, name="public_form_embed"),
    path("f/<slug:workspace>/<slug:slug>/confirm/<str:token>/", public_forms.confirm, name="form_confirm"),
    path("l/<slug:workspace>/<slug:slug>/", public_landing_pages.show, name="public_page"),
    path("e/<slug:workspace>/<slug:slug>/", public_events.show, name="public_event"),
    path("e/<slug:workspace>/<slug:slug>/calendar.ics", public_events.calendar, name="event_calendar"),
    path("r/<slug:workspace>/status/<uuid:key>/", public_referrals.status, name="referral_status"),
    path("r/<slug:workspace>/answer/<str:token>/", public_referrals.answer, name="referral_answer"),
    path("r/<slug:workspace>/<str:token>/", public_referrals.refer, name="referral"),
]
