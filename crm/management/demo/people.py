"""People the demo knows from elsewhere than its ATS: sourced, met at events, referred, alumni."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

from crm.actions.upserts import Upsert
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.policies import people
from crm.policies.people import Basis, Person

FILE = Path(__file__).with_name("people.csv")
FIELDS = {
    "First name": "first_name",
    "Last name": "last_name",
    "Email": "email",
    "Title": "current_title",
    "Company": "current_company",
    "City": "city",
    "Country": "country",
    "Skills": "skills",
    "Tags": "tags",
    "Source": "source",
    "Role family": "role_family",
    "Seniority": "seniority",
    "Availability": "availability",
}


def add(demo: Demo) -> str:
    """Add everybody in people.csv, with the reason we may write to them."""
    granted_at = demo.now - timedelta(days=300)
    with workspace_scope(demo.workspace.pk), FILE.open(encoding="utf-8", newline="") as lines:
        everybody = [_person(row, number, granted_at) for number, row in enumerate(csv.DictReader(lines))]
        outcomes = Upsert(everybody, origin="import", now=demo.now).run()
    return f"{sum(outcome.outcome == 'created' for outcome in outcomes)} people from elsewhere"


def _person(row: dict[str, str], number: int, granted_at: datetime) -> Person:
    given = {FIELDS[header]: value for header, value in row.items() if value}
    # One in nine never answered the question whether we may write.
    basis = None if number % 9 == 0 else Basis(source=row["Source"], granted_at=granted_at)
    return people.read(given, custom_fields={}, basis=basis)
