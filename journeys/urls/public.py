"""What a person without an account opens: the questions of a check-in."""

from django.urls import path

from journeys.views import check_ins

urlpatterns = [path("check-in/<str:token>/", check_ins.show, name="check_in")]
