from typing import Any

from journeys.policies.differences import differences
from tests.factories.journeys import document, message

NAMES = {"hello": "Hello", "bye": "Goodbye"}


def told(new: dict[str, Any], old: dict[str, Any]) -> list[str]:
    return differences(old, new, NAMES)


def test_each_change_is_a_sentence() -> None:
    wait = {"id": "w", "type": "wait", "after": {"days": 1}}
    old = document(message("a"), message("b", after={"weeks": 4}), wait, priority=50)
    new = document(
        message("b", after={"weeks": 5}, template="bye"), message("a"), message("c"),
        name="Other", priority=30, trigger={"on": "event.attended"},
    )  # fmt: skip
    assert told(new, old) == [
        "Renamed from “Keep in touch” to “Other”.",
        "People enter differently: “People are enrolled by hand” became “When somebody attended an event”.",
        "Changed the priority: 50 became 30.",
        "Removed Wait “1 day”.",
        "Added Message “Hello”, at once.",
        "Message “Goodbye”: the mail changed from “Hello” to “Goodbye”.",
        "Message “Goodbye”: when it happens changed from after 4 weeks to after 5 weeks.",
        "In another order: Message “Goodbye”, Message “Hello”.",
    ]


def test_nothing_changed_says_nothing_and_conditions_are_said() -> None:
    branch = {"id": "x", "type": "branch", "if": {"segment": 3}, "then": [], "else": []}
    other = branch | {"if": {"activity": "meeting.booked"}, "then": [message("m")]}
    assert told(document(branch), document(branch)) == []
    assert told(document(other), document(branch)) == [
        "Added Message “Hello”, at once.",
        "Branch “If meeting booked at least 1×”: the condition changed from in segment 3 to meeting booked at least 1×.",  # noqa: E501
    ]
    holidays = document(holidays="candidate_country", exit_on=["replied", "hard_bounce"])
    assert told(holidays, document())[1] == (
        "Changed what makes people leave: nothing became replied, hard bounce."
    )
