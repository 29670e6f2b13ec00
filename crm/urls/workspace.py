"""The core's pages for members, below /w/<slug>/."""

from django.urls import path

from crm.views import members, workspaces

app_name = "crm"

urlpatterns = [
    path("settings/", workspaces.settings, name="settings"),
    path("settings/workspace/", workspaces.edit, name="workspace_edit"),
    path("settings/members/", members.index, name="members"),
    path("settings/members/<int:membership_id>/", members.change, name="member_change"),
    path("settings/invitations/", members.invite, name="invitations"),
    path("settings/invitations/<int:invitation_id>/revocation/", members.revoke, name="invitation_revoke"),
]
