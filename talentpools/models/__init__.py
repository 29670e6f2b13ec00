from talentpools.models.pool import Member, Pool
from talentpools.models.segment import Segment, SegmentDecision, SegmentMember, SegmentSize
from talentpools.models.shortlist import ShortlistEntry

__all__ = [
    "Member",
    "Pool",
    "Segment",
    "SegmentDecision",
    "SegmentMember",
    "SegmentSize",
    "ShortlistEntry",
]
