from django.db import migrations

from crm.kernel.isolation import AppendOnly, IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]

    operations = [
        IsolateTable(
            "Invitation",
            "ApiKey",
            "IdempotencyRecord",
            "Candidate",
            "CustomField",
            "ContactPoint",
            "Skill",
            "CandidateSkill",
            "Tag",
            "CandidateTag",
            "Consent",
            "Withdrawal",
            "Suppression",
            "DoNotContact",
            "Event",
            "EventHandoff",
            "Message",
            "InboundMail",
            "Note",
            "Task",
            "Requisition",
            "RequisitionHold",
            "Application",
            "StageEntry",
            "Offer",
            "ImportRun",
            "ImportRow",
        ),
        AppendOnly("Event", updatable=["candidate_id"]),
    ]
