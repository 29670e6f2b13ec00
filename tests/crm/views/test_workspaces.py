from typing import Any

from django.test import Client

from crm.models import User, Workspace


def test_home_leads_to_the_first_workspace(client_as: Any, ada: User) -> None:
    assert client_as(ada).get("/")["Location"] == "/w/acme/"


def test_home_without_a_workspace_offers_one(client_as: Any, db: None) -> None:
    user = User.objects.create_user("solo@example.org")
    assert client_as(user).get("/")["Location"] == "/workspaces/new/"


def test_new_workspace_is_owned_by_its_maker(client_as: Any, ada: User) -> None:
    answer = client_as(ada).post("/workspaces/new/", {"name": "Acme"})
    assert answer["Location"] == "/w/acme-2/"
    assert Workspace.objects.get(slug="acme-2").memberships.get().role == "owner"


def test_settings_show_only_what_the_role_may(client_as: Any, ada: User, olivia: User) -> None:
    assert "/w/acme/settings/members/" in client_as(olivia).get("/w/acme/settings/").text
    assert "/w/acme/settings/members/" not in client_as(ada).get("/w/acme/settings/").text


def test_workspace_settings_name_the_field_at_fault(
    client_as: Any, olivia: User, workspace: Workspace
) -> None:
    answer = client_as(olivia).post("/w/acme/settings/workspace/", {"name": "Acme", "country": "Germany"})
    assert answer.status_code == 422
    workspace.refresh_from_db()
    assert workspace.country == ""


def test_error_pages_are_ours(client: Client, db: None) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "Rekindle" in answer.text
