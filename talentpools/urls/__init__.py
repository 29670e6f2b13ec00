"""Pools, segments and shortlists for members, below /w/<slug>/."""

from django.urls import path

from talentpools.views import (
    candidates,
    imports,
    matches,
    members,
    overrides,
    pool_choice,
    pool_templates,
    pools,
    requisitions,
    reviews,
    segment_pages,
    segments,
    shortlist_reviews,
    shortlists,
)

app_name = "talentpools"

urlpatterns = [
    path("pools/", pools.index, name="pools"),
    path("pools/new/", pools.new, name="pool_new"),
    path("settings/confidential/", overrides.index, name="overrides"),
    path("settings/confidential/<int:override_id>/", overrides.end, name="override_end"),
    path("pools/templates/", pool_templates.index, name="pool_templates"),
    path("pools/members/", members.add, name="pool_members_add"),
    path("pools/choice/", pool_choice.menu, name="pool_choice"),
    path("pools/<int:pool_id>/", pools.people, name="pool"),
    path("pools/<int:pool_id>/segments/", pools.segments, name="pool_segments"),
    path("pools/<int:pool_id>/activity/", pools.activity, name="pool_activity"),
    path("pools/<int:pool_id>/edit/", pools.edit, name="pool_edit"),
    path("pools/<int:pool_id>/archive/", pools.archive, name="pool_archive"),
    path("pools/<int:pool_id>/removals/", members.remove, name="pool_members_remove"),
    path("pools/receipts/<int:receipt_id>/undo/", members.undo, name="receipt_undo"),
    path("pools/segments/", segments.index, name="segments"),
    path("pools/segments/new/", segments.new, name="segment_new"),
    path("pools/segments/import/", imports.show, name="segment_import"),
    path("pools/segments/builder/", segments.builder, name="segment_builder"),
    path("pools/segments/preview/", segments.preview, name="segment_preview"),
    path("pools/segments/<int:segment_id>/", segment_pages.overview, name="segment"),
    path("pools/segments/<int:segment_id>/people/", segment_pages.people, name="segment_people"),
    path("pools/segments/<int:segment_id>/history/", segment_pages.history, name="segment_history"),
    path(
        "pools/segments/<int:segment_id>/explanation/", segment_pages.explanation, name="segment_explanation"
    ),
    path("pools/segments/<int:segment_id>/export/", segment_pages.export, name="segment_export"),
    path("pools/segments/<int:segment_id>/edit/", segments.edit, name="segment_edit"),
    path("pools/segments/<int:segment_id>/refresh/", segments.refresh, name="segment_refresh"),
    path("pools/segments/<int:segment_id>/deletion/", segments.delete, name="segment_delete"),
    path("pools/segments/<int:segment_id>/review/", reviews.index, name="segment_review"),
    path("pools/segments/<int:segment_id>/decisions/", reviews.decide, name="segment_decide"),
    path("candidates/<int:candidate_id>/groups/", candidates.panel, name="candidate_panel"),
    path("requisitions/", requisitions.index, name="requisitions"),
    path("requisitions/new/", requisitions.new, name="requisition_new"),
    path("requisitions/opened/", requisitions.opened, name="requisitions_opened"),
    path("requisitions/<int:requisition_id>/", matches.index, name="requisition"),
    path("requisitions/<int:requisition_id>/edit/", requisitions.edit, name="requisition_edit"),
    path("requisitions/<int:requisition_id>/shortlist/", shortlists.index, name="shortlist"),
    path("requisitions/<int:requisition_id>/shortlist/additions/", shortlists.add, name="shortlist_add"),
    path("requisitions/<int:requisition_id>/shortlist/removals/", shortlists.remove, name="shortlist_remove"),
    path(
        "requisitions/<int:requisition_id>/shortlist/<int:entry_id>/note/",
        shortlists.note,
        name="shortlist_note",
    ),
    path("requisitions/<int:requisition_id>/reviews/", shortlist_reviews.invite, name="shortlist_reviews"),
    path("requisitions/reviews/<int:review_id>/reminder/", shortlist_reviews.remind, name="review_remind"),
    path("requisitions/reviews/<int:review_id>/revocation/", shortlist_reviews.revoke, name="review_revoke"),
    path("shortlists/receipts/<int:receipt_id>/undo/", shortlists.undo, name="shortlist_undo"),
]
