"""How requisitions are narrowed: one reading for the list and the board."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm.models import Requisition, RoleFamily
from crm.queries import requisitions as queries

OPENED = (("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"))


def read(query: Mapping[str, str]) -> queries.RequisitionFilters:
    """The filters a query string asks for; what cannot be read narrows nothing."""
    recruiter, days = query.get("recruiter", ""), query.get("opened", "")
    return queries.RequisitionFilters(
        text=query.get("q", "").strip(),
        status=query.get("status", ""),
        department=query.get("department", ""),
        recruiter=int(recruiter) if recruiter.isdecimal() and len(recruiter) < 19 else None,
        role_family=query.get("role_family", ""),
        opened_after=timezone.now() - timedelta(days=int(days)) if days in dict(OPENED) else None,
    )


def offered(query: Mapping[str, str], filters: queries.RequisitionFilters) -> list[dict[str, Any]]:
    """What can be chosen, and what was."""
    departments = [(name, name) for name in queries.departments()]
    return [
        {
            "name": name,
            "label": label,
            "value": value or "",
            "options": [("", f"Any {label.lower()}" if name != "opened" else "Opened any time"), *options],
        }
        for name, label, value, options in (
            ("status", "Status", filters.status, Requisition.Status.choices),
            ("department", "Department", filters.department, departments),
            ("role_family", "Role family", filters.role_family, RoleFamily.choices),
            ("recruiter", "Recruiter", filters.recruiter, queries.colleagues()),
            ("opened", "Opened", query.get("opened", ""), OPENED),
        )
    ]
