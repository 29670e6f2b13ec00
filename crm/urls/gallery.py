"""The component gallery: every component in every state, on pages without anybody's data."""

from django.urls import path

from crm.views import components

app_name = "gallery"

urlpatterns = [
    path("", components.index, name="index"),
    path("list/", components.sample_list, name="list"),
    path("list/<int:number>/", components.sample_record, name="record"),
    path("charts/", components.charts, name="charts"),
    path("plain/", components.plain, name="plain"),
    path("public/", components.public, name="public"),
    path("toast/", components.toast, name="toast"),
    path("palette/", components.palette, name="palette"),
    path("<slug:room>/", components.room, name="room"),
]
