from django.db import migrations

from crm.kernel.isolation import BypassView, IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0035_mail_accounts_and_meetings")]

    operations = [
        IsolateTable("MailAccount", "ProviderEvent", "ReplyMailbox", "MeetingHours", "Meeting"),
        BypassView(
            "crm_due_provider_events",
            "SELECT workspace_id, min(received_at) AS waiting_since FROM crm_providerevent"
            " WHERE applied_at IS NULL AND attempts < 5 GROUP BY workspace_id",
            reads=["crm_providerevent"],
        ),
        BypassView(
            "crm_due_mailboxes",
            "SELECT workspace_id, min(due_at) AS waiting_since FROM crm_replymailbox"
            " WHERE due_at <= now() GROUP BY workspace_id",
            reads=["crm_replymailbox"],
        ),
        BypassView(
            "crm_due_mail_domains",
            "SELECT workspace_id, min(domain_checked_at) AS waiting_since FROM crm_mailaccount"
            " WHERE in_use_at IS NOT NULL AND domain_checked_at < now() - interval '1 day' GROUP BY workspace_id",
            reads=["crm_mailaccount"],
        ),
    ]
