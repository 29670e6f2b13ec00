"""What a hiring manager opens from their mail, without an account."""

from django.urls import path

from talentpools.views import review_page

urlpatterns = [
    path("review/<str:token>/", review_page.show, name="review"),
    path("review/<str:token>/mine/", review_page.mine, name="review_mine"),
    path("review/<str:token>/<int:entry_id>/", review_page.person, name="review_person"),
    path("review/<str:token>/<int:entry_id>/cv/", review_page.cv, name="review_cv"),
]
