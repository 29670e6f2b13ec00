from collections.abc import Mapping
from datetime import date

from django.db import transaction

from analytics.models import Preference, Target
from analytics.policies.targets import GOALS
from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import User


class UnknownTarget(DomainError):
    """This figure cannot have a target."""

    code = "invalid"


@transaction.atomic
def save(*, shows_recruiters: bool, pivot_on: date | None, by: User | None) -> Preference:
    """Keep what figures may show, and the day before and after are told apart by."""
    kept = Preference.objects.select_for_update().first() or Preference()
    kept.shows_recruiters, kept.pivot_on = shows_recruiters, pivot_on
    kept.save()
    events.record("figures.preferences_saved", by=by, data={"shows_recruiters": shows_recruiters})
    return kept


@transaction.atomic
def set_targets(*, values: Mapping[str, float | None], by: User | None) -> None:
    """What figures are meant to reach, by key; None takes a target away. Refuses unknown figures."""
    unknown = sorted(set(values) - set(GOALS))
    if unknown:
        raise UnknownTarget(fields=dict.fromkeys(unknown, "Unknown figure."))
    for key, value in values.items():
        if value is None:
            Target.objects.filter(key=key).delete()
        else:
            Target.objects.update_or_create(key=key, defaults={"value": value, "set_by": by})
    events.record("figures.targets_set", by=by, data={"keys": sorted(values)})
