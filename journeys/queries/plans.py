"""Published versions as the scheduler walks them."""

import json
from collections.abc import Iterable
from functools import lru_cache

from journeys.models import JourneyVersion
from journeys.policies.branching import Plan, plan
from journeys.policies.parsing import parse


class UnreadableVersion(RuntimeError):
    """A published version cannot be read any more: a bug, never a person's fault."""


def plans_of(version_ids: Iterable[int]) -> dict[int, Plan]:
    """The plans of these versions by id, read in one query and parsed once per process."""
    versions = JourneyVersion.objects.filter(pk__in=set(version_ids)).values_list("pk", "definition")
    return {pk: read_plan(definition) for pk, definition in versions}


def read_plan(definition: object) -> Plan:
    """The plan of a stored definition."""
    return _read(json.dumps(definition, sort_keys=True))


@lru_cache(maxsize=512)
def _read(text: str) -> Plan:
    parsed = parse(json.loads(text))
    if parsed.journey is None:
        raise UnreadableVersion(parsed.faults[0].sentence)
    return plan(parsed.journey)
