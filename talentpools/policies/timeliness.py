"""Whether time alone changes what a stored rule tree answers."""

from typing import Any

# Scores decay; consents and marks expire.
_MOVING_FIELDS = frozenset({"engagement", "engagement_level", "consent", "reachable", "do_not_contact"})
_MOVING_OPERATORS = frozenset({"in_last_days", "not_in_last_days", "in_next_days"})
_MOVING_CONDITIONS = frozenset({"within_days", "ended_within_days", "applied_within_days", "was_in_stage"})


def depends_on_time(tree: Any) -> bool:
    """True in doubt: journeys and messages run by the clock."""
    if isinstance(tree, list):
        return any(depends_on_time(inner) for inner in tree)
    if not isinstance(tree, dict):
        return False
    if tree.get("field") in _MOVING_FIELDS or tree.get("op") in _MOVING_OPERATORS:
        return True
    if "journey" in tree or "message" in tree or _MOVING_CONDITIONS & tree.keys():
        return True
    return any(depends_on_time(tree.get(name)) for name in ("rules", "not", "application"))
