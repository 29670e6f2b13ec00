from talentpools.models.pool import Member, Pool, PoolGuest
from talentpools.models.receipt import Receipt
from talentpools.models.segment import Segment, SegmentDecision, SegmentMember, SegmentSize, SegmentWatch
from talentpools.models.shortlist import ShortlistEntry

__all__ = [
    "Member",
    "Pool",
    "PoolGuest",
    "Receipt",
    "Segment",
    "SegmentDecision",
    "SegmentMember",
    "SegmentSize",
    "SegmentWatch",
    "ShortlistEntry",
]
