from talentpools.models.access import AccessOverride, PoolTeam, SegmentGuest, SegmentTeam
from talentpools.models.form_pool import FormPool
from talentpools.models.pool import Member, Pool, PoolGuest
from talentpools.models.receipt import Receipt
from talentpools.models.segment import (
    Segment,
    SegmentDecision,
    SegmentMember,
    SegmentSize,
    SegmentVersion,
    SegmentWatch,
)
from talentpools.models.shortlist import ShortlistEntry
from talentpools.models.shortlist_review import ReviewVerdict, ShortlistReview

__all__ = [
    "AccessOverride",
    "FormPool",
    "Member",
    "Pool",
    "PoolGuest",
    "PoolTeam",
    "Receipt",
    "ReviewVerdict",
    "Segment",
    "SegmentDecision",
    "SegmentGuest",
    "SegmentMember",
    "SegmentSize",
    "SegmentTeam",
    "SegmentVersion",
    "SegmentWatch",
    "ShortlistEntry",
    "ShortlistReview",
]
