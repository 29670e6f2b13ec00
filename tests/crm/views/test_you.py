from typing import Any

import pytest

from crm.models import User, Workspace


@pytest.mark.parametrize("persona", ["ada", "olivia", "harry", "ana"])
def test_everybody_says_what_they_are_called(
    client_as: Any, persona: str, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(persona)
    answer = client_as(user).post("/w/acme/settings/you/", {"name": " Zoë Quist "})
    user.refresh_from_db()
    assert (answer.status_code, user.name) == (302, "Zoë Quist")


def test_a_name_is_needed(client_as: Any, ada: User) -> None:
    answer = client_as(ada).post("/w/acme/settings/you/", {"name": ""})
    ada.refresh_from_db()
    assert (answer.status_code, ada.name) == (422, "Ada")


def test_an_outsider_finds_no_page(client_as: Any, workspace: Workspace, mallory: User) -> None:
    assert client_as(mallory).get("/w/acme/settings/you/").status_code == 404
