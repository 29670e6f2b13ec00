from django.db import migrations

from crm.kernel.isolation import BypassView

COLUMNS = """
    id, workspace_id, first_name, last_name, full_name, email, headline, current_title, current_company, city,
    region, country, time_zone, locale, source, origin, owner_id, role_family, seniority, stage, availability,
    years_experience, notice_days, relocation, languages, custom, preferred_gap_days, not_before,
    topics_declined, email_state, consent, consent_expires_at, unsubscribed_at, do_not_contact_at,
    last_contacted_at, last_engaged_at, last_replied_at, engagement_key, in_process, created_at, updated_at,
    archived_at, anonymized_at, merged_into_id, edited_fields, first_name_folded, last_name_folded,
    full_name_folded, headline_folded, current_title_folded, current_company_folded, city_folded,
    region_folded, source_folded, search_text
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_isolation")]

    operations = [
        BypassView(
            "crm_candidate_search",
            f"SELECT {COLUMNS} FROM crm_candidate WHERE workspace_id = {{here}}"
            " AND archived_at IS NULL AND anonymized_at IS NULL AND merged_into_id IS NULL",
            reads=["crm_candidate"],
        ),
        BypassView(
            "crm_due_handoffs",
            "SELECT workspace_id, min(created_at) AS waiting_since FROM crm_eventhandoff"
            " WHERE created_at < now() - interval '10 seconds' GROUP BY workspace_id",
            reads=["crm_eventhandoff"],
        ),
        BypassView(
            "crm_due_messages",
            "SELECT workspace_id, min(waiting_since) AS waiting_since FROM ("
            " SELECT workspace_id, due_at AS waiting_since FROM crm_message"
            " WHERE state = 'queued' AND due_at <= now()"
            " UNION ALL SELECT workspace_id, lease_until FROM crm_message"
            " WHERE state = 'sending' AND lease_until <= now()) AS due GROUP BY workspace_id",
            reads=["crm_message"],
        ),
        BypassView(
            "crm_due_inbound",
            "SELECT workspace_id, min(received_at) AS waiting_since FROM crm_inboundmail"
            " WHERE read_at IS NULL AND attempts < 5 GROUP BY workspace_id",
            reads=["crm_inboundmail"],
        ),
        BypassView(
            "crm_due_imports",
            "SELECT workspace_id, min(created_at) AS waiting_since FROM crm_importrun"
            " WHERE state IN ('waiting', 'running') GROUP BY workspace_id",
            reads=["crm_importrun"],
        ),
    ]
