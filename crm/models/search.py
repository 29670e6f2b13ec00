from crm.kernel.tenancy import WorkspaceOwned
from crm.models.candidate import CandidateColumns


class SearchCandidate(CandidateColumns):
    """The living candidates of the workspace in scope, read through the search view.

    Text conditions use their indexes here, which row-level security forbids on the table itself
    (docs/tenancy.md). Archived, merged and anonymized people are not in it. Read-only.
    """

    class Meta(WorkspaceOwned.Meta):
        managed = False
        db_table = "crm_candidate_search"
