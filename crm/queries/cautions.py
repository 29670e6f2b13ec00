"""What a colleague should read before writing to one person: it warns, and stops nobody."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from crm.models import Candidate
from crm.policies import do_not_contact
from crm.policies.ownership import sentence
from crm.queries.ownership import held_by_others
from crm.queries.reachability import marks_on


def cautions_before(candidate: Candidate, *, by_id: int | None, now: datetime) -> list[str]:
    """Who else is in touch, what is marked on the person, and what the apps above the core add."""
    held = held_by_others([candidate.pk], by_id=by_id, now=now)
    found = [sentence(one) for one in held.values()]
    found += do_not_contact.warnings(marks_on([candidate], now=now)[candidate.pk], automated=False)
    for path in settings.COMPOSER_CAUTIONS:
        found += import_string(path)(candidate, now=now)
    return found
