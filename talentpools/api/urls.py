from crm.api.routes import routes
from talentpools.api.access import Teams
from talentpools.api.files import PoolFile, PoolImports, SegmentFile
from talentpools.api.pools import OnePool, OnePoolMember, PoolMembers, Pools, ReceiptUndo
from talentpools.api.requisitions import Applications, OneRequisition, Requisitions
from talentpools.api.segments import (
    OneSegment,
    SegmentExplain,
    SegmentMembers,
    SegmentPreview,
    SegmentRefresh,
    Segments,
)
from talentpools.api.shortlist_reviews import OneReview, Reviews
from talentpools.api.shortlists import Matches, Shortlist

urlpatterns = routes(
    {
        "teams": Teams,
        "pools": Pools,
        "pools/imports": PoolImports,
        "pools/<int:pool_id>": OnePool,
        "pools/<int:pool_id>/file": PoolFile,
        "pools/<int:pool_id>/members": PoolMembers,
        "pools/<int:pool_id>/members/<int:candidate_id>": OnePoolMember,
        "receipts/<int:receipt_id>/undo": ReceiptUndo,
        "segments": Segments,
        "segments/preview": SegmentPreview,
        "segments/explain": SegmentExplain,
        "segments/<int:segment_id>": OneSegment,
        "segments/<int:segment_id>/file": SegmentFile,
        "segments/<int:segment_id>/members": SegmentMembers,
        "segments/<int:segment_id>/refresh": SegmentRefresh,
        "requisitions": Requisitions,
        "requisitions/<int:requisition_id>": OneRequisition,
        "requisitions/<int:requisition_id>/matches": Matches,
        "requisitions/<int:requisition_id>/shortlist": Shortlist,
        "requisitions/<int:requisition_id>/reviews": Reviews,
        "reviews/<int:review_id>": OneReview,
        "applications": Applications,
    }
)
