from crm.api.activities import Activities
from crm.api.bulk import CandidateBulk
from crm.api.candidates import (
    CandidateExport,
    CandidateRestriction,
    Candidates,
    CandidateSearch,
    CandidateTimeline,
    CandidateWhy,
    OneCandidate,
)
from crm.api.consents import Consents, OneSuppression, Suppressions
from crm.api.do_not_contact import Marks, OneMark
from crm.api.docs import ApiSchema
from crm.api.merges import CandidateMerge, MergeUndo
from crm.api.messages import Messages, MessageWhy, OneMessage
from crm.api.routes import routes

urlpatterns = routes(
    {
        "schema": ApiSchema,
        "candidates": Candidates,
        "candidates/bulk": CandidateBulk,
        "candidates/search": CandidateSearch,
        "candidates/<int:candidate_id>": OneCandidate,
        "candidates/<int:candidate_id>/timeline": CandidateTimeline,
        "candidates/<int:candidate_id>/why": CandidateWhy,
        "candidates/<int:candidate_id>/export": CandidateExport,
        "candidates/<int:candidate_id>/restrict": CandidateRestriction,
        "candidates/<int:candidate_id>/merge": CandidateMerge,
        "merges/<int:merge_id>/undo": MergeUndo,
        "activities": Activities,
        "messages": Messages,
        "messages/<int:message_id>": OneMessage,
        "messages/<int:message_id>/why": MessageWhy,
        "consents": Consents,
        "suppressions": Suppressions,
        "suppressions/<int:suppression_id>": OneSuppression,
        "do-not-contact": Marks,
        "do-not-contact/<int:mark_id>": OneMark,
    }
)
