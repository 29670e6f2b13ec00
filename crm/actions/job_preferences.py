"""The work a person says they look for. Their own word; nobody else writes it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from crm.actions import events
from crm.models import Candidate, JobPreference

FIELDS = ("role_families", "seniorities", "skills", "places", "remote", "salary_floor", "currency")


@transaction.atomic
def state(*, candidate: Candidate, given: Mapping[str, Any]) -> JobPreference:
    """Keep what they look for in place of what they said before. The same again records nothing."""
    Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    held = JobPreference.objects.filter(candidate=candidate).first()
    row = held or JobPreference(candidate=candidate)
    before = [getattr(row, name) for name in FIELDS]
    for name in FIELDS:
        setattr(row, name, given[name])
    if [getattr(row, name) for name in FIELDS] == before and held is not None:
        return row
    row.save()
    events.record("candidate.job_preferences_stated", candidate=candidate, data={"fields": list(FIELDS)})
    return row
