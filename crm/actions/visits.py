from datetime import date

from django.db import connection

from crm.kernel.tenancy import current_workspace_id


def count(*, page: str, source: str, day: date) -> None:
    """One more visit of this page on this day, by source. Nothing about the visitor is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO crm_capturevisits (workspace_id, page, source, day, visits)
            VALUES (%s, %s, %s, %s, 1)
            ON CONFLICT (workspace_id, page, day, source)
            DO UPDATE SET visits = crm_capturevisits.visits + 1
            """,
            [current_workspace_id(), page[:80], source[:120], day],
        )
