"""What a reader of a mailed view opens to stop it, signed in or not."""

from django.urls import path

from analytics.views import stops

urlpatterns = [path("figures/stop/<str:token>/", stops.stop, name="figures_stop")]
