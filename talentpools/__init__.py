"""Groups of candidates worth keeping warm, and the people picked from them for a requisition.

Nouns: Pool, Member, Segment, SegmentMember, ShortlistEntry, ShortlistReview.
Verbs: add, remove, move, preview, explain, refresh, shortlist, judge.
"""
