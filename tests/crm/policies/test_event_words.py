from typing import Any

import pytest

from crm.policies.event_words import words_for


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("application.stage_entered", {"vendor_stage": "Final Round"}, "In the ATS: Final Round"),
        ("application.stage_entered", {}, "In the ATS"),
        ("stage.changed", {"from": "", "to": "screening"}, "Stage: none → Screening"),
        ("message.opened", {"human": "machine"}, "Opened a mail (probably a machine)"),
        ("message.opened", {"human": "human"}, "Opened a mail"),
        ("meeting.moved", {}, "Meeting moved"),
    ],
)
def test_words_for_a_fact(kind: str, data: dict[str, Any], sentence: str) -> None:
    assert words_for(kind, data).sentence == sentence
