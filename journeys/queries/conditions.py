"""Branch conditions and goals, asked for many people at once."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from crm.queries import rules


def in_journey(tree: Any, journey_id: int) -> Any:
    """The tree with `{"message": {"step": …}}` tied to this journey where it names none."""
    if isinstance(tree, list):
        return [in_journey(item, journey_id) for item in tree]
    if not isinstance(tree, dict):
        return tree
    message = tree.get("message")
    if isinstance(message, dict) and "step" in message and "journey" not in message and journey_id:
        return tree | {"message": message | {"journey": journey_id}}
    return {
        key: in_journey(value, journey_id) if key in ("rules", "not") else value
        for key, value in tree.items()
    }


def untied(tree: Any, journey_id: int) -> Any:
    """The other way round: steps of this journey are named without it, so that the tree can be carried."""
    if isinstance(tree, list):
        return [untied(item, journey_id) for item in tree]
    if not isinstance(tree, dict):
        return tree
    message = tree.get("message")
    if isinstance(message, dict) and "step" in message and message.get("journey") == journey_id:
        return tree | {"message": {key: value for key, value in message.items() if key != "journey"}}
    return {
        key: untied(value, journey_id) if key in ("rules", "not") else value for key, value in tree.items()
    }


def since(tree: Any, day: date, today: date) -> Any:
    """The tree with activities counted from that day on where it sets no time of its own."""
    if isinstance(tree, list):
        return [since(item, day, today) for item in tree]
    if not isinstance(tree, dict):
        return tree
    if "activity" in tree and "within_days" not in tree and "between" not in tree:
        return tree | {"between": [day.isoformat(), (today + timedelta(days=1)).isoformat()]}
    return {
        key: since(value, day, today) if key in ("rules", "not") else value for key, value in tree.items()
    }


def matching(tree: dict[str, Any], journey_id: int, ids: Collection[int], *, now: datetime) -> set[int]:
    """Which of these people the condition holds for."""
    return rules.matching_ids(in_journey(tree, journey_id), ids, now=now) if ids else set()
