from typing import Any

import pytest
from django.test import Client

from crm.models import Workspace
from journeys.actions import rehearsals
from journeys.models import Enrollment, Rehearsal
from tests.factories.journeys import ReachableFactory, document, message
from tests.journeys.api.test_journeys import api, post

__all__ = ["api"]


def rehearse(api: Client, scope: Workspace, journey: int, **body: Any) -> dict[str, Any]:
    """Ask for it over the API, and be the worker."""
    asked = post(api, f"journeys/{journey}/rehearsals", body)
    assert asked.status_code == 202, asked.json()
    assert asked.json()["state"] == "waiting"
    rehearsals.play(workspace_id=scope.pk, rehearsal_id=asked.json()["id"])
    told: dict[str, Any] = api.get(f"/api/v1/rehearsals/{asked.json()['id']}").json()
    return told


def test_a_rehearsal_tells_days_mailboxes_paths_and_reasons(api: Client, scope: Workspace) -> None:
    people = [ReachableFactory.create(first_name=name) for name in ("Mia", "", "Noa")]
    pk = post(api, "journeys", document(message(after={"days": 3}))).json()["id"]
    body = {"from": "2026-06-15T09:00:00Z", "days": 14, "candidates": [one.pk for one in people]}
    told = rehearse(api, scope, pk, **body)
    assert (told["state"], told["progress"], told["days"]) == ("finished", 100, 14)
    assert told["assumptions"] == {"open_rate": 0, "click_rate": 0, "reply_rate": 0, "seed": 0}
    result = told["result"]
    assert result["calendar"] == [{"day": "2026-06-18", "sent": 2, "others": 0}]
    assert result["mailboxes"][0]["days"] == [{"day": "2026-06-18", "sent": 2, "others": 0}]
    assert [(one["candidate"], one["code"], one["why"]) for one in told["held"]] == [
        (people[1].pk, "missing_value", "Missing: candidate.first_name")
    ]
    paths = api.get(f"/api/v1/rehearsals/{told['id']}/people").json()["results"]
    at = {
        path["candidate"]: [moment["at"] for moment in path["path"] if moment["what"] == "sent"]
        for path in paths
    }
    assert at == {
        people[0].pk: ["2026-06-18T09:00:00+00:00"],
        people[1].pk: [],
        people[2].pk: ["2026-06-18T09:01:00+00:00"],
    }
    assert not Enrollment.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"days": 0}, "days"),
        ({"from": "soon"}, "from"),
        ({"assumptions": {"reply_rate": 3}}, "assumptions"),
        ({"until": 3}, "until"),
    ],
)
def test_bad_wishes_are_named(api: Client, body: dict[str, Any], field: str) -> None:
    pk = post(api, "journeys", document(message())).json()["id"]
    answer = post(api, f"journeys/{pk}/rehearsals", body)
    assert answer.status_code == 400
    assert any(name.startswith(field) for name in answer.json()["fields"])


def test_a_rehearsal_can_be_stopped(api: Client) -> None:
    pk = post(api, "journeys", document(message())).json()["id"]
    made = post(api, f"journeys/{pk}/rehearsals", {"days": 7}).json()["id"]
    assert api.delete(f"/api/v1/rehearsals/{made}").status_code == 204
    assert Rehearsal.objects.get().state == "canceled"
    assert api.get(f"/api/v1/rehearsals/{made}/people?show=nothing").status_code == 400
