"""The core's pages for members, below /w/<slug>/."""

from django.urls import path

from crm.views import (
    api_keys,
    candidates,
    custom_fields,
    demo_mailbox,
    imports,
    inbox,
    members,
    messages,
    notes,
    palette,
    profiles,
    today,
    workspaces,
    you,
)

app_name = "crm"

_ONE = "candidates/<int:candidate_id>/"

urlpatterns = [
    path("", today.index, name="today"),
    path("palette/", palette.find, name="palette"),
    path("candidates/", candidates.index, name="candidates"),
    path("candidates/new/", candidates.new, name="candidate_new"),
    path("candidates/bulk/", candidates.bulk, name="candidates_bulk"),
    path("candidates/export/", candidates.export, name="candidates_export"),
    path("receipts/<int:receipt_id>/undo/", candidates.undo, name="receipt_undo"),
    path("merges/<int:receipt_id>/undo/", profiles.unmerge, name="merge_undo"),
    path(_ONE, profiles.show, name="candidate"),
    path(f"{_ONE}edit/", profiles.edit, name="candidate_edit"),
    path(f"{_ONE}timeline/", profiles.older, name="candidate_timeline"),
    path(f"{_ONE}duplicates/", profiles.duplicates, name="candidate_duplicates"),
    path(f"{_ONE}merges/", profiles.merge, name="candidate_merge"),
    path(f"{_ONE}archive/", profiles.archive, name="candidate_archive"),
    path(f"{_ONE}restriction/", profiles.restrict, name="candidate_restrict"),
    path(f"{_ONE}erasure/", profiles.erase, name="candidate_erase"),
    path(
        f"{_ONE}contact-points/<int:point_id>/removal/",
        profiles.contact_point_remove,
        name="contact_point_remove",
    ),
    path(f"{_ONE}notes/", notes.create, name="notes"),
    path("notes/<int:note_id>/removal/", notes.remove, name="note_remove"),
    path(f"{_ONE}tasks/", notes.create_task, name="tasks"),
    path("tasks/<int:task_id>/completion/", notes.finish_task, name="task_finish"),
    path("tasks/<int:task_id>/reopening/", notes.reopen_task, name="task_reopen"),
    path(f"{_ONE}messages/new/", messages.new, name="message_new"),
    path("messages/<int:message_id>/", messages.show, name="message"),
    path("messages/<int:message_id>/decision/", messages.decide, name="message_decision"),
    path("inbox/", inbox.index, name="inbox"),
    path("inbox/<int:message_id>/", inbox.show, name="inbox_thread"),
    path("inbox/<int:message_id>/outcome/", inbox.settle, name="inbox_outcome"),
    path("inbox/<int:message_id>/undo/", inbox.undo, name="inbox_undo"),
    path("inbox/<int:message_id>/answer/", inbox.answer, name="inbox_answer"),
    path("mailbox/", demo_mailbox.index, name="mailbox"),
    path("mailbox/<str:key>/", demo_mailbox.show, name="mailbox_mail"),
    path("mailbox/<str:key>/answer/", demo_mailbox.answer, name="mailbox_answer"),
    path("imports/", imports.index, name="imports"),
    path("imports/<int:run_id>/", imports.show, name="import"),
    path("imports/<int:run_id>/start/", imports.start, name="import_start"),
    path("imports/<int:run_id>/stop/", imports.stop, name="import_stop"),
    path("imports/<int:run_id>/refused/", imports.refused, name="import_refused"),
    path("settings/", workspaces.settings, name="settings"),
    path("settings/you/", you.edit, name="you"),
    path("settings/workspace/", workspaces.edit, name="workspace_edit"),
    path("settings/members/", members.index, name="members"),
    path("settings/members/<int:membership_id>/", members.change, name="member_change"),
    path("settings/invitations/", members.invite, name="invitations"),
    path("settings/invitations/<int:invitation_id>/revocation/", members.revoke, name="invitation_revoke"),
    path("settings/fields/", custom_fields.index, name="custom_fields"),
    path("settings/fields/<int:custom_field_id>/", custom_fields.edit, name="custom_field"),
    path("settings/fields/<int:custom_field_id>/place/", custom_fields.move, name="custom_field_move"),
    path(
        "settings/fields/<int:custom_field_id>/archive/", custom_fields.archive, name="custom_field_archive"
    ),
    path("settings/keys/", api_keys.index, name="api_keys"),
    path("settings/keys/<int:key_id>/revocation/", api_keys.revoke, name="api_key_revoke"),
]
