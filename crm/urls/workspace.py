"""The core's pages for members, below /w/<slug>/."""

from django.urls import path

from crm.views import api_keys, members, workspaces

app_name = "crm"

urlpatterns = [
    path("settings/", workspaces.settings, name="settings"),
    path("settings/workspace/", workspaces.edit, name="workspace_edit"),
    path("settings/members/", members.index, name="members"),
    path("settings/members/<int:membership_id>/", members.change, name="member_change"),
    path("settings/invitations/", members.invite, name="invitations"),
    path("settings/invitations/<int:invitation_id>/revocation/", members.revoke, name="invitation_revoke"),
    path("settings/keys/", api_keys.index, name="api_keys"),
    path("settings/keys/<int:key_id>/revocation/", api_keys.revoke, name="api_key_revoke"),
]
